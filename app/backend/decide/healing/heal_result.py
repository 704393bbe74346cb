"""What came of pruning and healing: every trial, points with error bars, and both as files and tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from statistics import mean, stdev
from typing import Literal

from inception_models import Arch
from inception_models.training.evaluate import Score
from inception_models.training.run import Options

from ...common.csv_text import csv_text

HealMethod = Literal["pruned", "even", "scratch"]
HEAL_METHODS: tuple[HealMethod, ...] = ("pruned", "even", "scratch")
METHOD_TITLES: Mapping[HealMethod, str] = {
    "pruned": "pruned by importance, trained on",
    "even": "even multiplier, trained on",
    "scratch": "pruned size from scratch",
}


@dataclass(frozen=True, slots=True)
class HealTrial:
    """One network that was trained. ``cut_accuracy``: right after the cut, before any training; None from scratch."""

    method: HealMethod
    share: float  # of the MACs, as asked for
    seed: int
    macs: int
    params: int
    cut_accuracy: float | None
    accuracy: float
    seconds: float


@dataclass(frozen=True, slots=True)
class HealPoint:
    """The trials of one method and share together. ``spread``: the standard deviation over seeds, 0 of one alone."""

    method: HealMethod
    share: float
    macs: int
    params: int
    seeds: int
    cut_accuracy: float | None
    accuracy: float
    spread: float


@dataclass(frozen=True)
class HealResult:
    """``whole``: the score of the trained network that was shrunk; ``importance``: what its filters were judged by."""

    arch: Arch
    macs: int
    whole: Score
    importance: str
    data: str
    options: Options
    trials: tuple[HealTrial, ...]

    @property
    def points(self) -> tuple[HealPoint, ...]:
        """One for each method and share, methods in order, the smallest share first."""
        keys = sorted({(HEAL_METHODS.index(t.method), t.share) for t in self.trials})
        return tuple(_point([t for t in self.trials if (HEAL_METHODS.index(t.method), t.share) == key]) for key in keys)


def _point(trials: Sequence[HealTrial]) -> HealPoint:
    first = trials[0]
    cuts = [trial.cut_accuracy for trial in trials if trial.cut_accuracy is not None]
    scores = [trial.accuracy for trial in trials]
    return HealPoint(
        first.method,
        first.share,
        first.macs,
        first.params,
        len(trials),
        mean(cuts) if cuts else None,
        mean(scores),
        stdev(scores) if len(scores) > 1 else 0.0,
    )


# --- files -----------------------------------------------------------------------------------------------------------


class HealLog:
    """Trials as lines of JSON; the first line says what they are trials of."""

    def __init__(self, file: Path | None, identity: str) -> None:
        self.file = file
        self.done: dict[tuple[str, float, int], HealTrial] = {}
        if file is None:
            return
        if file.exists():
            self._read(file, identity)
        else:
            file.write_text(json.dumps({"prune and heal": identity}) + "\n", encoding="utf-8")

    def _read(self, file: Path, identity: str) -> None:
        first, *lines = file.read_text(encoding="utf-8").splitlines() or [""]
        try:
            same = json.loads(first) == {"prune and heal": identity}
            trials = [HealTrial(**json.loads(line)) for line in lines]
        except (ValueError, TypeError):
            same, trials = False, []
        if not same:
            raise ValueError(f"{file.name} is the log of something else; name another file, or delete it.")
        self.done = {(trial.method, trial.share, trial.seed): trial for trial in trials}

    def get(self, method: str, share: float, seed: int) -> HealTrial | None:
        return self.done.get((method, share, seed))

    def add(self, trial: HealTrial) -> None:
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(trial)) + "\n")


def heal_csv(result: HealResult) -> str:
    """One row per trial."""
    return csv_text((field.name for field in fields(HealTrial)), map(astuple, result.trials))


def heal_json(result: HealResult) -> str:
    """The settings, the trained network's own score, and every point and trial."""
    content = {
        "macs": result.macs,
        "accuracy": result.whole.accuracy,
        "test_pictures": result.whole.count,
        "importance": result.importance,
        "data": result.data,
        "options": asdict(result.options),
        "points": [asdict(point) for point in result.points],
        "trials": [asdict(trial) for trial in result.trials],
    }
    return json.dumps(content, indent=1) + "\n"


def heal_rows(result: HealResult) -> Iterator[tuple[str, ...]]:
    """The table for a person, with its heading."""
    yield "method", "share", "MACs", "parameters", "after the cut", "after training"
    for point in result.points:
        cut = "–" if point.cut_accuracy is None else f"{point.cut_accuracy:.1%}"
        spread = f" ± {100 * point.spread:.1f}" if point.seeds > 1 else ""
        numbers = f"{point.share:.0%}", f"{point.macs:,}", f"{point.params:,}"
        yield point.method, *numbers, cut, f"{100 * point.accuracy:.1f}{spread}%"
