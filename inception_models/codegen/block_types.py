"""Which blocks of a network are of one type: equal but for their filter counts, which become arguments. No torch."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from ..arch.shapes import Shape, stage_shapes
from ..arch.spec import (
    Activation,
    Arch,
    AuxHead,
    Block,
    Branch,
    Fork,
    Inception,
    Linear,
    Op,
    Repeat,
    Residual,
    Weighted,
)
from ..arch.tree import Part, children

LONGEST_TYPE_NAME = 24  # characters of a type's name


@dataclass(frozen=True, slots=True)
class WidthArgument:
    """A filter count that is an argument: of the op at ``path`` within its block. ``label``: its column's heading."""

    path: str
    name: str
    label: str
    branch: str


@dataclass(frozen=True, slots=True)
class PartType:
    """Blocks, or auxiliary heads, that differ in their filter counts only.

    ``part``: the first of them, whose ``shape`` enters it. ``stages``: where they are. ``scaled``: they have several
    residual scales; ``may_activate``: some have no activation at their end.
    """

    name: str
    part: Block | AuxHead
    shape: Shape
    arguments: tuple[WidthArgument, ...]
    stages: tuple[str, ...]
    scaled: bool = False
    may_activate: bool = False
    activation: Activation = "none"

    @property
    def names(self) -> dict[str, str]:
        """The argument of each op with a width, by its path within the block."""
        return {argument.path: argument.name for argument in self.arguments}

    def given(self, part: Block | AuxHead) -> tuple[str | None, ...]:
        """The arguments of ``part``, one of this type, as code; None for those that it does not take."""
        widths = f'*WIDTHS["{part.name}"]' if self.arguments else None
        match part:
            case Residual():
                scale = f"scale={part.scale!r}" if self.scaled else None
                return widths, scale, "activate=False" if self.may_activate and part.activation == "none" else None
            case AuxHead():
                return widths, "num_classes=num_classes"
            case Inception():
                return (widths,)


def part_types(arch: Arch, taken: Collection[str]) -> dict[str, PartType]:
    """The type of every block and auxiliary head, by the stage's name. No type or argument is called as ``taken``."""
    groups: dict[object, list[tuple[Block | AuxHead, Shape]]] = {}
    for stage, before, _ in stage_shapes(arch):
        part = stage.block if isinstance(stage, Repeat) else stage
        if isinstance(part, Inception | Residual | AuxHead):
            groups.setdefault(_key(part, before), []).append((part, before))
    _join_plain_ends(groups)
    used = set(taken)
    by_stage: dict[str, PartType] = {}
    for group in groups.values():
        kind = _type_of(group, used, taken)
        used.add(kind.name)
        by_stage |= dict.fromkeys(kind.stages, kind)
    return by_stage


def _key(part: Block | AuxHead, shape: Shape) -> tuple[object, Activation, tuple[Shape, ...]]:
    """What parts of one type have in common; the activation of a residual block is by itself."""
    activation = part.activation if isinstance(part, Residual) else "none"
    return _skeleton(part), activation, tuple(_grids(part, shape)) if isinstance(part, AuxHead) else ()


def _skeleton(part: Part) -> object:
    inside = tuple(_skeleton(child) for child in children(part))
    match part:
        case Residual():
            return replace(part, name="", branches=(), scale=1.0, activation="none"), inside
        case Inception():
            return replace(part, name="", branches=()), inside
        case AuxHead():
            return "head", inside
        case Branch() | Fork():
            return replace(part, ops=()), inside
        case _ if isinstance(part, Weighted) and part.width is not None:
            return replace(part, width=1)
        case _:
            return part


def _grids(head: AuxHead, shape: Shape) -> Iterator[Shape]:
    """The grids that enter a head's fully connected layers, which are in the code as numbers."""
    from ..arch.shapes import op_shape

    for op in head.ops:
        if isinstance(op, Linear):
            yield shape[1:]
        shape = op_shape(op, shape, 1, head.name, shape[0])


def _join_plain_ends(groups: dict[object, list[tuple[Block | AuxHead, Shape]]]) -> None:
    """A residual block without an activation at its end belongs to those that are equal to it but for that."""
    for key in [key for key in groups if isinstance(key, tuple) and key[1] == "none"]:
        others = [k for k in groups if isinstance(k, tuple) and k != key and (k[0], k[2]) == (key[0], key[2])]
        if others:
            groups[others[0]] += groups.pop(key)


def _type_of(group: Sequence[tuple[Block | AuxHead, Shape]], used: Collection[str], taken: Collection[str]) -> PartType:
    parts = [part for part, _ in group]
    first, shape = group[0]
    residual = [part for part in parts if isinstance(part, Residual)]
    activations = sorted({part.activation for part in residual} - {"none"})
    return PartType(
        _type_name([part.name for part in parts], shape, used),
        first,
        shape,
        tuple(_arguments(first, taken)),
        tuple(part.name for part in parts),
        len({part.scale for part in residual}) > 1,
        bool(activations) and any(part.activation == "none" for part in residual),
        activations[0] if activations else "none",
    )


# --- names -----------------------------------------------------------------------------------------------------------


def _type_name(stages: Sequence[str], shape: Shape, used: Collection[str]) -> str:
    """``Inception`` for inception3a to 5b; where the name says nothing (``repeat_1``), the grid does: ``Block17``."""
    common = _common(stages) if len(stages) > 1 else ""
    wanted = [common] if len(re.sub(r"[\W\d_]", "", common)) > 2 else []
    wanted += [f"block{shape[1]}"] if re.fullmatch(r"repeat(_\d+)?", stages[0]) else []
    wanted += stages
    names = [camel(name) for name in (wanted if not common.startswith("repeat") else wanted[1:])]
    return free([name for name in names if name], used)


def _common(names: Sequence[str]) -> str:
    """What all of ``names`` begin with."""
    same = (len(set(letters)) == 1 for letters in zip(*names, strict=False))
    return names[0][: sum(takewhile(bool, same))]


def camel(name: str) -> str:
    """``mixed_6a`` -> ``Mixed6a``."""
    return "".join(f"{word[:1].upper()}{word[1:]}" for word in re.split(r"[_\W]+", name))[:LONGEST_TYPE_NAME]


def free(names: Sequence[str], used: Collection[str]) -> str:
    """The first of ``names`` that is not in use, or the last one with a number."""
    numbered = (f"{names[-1]}_{number}" for number in range(2, len(used) + 3))
    return next(name for name in (*names, *numbered) if name not in used)


# --- arguments -------------------------------------------------------------------------------------------------------

LOCAL = frozenset(
    [
        "in_channels",
        "num_classes",
        "with_aux",
        "scale",
        "activate",
        "self",
        "x",
        "y",
        "i",
        "name",
        "inputs",
        "heads",
        "branches",
    ]
)
"""What the code calls its own arguments and variables."""


def _arguments(part: Block | AuxHead, taken: Collection[str]) -> Iterator[WidthArgument]:
    used = {*LOCAL, *taken, *dir(builtins)}
    for path, op, branch in _weighted(part):
        name = free([_argument_name(path), f"n_{path.replace('.', '_')}"], used)
        used.add(name)
        yield WidthArgument(path, name, _label(op), branch)


def _weighted(part: Block | AuxHead) -> Iterator[tuple[str, Op, str]]:
    """Every op with a width of its own, with its path within ``part`` and its branch."""
    rows = [("", part.ops)] if isinstance(part, AuxHead) else [(f"{b.name}.", b.ops) for b in part.branches]
    for before, ops in rows:
        for path, op in _leaves(before, ops):
            if isinstance(op, Weighted) and op.width is not None:
                yield path, op, before


def _leaves(before: str, ops: Sequence[Op]) -> Iterator[tuple[str, Op]]:
    for op in ops:
        if isinstance(op, Fork):
            yield from _leaves(f"{before}{op.name}.", op.ops)
        else:
            yield f"{before}{op.name}", op


def _argument_name(path: str) -> str:
    """``branch3x3.reduce`` -> ``n3x3_reduce``, ``branch1x1.conv`` -> ``n1x1``."""
    first, *others = path.split(".")
    words = [first.removeprefix("branch")] if others else [first]
    words += [re.sub(r"^(conv|fork)(?=$|_|\d)", "", word) for word in others]
    name = "_".join(stripped for word in words if (stripped := word.strip("_"))).lower()
    return name if name[:1].isalpha() and not keyword.iskeyword(name) else f"n{name}"


def _label(op: Op) -> str:
    return "FC" if isinstance(op, Linear) else "x".join(map(str, getattr(op, "kernel", (1, 1))))
