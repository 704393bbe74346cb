"""What a budget asks for and no choice of widths gives: how near one comes, and what is in the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from inception_models import Arch, with_widths
from inception_models.arch.rules import MAX_REPEATS
from inception_models.edits.depth import repeats, with_repeats

from ...analysis.network import Analysis, analyze
from ..channels import Form
from ..cost_model import CostModel
from ..totals import receptive_field_px
from .budget import amount
from .places import Places
from .shrinking import CostLimit


class OutOfReach(ValueError):
    """No such network is within the budget; the message says what the smallest possible is and what is in the way.

    ``name``: of the limit, as a budget calls it; ``possible``: the number nearest to it, None where that is not known.
    """

    def __init__(self, sentence: str, name: str, possible: float | None = None) -> None:
        super().__init__(sentence)
        self.name, self.possible = name, possible


def check_reach(
    model: CostModel, places: Places, limits: Sequence[CostLimit], smallest: Form, divisors: NDArray[np.int64]
) -> None:
    """Refuse a limit that even the ``smallest`` widths are above.

    Raises:
        OutOfReach: for the first such limit.
    """
    for item in limits:
        least = item.cost.at(smallest)
        if least > item.limit:
            divisor, most = int(divisors.min()), int(divisors.max())
            split = f", or {most} where channels are split" if most > divisor else ""
            raise OutOfReach(
                f"At most {amount(item.name, item.limit)} cannot be reached: with every width that may change at its"
                f" smallest ({divisor}{split}) there are still {amount(item.name, least)},"
                f" {_mostly(model, places, item.name, smallest)}; {_remedies(places, item.name, divisor)} would help.",
                item.name,
                least,
            )


def _mostly(model: CostModel, places: Places, name: str, smallest: Form) -> str:
    """Which stage has the largest part of what is left."""
    narrowest = {path: round(n) for path, n in zip(model.paths, (places.tied @ smallest)[:-1], strict=True)}
    stages = analyze(with_widths(model.analysis.arch, narrowest)).stages
    costs = {s.name: s.params if name in ("params", "weight_bytes") else s.macs for s in stages}
    if name == "peak_bytes":
        costs = {s.name: s.peak_elements for s in stages}
    stage = max(costs, key=lambda key: costs[key])
    share = f"{costs[stage] / max(1, sum(costs.values())):.0%} of that in"
    reasons = [reason for path, reason in places.locked.items() if path.partition(".")[0] == stage]
    return f"{'at their most in' if name == 'peak_bytes' else share} {stage}{f' ({reasons[0]})' if reasons else ''}"


def _remedies(places: Places, name: str, divisor: int) -> str:
    remedies = ["fewer locks"] if places.locked else []
    remedies += ["a smaller divisor"] if divisor > 1 else []
    remedies += ["fewer classes"] if name in ("params", "weight_bytes") else ["a smaller input size"]
    return " or ".join([", ".join(remedies[:-1]), remedies[-1]] if remedies[1:] else remedies)


def deep_enough(arch: Arch, field_px: int | None, lock: Collection[str]) -> Arch:
    """``arch``, with more copies of repeated blocks where its receptive field must be larger to have ``field_px``.

    Raises:
        OutOfReach: where that does not help enough.
    """
    analysis = analyze(arch)
    while field_px is not None and (receptive_field_px(analysis) or 0) < field_px:
        deeper = _deeper(analysis, lock)
        if deeper is None:
            raise OutOfReach(
                f"At least {field_px} px of receptive field cannot be reached: the most possible is"
                f" {receptive_field_px(analysis) or 0} px, since kernels and strides stay and {arch.about.title} has no"
                " repeated block that may get more copies; larger kernels would help.",
                "receptive_field_px",
                receptive_field_px(analysis),
            )
        analysis = deeper
    return analysis.arch


def _deeper(analysis: Analysis, lock: Collection[str]) -> Analysis | None:
    """One more copy, where it adds most to the receptive field for its MACs; None where none adds anything."""
    best, best_worth = None, 0.0
    for path, times in repeats(analysis.arch).items():
        if times == MAX_REPEATS or any(fnmatchcase(path, pattern) for pattern in lock):
            continue
        more = analyze(with_repeats(analysis.arch, {path: times + 1}))
        gain = (receptive_field_px(more) or 0) - (receptive_field_px(analysis) or 0)
        worth = gain / max(1, more.macs - analysis.macs)
        if worth > best_worth:
            best, best_worth = more, worth
    return best
