"""What goes into a network and what comes out: its input size, its classes, its auxiliary heads."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

from ..arch.refusal import Refusal, Remedy, nearest, only_working
from ..arch.rules import MAX_INPUT_SIZE, check_given, checked
from ..arch.shapes import ShapeError, stage_shapes
from ..arch.spec import Arch


def with_input_size(arch: Arch, size: int) -> Arch:
    """``arch`` for pictures of ``size`` x ``size`` pixels.

    Raises:
        Refusal: where the network does not run at that size, naming the nearest at which it does.
    """
    _check_size(arch, size)
    try:
        return checked(replace(arch, input_size=size))
    except ShapeError:
        raise _no_grid(arch, size) from None


def with_size_and_fitting_heads(arch: Arch, size: int) -> Arch:
    """:func:`with_input_size`, without the auxiliary heads where only they do not fit: they run in training only.

    Raises:
        Refusal: as :func:`with_input_size`.
    """
    _check_size(arch, size)
    return with_input_size(arch if runs(replace(arch, input_size=size)) else without_aux(arch), size)


def _check_size(arch: Arch, size: int) -> None:
    """Refuse what is no number of pixels; its remedy is a size at which the network runs."""

    def working(near: float) -> Remedy:
        runs_at = partial(_runs_at, without_aux(arch))
        return use_input_size(nearest(runs_at, int(near), 1, MAX_INPUT_SIZE) or arch.input_size)

    check_given("input_size", size, "", working)


def use_input_size(size: float) -> Remedy:
    """The remedy to take pictures of this size."""
    return Remedy(
        f"Use {size:g} pixels", lambda arch: with_size_and_fitting_heads(arch, int(size)), f"--input-size {size:g}"
    )


def _no_grid(arch: Arch, size: int) -> Refusal:
    least = smallest_input(arch)
    near = least if size < least else nearest(partial(_runs_at, arch), size, 1, MAX_INPUT_SIZE) or arch.input_size
    if arch.aux and _runs_at(without_aux(arch), size):
        return Refusal(
            f"At {size} pixels the auxiliary heads do not fit; without them, or at {near} pixels, it would work.",
            Remedy("Leave the auxiliary heads out", lambda a: with_input_size(without_aux(a), size), "--aux off"),
            use_input_size(near),
        )
    if size < least:
        sentence = f"{arch.about.title} needs an input of at least {least} pixels, not {size}."
    else:
        sentence = f"The branches' grids do not agree at {size} pixels; the nearest size at which they do is {near}."
    return Refusal(sentence, use_input_size(near))


def _runs_at(arch: Arch, size: int) -> bool:
    return runs(replace(arch, input_size=size))


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
        Refusal: outside 1 to 100,000.
    """
    check_given(
        "classes",
        classes,
        "",
        lambda near: Remedy(
            f"Use {near:,g} class{'' if near == 1 else 'es'}",
            lambda a: with_classes(a, int(near)),
            f"--classes {near:.0f}",
        ),
    )
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
    if arch.aux:
        return arch
    wanted = replace(arch, aux=original.aux)
    try:
        return checked(wanted)
    except ShapeError as problem:
        size = arch.input_size
        near = nearest(partial(_runs_at, wanted), size, 1, MAX_INPUT_SIZE)
        if near is None or near == size:
            raise Refusal(f"The auxiliary heads do not fit on this network: {problem}") from None
        raise Refusal(
            f"The auxiliary heads do not fit at {size} pixels; the nearest size at which they do is {near}.",
            *only_working(
                arch,
                Remedy(
                    f"Add them and use {near} pixels",
                    lambda a: checked(replace(a, aux=original.aux, input_size=near)),
                    f"--input-size {near}",
                ),
            ),
        ) from None
