"""What a pickle would do, read from its opcodes before anything is unpickled.

A pickle is a program. Its size, its length, the height of its stack and the classes that it names are known from its
opcodes alone, so a file that would run code or fill the memory is refused without running it.
"""

from __future__ import annotations

import pickletools
import re
from encodings import normalize_encoding
from encodings.aliases import aliases
from io import BytesIO

from .errors import WeightsError

MAX_PICKLE_BYTES = 1 << 24  # the list of a file's tensors; Inception-ResNet v2's has 0.2 MB
MAX_OPCODES = 400_000  # Inception-ResNet v2 with its optimizer's state and an average of its weights has 150,000
MAX_STACK = 20_000  # a dict is written 1,000 items at a time, so flat files stay below 3,000

# What torch's own weights_only reader takes apart from these is left out: bytearray and the tensor types can be asked
# for any amount of memory.
TENSOR_GLOBALS = frozenset(
    f"torch._utils._rebuild_{what}"
    for what in (
        "tensor", "tensor_v2", "tensor_v3", "parameter", "parameter_with_state", "sparse_tensor", "qtensor",
        "nested_tensor", "meta_tensor_no_storage",
    )
) | {
    "collections.OrderedDict", "collections.Counter", "torch.nn.parameter.Parameter", "torch.serialization._get_layout",
    "torch.Size", "torch.Tensor", "torch.device", "torch._tensor._rebuild_from_type_v2", "_codecs.encode",
    "builtins.set", "builtins.complex", "torch.storage.UntypedStorage", "torch.storage.TypedStorage",
}  # fmt: skip
STORAGES_AND_TYPES = re.compile(r"torch\.([A-Z][A-Za-z0-9]*Storage|[a-z][a-z0-9_]*)")  # torch.FloatStorage, torch.int8

# Plain values that training programs put beside the tensors. None of them is made: a placeholder takes their place.
PLAIN_VALUES = frozenset({
    "argparse.Namespace", "types.SimpleNamespace", "datetime.datetime", "datetime.date", "datetime.timedelta",
    "pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath",
    "pathlib.PurePath", "pathlib._local.PosixPath", "pathlib._local.WindowsPath", "pathlib._local.Path",
    "pathlib._local.PurePosixPath", "pathlib._local.PureWindowsPath",
    "builtins.frozenset", "builtins.range", "builtins.slice", "builtins.int", "builtins.float", "builtins.str",
    "builtins.bool", "builtins.list", "builtins.dict", "builtins.tuple", "uuid.UUID", "decimal.Decimal",
    "fractions.Fraction", "numpy.dtype", "numpy.ndarray",
    *(f"numpy.{core}.multiarray.{what}" for core in ("core", "_core") for what in ("scalar", "_reconstruct")),
    *(f"numpy.dtypes.{kind}DType" for kind in (
        "Bool", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float16", "Float32",
        "Float64", "Complex64", "Complex128", "Str", "Bytes", "Object",
    )),
})  # fmt: skip
DICTIONARIES = frozenset({"collections.defaultdict"})  # what is put into them must be found again
LISTS = frozenset({"collections.deque"})

# Encodings that make what they write longer, most of them again and again: a chain of them would fill the memory.
GROWING = {"hex_codec", "base64_codec", "quopri_codec", "uu_codec", "bz2_codec", "zlib_codec", "unicode_escape",
           "raw_unicode_escape"}  # fmt: skip
CODECS = GROWING | {alias for alias, codec in aliases.items() if codec in GROWING}

MARK = pickletools.markobject
_EFFECTS = {
    op.name: (
        MARK in op.stack_before,
        len(op.stack_before[: op.stack_before.index(MARK)] if MARK in op.stack_before else op.stack_before),
        len(op.stack_after),
    )
    for op in pickletools.opcodes
}
_NAMES_FROM_STACK = frozenset({"STACK_GLOBAL", "INST", "OBJ", "EXT1", "EXT2", "EXT4", "NEWOBJ_EX", "PERSID"})


def scan(content: bytes, name: str, pickles: int = 1) -> tuple[str, ...]:
    """The classes and functions that the first ``pickles`` of ``content`` name, in order.

    Raises:
        WeightsError: where one is too long, too deep, cut off, or of a kind that is not read.
    """
    stream, names, texts = BytesIO(content), list[str](), set[str]()
    budget = MAX_OPCODES
    for _ in range(pickles):
        budget = _scan_one(stream, name, names, texts, budget)
    if "_codecs.encode" in names and any(normalize_encoding(text).lower() in CODECS for text in texts):
        raise WeightsError(f"{name} encodes text in a way that no checkpoint does; it was not read.")
    return tuple(dict.fromkeys(names))


def _scan_one(stream: BytesIO, name: str, names: list[str], texts: set[str], budget: int) -> int:
    """Read one pickle's opcodes; returns how many may follow."""
    height, marks = 0, list[int]()
    try:
        for op, arg, _ in pickletools.genops(stream):
            budget -= 1
            if op.name in _NAMES_FROM_STACK:
                raise WeightsError(f"{name} was saved with a pickle protocol above 3; torch.save's own (2) is read.")
            if op.name == "GLOBAL":
                names.append(_python3_name(str(arg)))
            elif isinstance(arg, str) and len(arg) < 30:
                texts.add(arg)
            height = _height(op.name, height, marks)
            if budget < 0 or height + len(marks) > MAX_STACK:
                raise WeightsError(f"{name} lists more than any network of the family has; it was not read.")
    except WeightsError:
        raise
    except Exception:  # a crafted file can make its reader raise anything
        if stream.tell() >= MAX_PICKLE_BYTES:
            raise WeightsError(f"{name} lists more than any network of the family has; it was not read.") from None
        raise WeightsError(f"{name} is damaged: the list of its tensors cannot be read.") from None
    return budget


def _height(op: str, height: int, marks: list[int]) -> int:
    """How high the stack is after an opcode; ``marks`` are where it was marked."""
    if op == "MARK":
        marks.append(height)
        return height
    to_mark, pops, pushes = _EFFECTS[op]
    if to_mark:
        height = marks.pop()
    return max(0, height - pops) + pushes


def _python3_name(arg: str) -> str:
    """``module name`` as one path; files of protocol 2 name Python 2's modules."""
    module, _, attribute = arg.partition(" ")
    return f"{'builtins' if module == '__builtin__' else module}.{attribute}"


def blocked(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``names`` that are not read."""
    known = TENSOR_GLOBALS | PLAIN_VALUES | DICTIONARIES | LISTS
    return tuple(name for name in names if name not in known and not STORAGES_AND_TYPES.fullmatch(name))


def check_names(names: tuple[str, ...], name: str) -> None:
    """Refuse a pickle that names anything but tensors and plain values."""
    refused = blocked(names)
    if not refused:
        return
    own = [text for text in refused if not text.startswith("torch.nn.")]
    what = (own or list(refused))[0][:100]
    if len(own) < len(refused):
        raise WeightsError(
            f"{name} is a whole pickled model (class {what}), which is not read because unpickling it runs code; save"
            " its state_dict() instead."
        )
    raise WeightsError(
        f"{name} contains a {what}, which is not read because unpickling it could run code; only tensors and plain"
        " values are read, so save the state_dict() alone."
    )
