"""Edits are pure functions from Arch to Arch. Every one either returns a network that builds and runs, or raises
ValueError with one sentence that says what is wrong and what is allowed. This module imports no torch.

Here: widths, and the numbers that concern the network as a whole. Beside it stand :mod:`.depth` (copies, residual
scales), :mod:`.toggles` (dropout, BatchNorm, activation), :mod:`.whatif` (the papers' experiments) and
:mod:`.structure` (branches and ops).
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from ..arch.rules import MAX_CLASSES as MAX_CLASSES
from ..arch.rules import MAX_INPUT_SIZE as MAX_INPUT_SIZE
from ..arch.rules import MAX_WIDTH as MAX_WIDTH
from ..arch.rules import checked, shown
from ..arch.shapes import ShapeError, stage_shapes
from ..arch.spec import Arch, Op, Weighted
from ..arch.tree import map_ops, unknown, walk

# --- widths ----------------------------------------------------------------------------------------------------------


def widths(arch: Arch) -> dict[str, int]:
    """Every editable filter count by its path, in the order of the forward pass; aux heads last.

    Widths that follow from others (residual projections, shortcuts, the classifier's outputs) are not among them.
    """
    return {path: op.width for path, op in walk(arch) if isinstance(op, Weighted) and op.width is not None}


def with_widths(arch: Arch, changes: Mapping[str, int]) -> Arch:
    """``arch`` with the given filter counts.

    Raises:
        ValueError: for a path that does not exist, or a width that is no whole number from 1 to 8192.
    """
    return checked(replaced_widths(arch, changes))


def replaced_widths(arch: Arch, changes: Mapping[str, object]) -> Arch:
    """What :func:`with_widths` returns, whether it fits together or not."""
    known = widths(arch)
    new = {path: _width(path, width, known) for path, width in changes.items()}

    def visit(path: str, op: Op) -> Op:
        if path in new and isinstance(op, Weighted) and op.width != new[path]:
            return replace(op, width=new[path])
        return op

    return map_ops(arch, visit)


def _width(path: str, width: object, known: Mapping[str, int]) -> int:
    if path not in known:
        raise unknown(path, known, "a width")
    number = _whole(width)
    if number is None or not 1 <= number <= MAX_WIDTH:
        raise ValueError(f"{path} must be a whole number from 1 to {MAX_WIDTH}, not {shown(width)}.")
    return number


def _whole(value: object) -> int | None:
    """A whole number of any kind (numpy's too) as an int."""
    try:
        return None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]  # that is the question
    except TypeError:
        return None


def scaled(arch: Arch, factor: float, divisor: int = 8) -> Arch:
    """Every width times ``factor``, rounded to the nearest multiple of ``divisor`` and at least one multiple of it.

    A factor of one changes nothing.

    Raises:
        ValueError: where ``factor`` or ``divisor`` is out of range, or a width would leave 1 to 8192.
    """
    if not 0.05 <= factor <= 8:
        raise ValueError(f"The width multiplier must be from 0.05 to 8, not {factor:g}.")
    if _whole(divisor) is None or not 1 <= divisor <= 64:
        raise ValueError(f"The divisor must be a whole number from 1 to 64, not {shown(divisor)}.")
    if factor == 1:
        return arch
    return with_widths(
        arch, {path: max(divisor, round(width * factor / divisor) * divisor) for path, width in widths(arch).items()}
    )


# --- input and output ------------------------------------------------------------------------------------------------


def with_input_size(arch: Arch, size: int) -> Arch:
    """``arch`` for pictures of ``size`` x ``size`` pixels.

    Raises:
        ValueError: where the network does not run at that size, naming the nearest at which it does.
    """
    changed = replace(arch, input_size=size)
    try:
        return checked(changed)
    except ShapeError:
        raise ValueError(_no_grid(arch, size)) from None


def _no_grid(arch: Arch, size: int) -> str:
    least = smallest_input(arch)
    near = least if size < least else _nearest_input(arch, size)
    if arch.aux and runs(replace(arch, aux=(), input_size=size)):
        return f"At {size} pixels the auxiliary heads do not fit; without them, or at {near} pixels, it would work."
    if size < least:
        return f"{arch.about.title} needs an input of at least {least} pixels, not {size}."
    return f"The branches' grids do not agree at {size} pixels; the nearest size at which they do is {near}."


def _nearest_input(arch: Arch, size: int) -> int:
    around = (s for step in range(MAX_INPUT_SIZE) for s in (size - step, size + step) if 1 <= s <= MAX_INPUT_SIZE)
    return next((s for s in around if runs(replace(arch, input_size=s))), arch.input_size)


def runs(arch: Arch) -> bool:
    """Whether every part finds a grid it can work on."""
    try:
        for _ in stage_shapes(arch):
            pass
    except ShapeError:
        return False
    return True


@lru_cache(maxsize=64)
def smallest_input(arch: Arch) -> int:
    """The smallest input size, in pixels, at which the network runs. Some larger ones may not suit it either: where
    pools round up and convolutions down, grids agree at some sizes only.
    """
    sizes = range(1, arch.input_size)
    return next((size for size in sizes if runs(replace(arch, input_size=size))), arch.input_size)


def with_classes(arch: Arch, classes: int) -> Arch:
    """``arch`` for another number of classes.

    Raises:
        ValueError: outside 1 to 100,000.
    """
    return checked(replace(arch, classes=classes))


def without_aux(arch: Arch) -> Arch:
    """``arch`` without its auxiliary heads."""
    return replace(arch, aux=()) if arch.aux else arch


def with_aux(arch: Arch, on: bool, original: Arch) -> Arch:
    """``arch`` without auxiliary heads, or with those of ``original`` where it has none.

    Raises:
        ValueError: where ``original`` has none, or where they do not fit on ``arch``.
    """
    if not on:
        return without_aux(arch)
    if not original.aux:
        raise ValueError(f"{original.about.title} has no auxiliary heads; a variant that has some would work.")
    return arch if arch.aux else checked(replace(arch, aux=original.aux))
