"""Which widths to make narrower, and by how much, until every cost is within its limit.

``even`` multiplies all widths by one factor. The other strategies take a step of a few filters at a time, always where
it saves most for what is lost. What a step loses is the logarithm of the share that it leaves of a place's strength:
of its width, or of its filters' importance, the weakest of which go first. So a place loses the less the more it has.
After that, steps back use up what is left of the budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..channels import Form
from ..cost_model import Cost, PeakCost

Strategy = Literal["even", "sensitivity", "weights"]
ENOUGH = 0.99  # of a limit
SWAPS = 40  # of a step here for one there, to come closer to the limit
HALVINGS = 40


@dataclass(frozen=True, eq=False)
class CostLimit:
    """A cost that must not be above ``limit``."""

    name: str
    cost: Cost
    limit: float

    def relief(self, w: Form, steps: Form) -> Form:
        """How much each step alone brings the cost nearer to the limit, as a share of it; only of a cost above it."""
        if isinstance(self.cost, PeakCost):
            above = self.cost.rows[self.cost.rows @ w > self.limit]
            relief: Form = (above[:, :-1] * steps).sum(0) / self.limit
            return relief
        return self.cost.saved(w, steps) / self.limit


@dataclass(frozen=True, eq=False)
class WidthRange:
    """The widths that may be chosen: from ``low`` to ``high``, in multiples of their ``divisor``, or ``high`` itself.

    ``log_strength``: of each place, for the number of filters that stay, 0 to the most of all places.
    """

    low: Form
    high: Form
    divisor: NDArray[np.int64]
    log_strength: Form

    def down(self, w: Form) -> Form:
        """The next step down of each width; 0 where there is none."""
        lower: Form = (np.ceil(w[:-1] / self.divisor) - 1) * self.divisor
        return w[:-1] - np.maximum(lower, self.low)

    def up(self, w: Form) -> Form:
        """The next step up."""
        upper: Form = (np.floor(w[:-1] / self.divisor) + 1) * self.divisor
        return np.minimum(upper, self.high) - w[:-1]

    def times(self, factor: float) -> Form:
        """Every width times ``factor``, in range."""
        near = np.round(self.high * factor / self.divisor) * self.divisor
        return np.append(np.clip(near, self.low, self.high), 1)

    def lost(self, w: Form, steps: Form) -> Form:
        """The logarithm of the share of its strength that each place loses with its step."""
        at = np.arange(len(w) - 1)
        before, after = w[:-1].astype(int), (w[:-1] - steps).astype(int)
        lost: Form = self.log_strength[at, before] - self.log_strength[at, after]
        return lost


def used(limits: Sequence[CostLimit], w: Form) -> float:
    """The largest share of any limit that is used; above 1 where one is exceeded."""
    return max(item.cost.at(w) / item.limit for item in limits)


def evenly(limits: Sequence[CostLimit], widths: WidthRange) -> Form:
    """All widths times the largest factor that is within the limits, then some of those that are next in turn."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if used(limits, widths.times(middle)) <= 1 else (low, middle)
    w, above = widths.times(low), widths.times(high)
    for place in np.flatnonzero(above > w):
        wider = w.copy()
        wider[place] = above[place]
        w = wider if used(limits, wider) <= 1 else w
    return filled(limits, widths, w, enough=ENOUGH)


def by_loss(limits: Sequence[CostLimit], widths: WidthRange) -> Form:
    """One step after another, where it saves most for what it loses."""
    w = np.append(widths.high, 1)
    while exceeded := [item for item in limits if item.cost.at(w) > item.limit]:
        steps = widths.down(w)
        relief = sum((item.relief(w, steps) for item in exceeded), np.zeros_like(steps))
        useful = (steps > 0) & (relief > 0)
        worth = np.where(useful, relief / np.maximum(widths.lost(w, steps), 1e-12), -1)
        place = int(worth.argmax()) if useful.any() else int(steps.argmax())
        w[place] -= steps[place]
    return filled(limits, widths, w)


def filled(limits: Sequence[CostLimit], widths: WidthRange, w: Form, enough: float = 1.0) -> Form:
    """``w`` with steps up as long as they fit, and less than ``enough`` of the limits is used."""
    while used(limits, w) < enough:
        place = _best_step_up(limits, widths, w)
        if place is None:
            break
        w = w.copy()
        w[place] += widths.up(w)[place]
    return _swapped(limits, widths, w)


def _best_step_up(limits: Sequence[CostLimit], widths: WidthRange, w: Form) -> int | None:
    """Of those that fit, the one that wins most strength back for its cost."""
    steps = widths.up(w)
    added = [-item.cost.saved(w, -steps) for item in limits]
    fits = steps > 0
    for item, more in zip(limits, added, strict=True):
        fits &= item.cost.at(w) + more <= item.limit
    if not fits.any():
        return None
    cost = np.max([more / item.limit for item, more in zip(limits, added, strict=True)], axis=0)
    won = -widths.lost(w, -steps)
    return int(np.where(fits, won / np.maximum(cost, 1e-12), -1).argmax())


def _swapped(limits: Sequence[CostLimit], widths: WidthRange, w: Form) -> Form:
    """``w``, and where more than a hundredth of the limit is left, with one step up and some down in its place."""
    for _ in range(SWAPS):
        now = used(limits, w)
        if now >= ENOUGH:
            break
        tries = [_traded(limits, widths, w, int(place)) for place in np.flatnonzero(widths.up(w) > 0)]
        best = max(tries, key=lambda other: used(limits, other), default=w)
        if used(limits, best) <= now:
            break
        w = best
    return w


def _traded(limits: Sequence[CostLimit], widths: WidthRange, w: Form, place: int) -> Form:
    """``w`` with a step up at ``place`` and, so that it fits, some steps down elsewhere; ``w`` where that fails."""
    wider = w.copy()
    wider[place] += widths.up(w)[place]
    for _ in range(SWAPS):
        steps = widths.down(wider)
        steps[place] = 0
        left = np.max([(item.cost.at(wider) - item.cost.saved(wider, steps)) / item.limit for item in limits], axis=0)
        fits, above = (steps > 0) & (left <= 1), (steps > 0) & (left > 1)
        close = int(np.where(fits, left, -1).argmax())
        if fits.any() and (left[close] >= ENOUGH or not above.any()):
            wider[close] -= steps[close]
            return wider
        if not above.any():
            return w
        next_down = int(np.where(above, left, np.inf).argmin())
        wider[next_down] -= steps[next_down]
    return w


def log_strengths(widths: Sequence[int], strengths: Mapping[int, Form] | None = None) -> Form:
    """The table of :class:`WidthRange`: for every place, by the number of filters that stay, strongest first.

    Args:
        strengths: of the places that have any, one number for each filter, in any order; others count filters.
    """
    table = np.zeros((len(widths), max(widths, default=1) + 1))
    for i, width in enumerate(widths):
        each = np.ones(width) if strengths is None or i not in strengths else np.sort(strengths[i])[::-1]
        floor = max(float(each.max(initial=0)), 1e-30) * 1e-6  # a filter that does nothing can go for almost nothing
        table[i, 1 : width + 1] = np.log(np.cumsum(np.maximum(each, floor)))
        table[i, 0] = table[i, 1] - 10
        table[i, width + 1 :] = table[i, width]
    return table
