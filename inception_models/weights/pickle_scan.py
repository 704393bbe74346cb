"""What a pickle would do, read from its opcodes before anything is unpickled.

A pickle is a program. Its size, its length, the height of its stack and the classes that it names are known from its
opcodes alone, so a file that would run code or fill the memory is refused without running it.
"""

from __future__ import annotations

import pickletools
import re
from collections.abc import Iterable
from io import BytesIO

from .errors import WeightsError

MAX_PICKLE_BYTES = 1 << 24  # the list of a file's tensors; Inception-ResNet v2's has 0.2 MB
MAX_OPCODES = 400_000  # Inception-ResNet v2 with its optimizer's state and an average of its weights has 150,000
MAX_STACK = 20_000  # a dict is written 1,000 items at a time, so flat files stay below 3,000
MAX_NAME = 200  # characters of a class's name; torch's reader takes a second for 100,000
MAX_BYTES_VALUES = 1 << 24  # all values of bytes together: one text of the file may be written out many times
MAX_ODD_KEYS = 1_000  # neither text nor a plain number: of tuples and huge numbers many can have the same hash
HUGE = 1 << 60  # and so can numbers from here on

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
    "builtins.bool", "builtins.bytes", "builtins.list", "builtins.dict", "builtins.tuple", "uuid.UUID",
    "decimal.Decimal", "fractions.Fraction", "numpy.dtype", "numpy.ndarray",
    *(f"numpy.{core}.multiarray.{what}" for core in ("core", "_core") for what in ("scalar", "_reconstruct")),
    *(f"numpy.dtypes.{kind}DType" for kind in (
        "Bool", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float16", "Float32",
        "Float64", "Complex64", "Complex128", "Str", "Bytes", "Object",
    )),
})  # fmt: skip
DICTIONARIES = frozenset({"collections.defaultdict"})  # what is put into them must be found again
LISTS = frozenset({"collections.deque"})

MARK = pickletools.markobject
_EFFECTS = {
    op.name: (
        MARK in op.stack_before,
        len(op.stack_before[: op.stack_before.index(MARK)] if MARK in op.stack_before else op.stack_before),
        len(op.stack_after),
    )
    for op in pickletools.opcodes
}
_READ = frozenset({  # by torch's own reader
    "PROTO", "GLOBAL", "NEWOBJ", "REDUCE", "BUILD", "APPEND", "APPENDS", "SETITEM", "SETITEMS", "MARK", "TUPLE",
    "TUPLE1", "TUPLE2", "TUPLE3", "NONE", "NEWFALSE", "NEWTRUE", "EMPTY_TUPLE", "EMPTY_LIST", "EMPTY_DICT",
    "EMPTY_SET", "BININT", "BININT1", "BININT2", "BINFLOAT", "BINUNICODE", "SHORT_BINSTRING", "BINPERSID", "BINGET",
    "LONG_BINGET", "BINPUT", "LONG_BINPUT", "LONG1", "STOP",
})  # fmt: skip
_PROTOCOLS = {op.name: op.proto for op in pickletools.opcodes}
_TOO_MUCH = "{} lists more than any network of the family has; it was not read."
_ENCODES = "{} encodes text in a way that no checkpoint does; it was not read."


class _Name(str):
    """A class or function on the stack, told apart from a text."""


def scan(content: bytes, name: str, pickles: int = 1) -> tuple[str, ...]:
    """The classes and functions that the first ``pickles`` of ``content`` name, in order.

    Raises:
        WeightsError: where one is too long, too deep, cut off, or of a kind that is not read.
    """
    stream, program = BytesIO(content), _Program(name)
    for _ in range(pickles):
        program.read(stream)
    return tuple(dict.fromkeys(program.names))


class _Program:
    """Follows pickles without running them. Of values it knows texts, whole numbers, names, tuples and lists."""

    def __init__(self, name: str) -> None:
        self.name, self.names = name, list[str]()
        self._opcodes, self._bytes_values, self._odd_keys = 0, 0, 0

    def read(self, stream: BytesIO) -> None:
        """Follow the next pickle."""
        self._stack, self._marks, self._memo = list[object](), list[int](), dict[object, object]()
        try:
            for op, arg, _ in pickletools.genops(stream):
                self._opcodes += 1
                self._follow(op.name, arg)
                if self._opcodes > MAX_OPCODES or len(self._stack) + len(self._marks) > MAX_STACK:
                    raise WeightsError(_TOO_MUCH.format(self.name))
        except WeightsError:
            raise
        except Exception:  # a crafted file can make its reader raise anything
            if stream.tell() >= MAX_PICKLE_BYTES:
                raise WeightsError(_TOO_MUCH.format(self.name)) from None
            raise WeightsError(f"{self.name} is damaged: the list of its tensors cannot be read.") from None

    def _follow(self, op: str, arg: object) -> None:
        if op not in _READ:
            if _PROTOCOLS[op] > 3:
                raise WeightsError(
                    f"{self.name} was saved with a pickle protocol above 3; torch.save's own (2) is read."
                )
            raise ValueError(op)
        match op:
            case "MARK":
                self._marks.append(len(self._stack))
            case "BINPUT" | "LONG_BINPUT":
                self._memo[arg] = self._stack[-1]
            case "BINGET" | "LONG_BINGET":
                self._stack.append(self._memo[arg])
            case "GLOBAL":
                self.names.append(_python3_name(str(arg)))
                self._stack.append(_Name(self.names[-1]))
            case _:
                self._stack += self._left(op, arg, self._taken(op))

    def _taken(self, op: str) -> list[object]:
        """What an opcode takes off the stack: all down to the mark if it uses one, and what it needs below that."""
        to_mark, pops, _ = _EFFECTS[op]
        start = (self._marks.pop() if to_mark else len(self._stack)) - pops
        if start < 0:
            raise ValueError("the stack is empty")
        taken = self._stack[start:]
        del self._stack[start:]
        if any(isinstance(value, _Name) and value == "_codecs.encode" for value in taken[op == "REDUCE" :]):
            raise WeightsError(_ENCODES.format(self.name))
        return taken

    def _left(self, op: str, arg: object, taken: list[object]) -> list[object]:
        """What an opcode leaves on the stack in their place."""
        match op:
            case "TUPLE" | "TUPLE1" | "TUPLE2" | "TUPLE3":
                return [tuple(taken)]
            case "EMPTY_LIST":
                return [list[object]()]
            case "APPEND" | "APPENDS":
                if isinstance(taken[0], list):
                    taken[0] += taken[1:]
                return taken[:1]
            case "SETITEM" | "SETITEMS":
                self._hash(taken[1::2])
                return taken[:1]
            case "REDUCE":
                self._call(taken[0], taken[1])
            case "BUILD":
                self._hash(_firsts(taken[1]))
                return taken[:1]
            case _:
                pass
        return [arg if isinstance(arg, str | int) else None] * _EFFECTS[op][2]

    def _call(self, function: object, arguments: object) -> None:
        if not isinstance(function, _Name) or not isinstance(arguments, tuple) or not arguments:
            return
        match str(function), arguments:
            case "_codecs.encode", (str(text), "latin1"):  # how protocol 2 writes bytes; other encodings grow or crawl
                self._bytes_values += len(text)
                if self._bytes_values > MAX_BYTES_VALUES:
                    raise WeightsError(_TOO_MUCH.format(self.name))
            case "_codecs.encode", _:
                raise WeightsError(_ENCODES.format(self.name))
            case "torch._tensor._rebuild_from_type_v2", (inner, _, inner_arguments, *_):
                self._call(inner, inner_arguments)
            case "collections.OrderedDict", (items, *_):
                self._hash(_firsts(items))
            case "builtins.set" | "collections.Counter", (list(items) | tuple(items), *_):
                self._hash(items)
            case _:
                pass

    def _hash(self, keys: Iterable[object]) -> None:
        """Count the keys whose hashes a file can choose: filling a dictionary with them would take hours."""
        self._odd_keys += sum(map(_oddness, keys))
        if self._odd_keys > MAX_ODD_KEYS:
            raise WeightsError(_TOO_MUCH.format(self.name))


def _firsts(pairs: object) -> list[object]:
    """The keys of what may be a list of keys and values."""
    items = pairs if isinstance(pairs, list | tuple) else ()
    return [item[0] if isinstance(item, list | tuple) and item else item for item in items]


def _oddness(key: object) -> int:
    if isinstance(key, str) or (isinstance(key, int) and abs(key) < HUGE):
        return 0
    nested = isinstance(key, tuple) and any(isinstance(item, tuple) for item in key)
    return MAX_ODD_KEYS + 1 if nested else 1  # of tuples in tuples a few can take forever


def _python3_name(arg: str) -> str:
    """``module name`` as one path; files of protocol 2 name Python 2's modules."""
    module, _, attribute = arg.partition(" ")
    return f"{'builtins' if module == '__builtin__' else module}.{attribute}"


def blocked(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``names`` that are not read."""
    known = TENSOR_GLOBALS | PLAIN_VALUES | DICTIONARIES | LISTS
    return tuple(
        name for name in names if len(name) > MAX_NAME or (name not in known and not STORAGES_AND_TYPES.fullmatch(name))
    )


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
