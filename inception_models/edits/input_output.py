"""What goes into a network and what comes out: its input size, its classes, its auxiliary heads."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from ..arch.rules import MAX_INPUT_SIZE, checked
from ..arch.shapes import ShapeError, stage_shapes
from ..arch.spec import Arch


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


def with_size_and_fitting_heads(arch: Arch, size: int) -> Arch:
    """:func:`with_input_size`, without the auxiliary heads where only they do not fit: they run in training only.

    Raises:
        ValueError: as :func:`with_input_size`.
    """
    try:
        return with_input_size(arch, size)
    except ValueError:
        if not arch.aux:
            raise
    return with_input_size(without_aux(arch), size)


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
