"""The one factor that explains most of the widths of an edited network, so that a link need not list them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

from ..arch.rules import MAX_WIDTH
from .widths import FACTORS, times

DIVISOR = 8  # of the page and of every link


def likely_factor(old: Mapping[str, int], new: Mapping[str, int]) -> float | None:
    """The factor, with as few digits as it needs, that gives most of the ``new`` widths; None where none saves much."""
    common = {path: (width, new[path]) for path, width in old.items() if path in new}
    intervals = [_interval(*pair) for pair in common.values() if pair[1] % DIVISOR == 0]
    low, high = _most_covered(intervals)

    def cost(factor: float) -> tuple[int, int]:
        as_scaled = times({path: before for path, (before, _) in common.items()}, factor, DIVISOR)
        return sum(as_scaled[path] != after for path, (_, after) in common.items()), len(f"{factor}")

    # At its ends too: what lies halfway between two multiples is rounded to the even one.
    factor = min((_simplest(low, high), round(low, 6), round(high, 6)), key=cost)
    if not FACTORS[0] <= factor <= FACTORS[1] or factor == 1 or max(times(old, factor, DIVISOR).values()) > MAX_WIDTH:
        return None
    changed = sum(before != after for before, after in common.values())
    return factor if cost(factor)[0] + 1 < changed else None


def _simplest(low: float, high: float) -> float:
    """The number between the two that has the fewest digits; 1 where they hardly differ."""
    for scale in (1, 10, 100, 1000, 10**4, 10**5, 10**6):
        near = [
            n / scale for n in range(math.floor(low * scale), math.floor(low * scale) + 3) if low < n / scale < high
        ]
        if near:
            return int(near[0]) if scale == 1 else near[0]
    return 1


def _interval(old: int, new: int) -> tuple[float, float]:
    """The factors that make ``new`` of ``old``."""
    low = FACTORS[0] if new == DIVISOR else (new - DIVISOR / 2) / old
    return low, (new + DIVISOR / 2) / old


def _most_covered(intervals: list[tuple[float, float]]) -> tuple[float, float]:
    """Where most of the ``intervals`` overlap."""
    ends = sorted([(low, 1) for low, _ in intervals] + [(high, -1) for _, high in intervals])
    depth, most, best = 0, 0, (1.0, 1.0)
    for (at, step), (after, _) in pairwise(ends):
        depth += step
        if depth > most and at < after:
            most, best = depth, (at, after)
    return best
