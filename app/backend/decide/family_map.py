"""Every published network by its costs and its published error, and which of them nothing else beats."""

from __future__ import annotations

from dataclasses import dataclass

from inception_models import ARCHITECTURES

from ..analysis.network import analyze
from .searching.search import pareto_front


@dataclass(frozen=True, slots=True)
class FamilyPoint:
    """A variant with the top-1 error in percent of its published weights, single crop, and where that number is from;
    None where nobody published any. ``on_front``: no other has a smaller error at as few MACs.
    """

    key: str
    title: str
    params: int
    macs: int
    error_percent: float | None
    source: str
    on_front: bool


def family_map() -> tuple[FamilyPoint, ...]:
    """All variants in order of history."""
    analyses = [analyze(arch) for arch in ARCHITECTURES.values()]
    errors = [None if a.arch.about.top1_percent is None else 100 - a.arch.about.top1_percent for a in analyses]
    numbers = [
        {} if error is None else {"macs": float(a.macs), "error": error}
        for a, error in zip(analyses, errors, strict=True)
    ]
    front = set(pareto_front(numbers, ("macs", "error")))
    return tuple(
        FamilyPoint(
            a.arch.key,
            a.arch.about.title,
            a.params,
            a.macs,
            None if error is None else round(error, 3),
            a.arch.about.top1_source,
            i in front,
        )
        for i, (a, error) in enumerate(zip(analyses, errors, strict=True))
    )
