"""Edits are pure functions from Arch to Arch. Every one either returns a network that builds and runs, or raises
ValueError with one sentence that says what is wrong and what is allowed. This module imports no torch.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from .shapes import ShapeError, stage_shapes
from .spec import (
    Arch,
    AuxHead,
    Branch,
    Conv,
    Fork,
    Inception,
    Linear,
    Op,
    Repeat,
    Residual,
    SepConv,
    Stage,
)

MAX_WIDTH = 8192  # twice the widest layer of any published variant; keeps every count far below 2**63
MAX_INPUT_SIZE = 1024  # pixels; a picture of 2048 x 2048 would need some 20 GB of activations in the stem of v4
MAX_CLASSES = 100_000  # ImageNet-21k has 21,843

Part = Stage | Branch | AuxHead
Visit = Callable[[str, Op], Op]


def walk(arch: Arch) -> Iterator[tuple[str, Op]]:
    """Every op of the network with its path, in the order of the forward pass; aux heads last."""
    for part in (*arch.stages, *arch.aux):
        yield from _walk(part, part.name)


def _walk(part: Part, path: str) -> Iterator[tuple[str, Op]]:
    match part:
        case Repeat():
            yield from _walk(part.block, path)
        case Inception() | Residual():
            for branch in part.branches:
                yield from _walk(branch, f"{path}.{branch.name}")
        case Branch() | AuxHead() | Fork():
            for op in part.ops:
                yield from _walk(op, f"{path}.{op.name}")
        case _:
            yield path, part


def map_ops(arch: Arch, visit: Visit) -> Arch:
    """``arch`` with every op replaced by ``visit(path, op)``; parts that do not change are shared with the original."""
    stages = tuple(_map_stage(stage, stage.name, visit) for stage in arch.stages)
    heads = tuple(_map_ops(head, head.name, visit) for head in arch.aux)
    return replace(arch, stages=stages, aux=heads)


def _map_stage(stage: Stage, path: str, visit: Visit) -> Stage:
    match stage:
        case Repeat():
            block = _map_stage(stage.block, path, visit)
            assert isinstance(block, Inception | Residual)  # a visit maps ops to ops, so a block stays one
            return stage if block is stage.block else replace(stage, block=block)
        case Inception() | Residual():
            branches = tuple(_map_ops(b, f"{path}.{b.name}", visit) for b in stage.branches)
            same = all(new is old for new, old in zip(branches, stage.branches, strict=True))
            return stage if same else replace(stage, branches=branches)
        case Fork():
            return _map_ops(stage, path, visit)
        case _:
            return visit(path, stage)


Row = TypeVar("Row", Branch, AuxHead, Fork)


def _map_ops(row: Row, path: str, visit: Visit) -> Row:
    ops = tuple(_map_stage(op, f"{path}.{op.name}", visit) for op in row.ops)
    same = all(new is old for new, old in zip(ops, row.ops, strict=True))
    return row if same else replace(row, ops=ops)  # type: ignore[arg-type]  # mypy cannot see that ops map to ops


# --- widths ----------------------------------------------------------------------------------------------------------


def widths(arch: Arch) -> dict[str, int]:
    """Every editable filter count by its path, in the order of the forward pass; aux heads last.

    Widths that follow from others (residual projections, shortcuts, the classifier's outputs) are not among them.
    """
    return {
        path: op.width
        for path, op in walk(arch)
        if isinstance(op, Conv | SepConv | Linear) and op.width is not None
    }


def with_widths(arch: Arch, changes: Mapping[str, int]) -> Arch:
    """``arch`` with the given filter counts.

    Raises:
        ValueError: for a path that does not exist, or a width that is no whole number from 1 to 8192.
    """
    known = widths(arch)
    new = {path: _checked(path, width, known) for path, width in changes.items()}

    def visit(path: str, op: Op) -> Op:
        if path in new and isinstance(op, Conv | SepConv | Linear) and op.width != new[path]:
            return replace(op, width=new[path])
        return op

    return map_ops(arch, visit) if new else arch


def _checked(path: str, width: int, known: Mapping[str, int]) -> int:
    if path not in known:
        near = difflib.get_close_matches(path, known, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(f"{path!r} is not the path of a width in this network.{hint}")
    try:
        number = None if isinstance(width, bool) else operator.index(width)
    except TypeError:
        number = None
    if number is None or not 1 <= number <= MAX_WIDTH:
        raise ValueError(f"{path} must be a whole number from 1 to {MAX_WIDTH}, not {width!r}.")
    return number


def scaled(arch: Arch, factor: float, divisor: int = 8) -> Arch:
    """Every width times ``factor``, rounded to the nearest multiple of ``divisor`` and at least one multiple of it.

    A width that ``factor`` leaves as it is keeps its exact value, so a factor of one changes nothing.

    Raises:
        ValueError: where ``factor`` or ``divisor`` is out of range, or a width would leave 1 to 8192.
    """
    if not 0.05 <= factor <= 8:
        raise ValueError(f"The width multiplier must be from 0.05 to 8, not {factor:g}.")
    if not 1 <= divisor <= 64:
        raise ValueError(f"The divisor must be a whole number from 1 to 64, not {divisor}.")
    if factor == 1:
        return arch
    return with_widths(
        arch, {path: max(divisor, round(width * factor / divisor) * divisor) for path, width in widths(arch).items()}
    )


# --- the network as a whole ------------------------------------------------------------------------------------------


def with_input_size(arch: Arch, size: int) -> Arch:
    """``arch`` for pictures of ``size`` x ``size`` pixels.

    Raises:
        ValueError: where the network does not run at that size, naming the smallest at which it does.
    """
    if not isinstance(size, int) or not 1 <= size <= MAX_INPUT_SIZE:
        raise ValueError(f"The input size must be a whole number of pixels up to {MAX_INPUT_SIZE}, not {size!r}.")
    changed = replace(arch, input_size=size)
    if not runs(changed):
        least = smallest_input(arch)
        heads = " with its auxiliary heads" if arch.aux and runs(replace(changed, aux=())) else ""
        raise ValueError(f"{arch.about.title} needs an input of at least {least} pixels{heads}, not {size}.")
    return changed


def runs(arch: Arch) -> bool:
    """Whether every part finds a grid it can work on."""
    try:
        for _ in stage_shapes(arch):
            pass
    except ShapeError:
        return False
    return True


def smallest_input(arch: Arch) -> int:
    """The smallest input size, in pixels, from which on the network runs at every size up to its own."""
    size = arch.input_size
    while size > 1 and runs(replace(arch, input_size=size - 1)):
        size -= 1
    return size


def with_classes(arch: Arch, classes: int) -> Arch:
    """``arch`` for another number of classes.

    Raises:
        ValueError: outside 1 to 100,000.
    """
    if not isinstance(classes, int) or isinstance(classes, bool) or not 1 <= classes <= MAX_CLASSES:
        raise ValueError(f"The number of classes must be a whole number from 1 to {MAX_CLASSES}, not {classes!r}.")
    return replace(arch, classes=classes)


def without_aux(arch: Arch) -> Arch:
    """``arch`` without its auxiliary heads."""
    return replace(arch, aux=())
