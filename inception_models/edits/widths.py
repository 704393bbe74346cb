"""Filter counts: each by its path, or all of them times a factor."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import replace

from ..arch.refusal import Refusal, Remedy
from ..arch.rules import MAX_WIDTH, checked, shown
from ..arch.spec import Arch, Op, Weighted
from ..arch.tree import map_ops, unknown, walk

FACTORS = (0.05, 8.0)  # what all widths can be multiplied by at once


def widths(arch: Arch) -> dict[str, int]:
    """Every editable filter count by its path, in the order of the forward pass; aux heads last.

    Widths that follow from others (residual projections, shortcuts, the classifier's outputs) are not among them.
    """
    return {path: op.width for path, op in walk(arch) if isinstance(op, Weighted) and op.width is not None}


def with_widths(arch: Arch, changes: Mapping[str, int]) -> Arch:
    """``arch`` with the given filter counts.

    Raises:
        ValueError: for a path that does not exist, or a width that is not a whole number from 1 to 8192.
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
        near = None if number is None else min(max(number, 1), MAX_WIDTH)
        raise Refusal(
            f"{path} must be a whole number from 1 to {MAX_WIDTH}, not {shown(width)}.",
            *(() if near is None else (_use_width(path, near),)),
        )
    return number


def _use_width(path: str, width: int) -> Remedy:
    plural = "filter" if width == 1 else "filters"
    return Remedy(f"Use {width:,} {plural}", lambda arch: with_widths(arch, {path: width}), f"--set {path}={width}")


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
    return checked(replaced_scale(arch, factor, divisor))


def replaced_scale(arch: Arch, factor: float, divisor: int = 8) -> Arch:
    """What :func:`scaled` returns, whether it fits together or not."""
    least, most = FACTORS
    if not least <= factor <= most:
        near = [] if factor != factor else _nearest_factor(widths(arch), factor, divisor)
        raise Refusal(f"The width multiplier must be from {least:g} to {most:g}, not {shown(factor)}.", *near)
    if _whole(divisor) is None or not 1 <= divisor <= 64:
        raise ValueError(f"The divisor must be a whole number from 1 to 64, not {shown(divisor)}.")
    if factor == 1:
        return arch
    new = times(widths(arch), factor, divisor)
    widest = max(new, key=lambda path: new[path])
    if new[widest] > MAX_WIDTH:
        raise Refusal(
            f"× {factor:g} would give {widest} {new[widest]:,} filters; at most {MAX_WIDTH:,} are allowed.",
            *_nearest_factor(widths(arch), factor, divisor),
        )
    return replaced_widths(arch, new)


def times(old: Mapping[str, int], factor: float, divisor: int) -> dict[str, int]:
    """Each width times ``factor``, rounded to a multiple of ``divisor``."""
    return {path: max(divisor, round(width * factor / divisor) * divisor) for path, width in old.items()}


def _nearest_factor(old: Mapping[str, int], factor: float, divisor: int) -> list[Remedy]:
    """The factor next to ``factor`` that leaves every width in range, where that changes anything."""
    widest = math.floor(20 * MAX_WIDTH / max(old.values())) / 20
    near = min(max(factor, FACTORS[0]), FACTORS[1], widest)
    if near == 1 or max(times(old, near, divisor).values()) > MAX_WIDTH:
        return []
    return [Remedy(f"Use × {near:g}", lambda arch: scaled(arch, near, divisor), f"--multiplier {near:g}")]
