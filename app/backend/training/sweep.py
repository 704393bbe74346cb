"""Accuracy against MACs: one width of the demo network at several values, its weights carried over to each."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

from inception_models import Arch, widths, with_widths

from ..analysis.network import analyze
from ..common.csv_text import csv_text
from ..common.jobs import Progress
from .accuracy import correct_on_demo

FRACTIONS = (0.0, 0.125, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """The network at one width, right after the edit: nothing was trained in between."""

    width: int
    macs: int
    params: int
    correct: int
    pictures: int

    @property
    def accuracy(self) -> float:
        return self.correct / self.pictures


@dataclass(frozen=True, slots=True)
class Sweep:
    """The width at ``path`` of ``arch`` at several values, the narrowest first."""

    arch: Arch
    path: str
    points: tuple[SweepPoint, ...]

    @property
    def width(self) -> int:
        """What the width is in ``arch`` itself."""
        return widths(self.arch)[self.path]


def sweep_widths(width: int) -> tuple[int, ...]:
    """The widths that a sweep tries: from one filter to one and a half times ``width``, ``width`` among them."""
    return tuple(sorted({max(1, round(width * fraction)) for fraction in FRACTIONS}))


def sweep(arch: Arch, path: str, progress: Progress | None = None) -> Sweep:
    """The accuracy of ``arch``, an edit of the demo network, at every width of :func:`sweep_widths`.

    Raises:
        ValueError: where ``path`` is not a width of ``arch``, or ``arch`` not an edit of the demo network.
    """
    told = progress or Progress()
    sizes = sweep_widths(widths(arch).get(path, 1))  # an unknown path is refused below
    points = []
    for place, width in enumerate(sizes):
        edited = with_widths(arch, {path: width})

        def report(part: float, place: int = place, width: int = width) -> None:
            told.report((place + part) / len(sizes), f"{width} filters")

        report(0)
        correct, pictures = correct_on_demo(edited, report)
        analysis = analyze(edited)
        points.append(SweepPoint(width, analysis.macs, analysis.params, correct, pictures))
    return Sweep(arch, path, tuple(points))


def sweep_csv(result: Sweep) -> str:
    """One row per width."""
    heading = (*(field.name for field in fields(SweepPoint)), "accuracy")
    return csv_text(heading, ((*astuple(point), point.accuracy) for point in result.points))
