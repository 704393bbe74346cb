"""What a network can be: the bounds of every number, the names that are free, and that everything fits. No torch.

Every edit hands its result to :func:`checked`, so what is refused, and in which words, is decided here alone.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, fields
from typing import get_args

from .refusal import Refusal, Remedy
from .shapes import stage_shapes
from .spec import (
    Activation,
    Arch,
    AuxHead,
    BatchNorm,
    Between,
    Branch,
    Fork,
    Inception,
    Padding,
    Pool,
    PoolKind,
    Repeat,
    Residual,
    Unit,
)
from .tree import Part, walk

MAX_WIDTH = 8192  # twice the widest layer of any published variant
MAX_INPUT_SIZE = 1024  # pixels; a picture of 2048 x 2048 would need some 20 GB of activations in the stem of v4
MAX_CLASSES = 100_000  # ImageNet-21k has 21,843
MAX_REPEATS = 64  # three times the longest published group
MAX_CHANNELS = 2**20  # blocks that pass their input on can double it: keeps every count below 2**63
MAX_LAYERS = 2000  # ops, copies included: nine times the deepest published variant
MAX_ROW = 64  # stages, branches of a block, ops in a row

# By the field's name, which means the same in every part that has it. A new field of an op needs its bounds here.
WHOLE_NUMBERS: Mapping[str, tuple[int, int]] = {
    "width": (1, MAX_WIDTH),
    "kernel": (1, 31),
    "size": (1, 64),
    "stride": (1, 8),
    "shortcut_stride": (1, 8),
    "square": (1, 31),
    "band": (1, 31),
    "multiplier": (1, 64),
    "times": (1, MAX_REPEATS),
    "input_size": (1, MAX_INPUT_SIZE),
    "classes": (1, MAX_CLASSES),
}
REAL_NUMBERS: Mapping[str, tuple[float, float]] = {
    "p": (0, 0.99),
    "scale": (0.01, 1),
    "eps": (1e-12, 1),
    "momentum": (0, 1),
    "weight": (0, 10),
    "alpha": (0, 1000),
    "beta": (0, 1000),
    "k": (1e-6, 1000),
    "init": (0, 10),
    "share": (0.01, 0.33),
}
_FIELD_WORDS = {
    "times": "the number of copies",
    "scale": "the residual scale",
    "p": "the share dropped",
    "input_size": "the input size in pixels",
    "classes": "the number of classes",
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "padding": get_args(Padding),
    "kind": get_args(PoolKind),
    "activation": get_args(Activation),
    "activate": ("before", "after", "never"),
    "between": get_args(Between),
}
FLAGS = frozenset({"bias", "gamma", "ceil", "include_pad", "projection"})
OPTIONAL = frozenset({"width", "shortcut_stride", "unit", "norm"})  # may be None

# What torch's modules call their own attributes; a part of that name could not be attached to one.
_MODULE = """
T_destination add_module append apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches
eval extend extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half insert ipu
load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters pop
register_backward_hook register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
"""
TAKEN = frozenset(_MODULE.split())
TAKEN_STAGES = TAKEN | {"arch", "input", "logits"}  # the network's own, the diagram's first node, the first output
TAKEN_BRANCHES = TAKEN | {"proj", "shortcut", "act", "add", "concat", "scale", "branch_names"}  # a residual block's own


def checked(arch: Arch) -> Arch:
    """``arch`` itself, if it builds, runs at its input size and can be counted.

    Raises:
        ValueError: if not, with one sentence: what is wrong and what would work.
    """
    for name in ("input_size", "classes"):
        _check_number(name, getattr(arch, name), "")
    _check_names([part.name for part in (*arch.stages, *arch.aux)], "The network", TAKEN_STAGES)
    _check_fields(arch.unit, "The network")
    for part in (*arch.stages, *arch.aux):
        _check_part(part, part.name)
    _check_shapes(arch)
    return arch


def is_sound(arch: Arch) -> bool:
    """Whether :func:`checked` accepts ``arch``."""
    try:
        checked(arch)
    except ValueError:
        return False
    return True


def _check_shapes(arch: Arch) -> None:
    _check_layers(arch)
    for part, _, after in stage_shapes(arch):
        if after[0] > MAX_CHANNELS:
            raise ValueError(
                f"{part.name} would have over {MAX_CHANNELS} channels; narrower branches or fewer copies would do."
            )
        if (isinstance(part, AuxHead) or part is arch.stages[-1]) and after != (arch.classes,):
            raise ValueError(f"{part.name} must end with one number for each class, as a fully connected layer does.")


def _check_layers(arch: Arch) -> None:
    if not arch.stages:
        raise ValueError("The network has no stage left; at least a fully connected layer is needed.")
    times = {stage.name: stage.times for stage in arch.stages if isinstance(stage, Repeat)}
    layers = sum(times.get(path.partition(".")[0], 1) for path, _ in walk(arch))
    if layers > MAX_LAYERS:
        raise ValueError(f"The network would have {layers} layers; at most {MAX_LAYERS} are allowed.")


def _check_part(part: Part, where: str) -> None:
    _check_fields(part, where)
    match part:
        case Repeat():
            _check_part(part.block, where)
        case Inception() | Residual():
            _check_names([b.name for b in part.branches], where, TAKEN_BRANCHES)
            for branch in part.branches:
                _check_part(branch, f"{where}.{branch.name}")
        case Branch() | AuxHead():
            _check_names([op.name for op in part.ops], where, TAKEN)
            for op in part.ops:
                _check_part(op, f"{where}.{op.name}")
        case Fork():
            _check_names([op.name for op in part.ops], where, TAKEN_BRANCHES)
            for op in part.ops:
                _check_part(op, f"{where}.{op.name}")
        case Pool(kind="avg", padding="tf") if part.stride > 1 or part.size % 2 == 0:
            raise ValueError(f"{where}: an average pool cannot pad one side only; a max pool or stride 1 would work.")


def _check_fields(part: Part | Unit | BatchNorm, where: str) -> None:
    for field in fields(part):
        _check_field(field, getattr(part, field.name), where)


def _check_field(field: Field[object], value: object, where: str) -> None:
    name = field.name
    if value is None and name in OPTIONAL:
        return
    if isinstance(value, Unit | BatchNorm):
        _check_fields(value, where)
    elif name == "kernel":
        if not isinstance(value, tuple) or len(value) != 2:
            raise ValueError(f"{where}: kernel must be a height and a width, not {shown(value)}.")
        for side in value:
            _check_number(name, side, where)
    elif name in WHOLE_NUMBERS or name in REAL_NUMBERS:
        _check_number(name, value, where)
    elif name in CHOICES and value not in CHOICES[name]:
        raise ValueError(f"{where}: {name} must be one of {', '.join(CHOICES[name])}, not {shown(value)}.")
    elif name in FLAGS and not isinstance(value, bool):
        raise ValueError(f"{where}: {name} must be true or false, not {shown(value)}.")
    elif name in ("unit", "norm"):
        raise ValueError(f"{where}: {name} must be a unit, a norm or nothing, not {shown(value)}.")


def _check_number(name: str, value: object, where: str) -> None:
    whole = name in WHOLE_NUMBERS
    low, high = WHOLE_NUMBERS[name] if whole else REAL_NUMBERS[name]
    right_type = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not right_type or not low <= value <= high:  # type: ignore[operator]  # a number by now; nan is in no range
        kind = "a whole number" if whole else "a number"
        words = _FIELD_WORDS.get(name, name.replace("_", " "))
        start = f"{where}: {words}" if where else words.capitalize()
        raise ValueError(f"{start} must be {kind} from {low:g} to {high:g}, not {shown(value)}.")


def check_given(name: str, value: object, where: str, remedy: Callable[[float], Remedy]) -> None:
    """Refuse a number that somebody gave for the field ``name`` and that is out of its range.

    Args:
        remedy: the same edit with another number, which is the nearest allowed one.

    Raises:
        Refusal: with that remedy, where the value is a number.
    """
    try:
        _check_number(name, value, where)
    except ValueError as problem:
        near = _nearest_allowed(name, value)
        raise Refusal(str(problem), *(() if near is None else (remedy(near),))) from None


def _nearest_allowed(name: str, value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # nan
        return None
    if name in REAL_NUMBERS:
        low, high = REAL_NUMBERS[name]
        return min(max(value, low), high)
    least, most = WHOLE_NUMBERS[name]
    return round(min(max(value, least), most))


def _check_names(names: Sequence[object], where: str, taken: frozenset[str]) -> None:
    if len(names) > MAX_ROW:
        raise ValueError(f"{where} would have {len(names)} parts in one place; at most {MAX_ROW} are allowed.")
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, str) or not _is_name(name):
            raise ValueError(
                f"{where}: {shown(name)} cannot be a name; letters, digits and underscores can, a letter first,"
                " up to 40 of them."
            )
        if name in taken or name in seen:
            raise ValueError(f"{where}: the name {name!r} is taken; choose another.")
        seen.add(name)


def _is_name(name: str) -> bool:
    good = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
    return good and not name.startswith("_") and len(name) <= 40


def shown(value: object) -> str:
    """A value that somebody sent, short enough for a sentence whatever it is."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() if abs(value) > 10**12:
            return "a number that is too large"
        case int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
        case str():
            return repr(value[:40])
        case _:
            return f"a {type(value).__name__}"
