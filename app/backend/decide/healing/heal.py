"""Prune and heal: a trained network shrunk to a budget and trained on, beside two fair comparisons.

For every share of the MACs and every seed three networks are trained by one recipe, on the same pictures:

- ``pruned``: the least important filters go (:mod:`..fitting.shrinking` by weights), the others keep their weights;
- ``even``: one factor for all widths, the strongest filters keep their weights;
- ``scratch``: the network of ``pruned``, from random weights.

Accuracy is that on the data's test pictures, which nothing was chosen by.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, fields, replace
from pathlib import Path
from statistics import mean, stdev
from typing import Literal

from inception_models import Arch
from inception_models.training.datasets import Data
from inception_models.training.evaluate import Score, evaluate
from inception_models.training.run import Options, TrainingProgress
from inception_models.training.start import Start, Tuning, digest_of, loaded_with_its_classes, start_from
from inception_models.training.train import train
from inception_models.weights import Source

from ...analysis.network import analyze
from ...common.csv_text import csv_text
from ...common.jobs import Progress
from ..fitting.budget import Budget
from ..fitting.fit import FitOptions, fitted
from ..fitting.importance import FilterImportance, by_norm, by_taylor

HealMethod = Literal["pruned", "even", "scratch"]
HEAL_METHODS: tuple[HealMethod, ...] = ("pruned", "even", "scratch")


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


@dataclass(frozen=True, slots=True)
class HealPlan:
    """What to try. ``taylor``: judge filters by what the loss feels of them, not by their norms."""

    shares: tuple[float, ...] = (0.5, 0.25)
    seeds: tuple[int, ...] = (0, 1, 2)
    epochs: int = 2
    learning_rate: float = 0.05
    batch: int = 64
    divisor: int = 4
    lock: tuple[str, ...] = ()
    taylor: bool = True

    def __post_init__(self) -> None:
        for share in self.shares:
            if not 0 < share < 1:
                raise ValueError(f"A share of the MACs is above 0 and below 1, not {share:g}.")
        if not self.shares or not self.seeds:
            raise ValueError("At least one share of the MACs and one seed are needed.")

    def options(self, seed: int) -> Options:
        """The recipe, the same for every method."""
        return Options(self.epochs, self.batch, self.learning_rate, seed)


def prune_and_heal(
    arch: Arch,
    source: Source,
    data: Data,
    plan: HealPlan,
    log: Path | None = None,
    progress: Progress | None = None,
    so_far: Callable[[HealResult], None] | None = None,
) -> HealResult:
    """Every method at every share with every seed.

    Args:
        arch: the network of the trained weights ``source``, perhaps edited.
        data: prepared as those weights expect it; its classes must be theirs.
        log: a file that gets a line for each trial; those that it holds already are not done again.
        so_far: told the result after each trial.

    Raises:
        ValueError: where the weights are of other classes, a budget is out of reach, or ``log`` is of something else.
        Cancelled: where ``progress`` has been cancelled; the log keeps what was done.
    """
    told = progress or Progress()
    known = loaded_with_its_classes(arch, source)
    if known.net.arch.classes != len(data.classes):
        raise ValueError(
            f"The weights tell {known.net.arch.classes} classes apart and {data.name} has {len(data.classes)}; train"
            " them on this data first (train --from)."
        )
    told.report(0, "Judging the filters")
    net = known.net
    importance = by_taylor(net, data) if plan.taylor else by_norm(net)
    whole, macs = evaluate(net, data.test, data.mean, data.std), analyze(net.arch).macs
    recipe = plan.epochs, plan.learning_rate, plan.batch, plan.divisor, importance.how, plan.lock
    identity = f"{digest_of(net.state_dict()):08x} {data.name} {len(data.train)} {len(data.test)} {recipe}"
    kept = _Log(log, identity)
    jobs = [(share, method, seed) for share in plan.shares for method in HEAL_METHODS for seed in plan.seeds]
    trials: list[HealTrial] = []
    for number, (share, method, seed) in enumerate(jobs):
        words = f"{method}, {share:.0%} of the MACs, seed {seed}"
        told.report(number / len(jobs), words)
        trial = kept.get(method, share, seed)
        if trial is None:
            job = _Job(net.arch, source, data, plan, importance, told, (number, len(jobs), words))
            trial = job.trial(method, share, seed)
            kept.add(trial)
        trials.append(trial)
        result = HealResult(
            net.arch, macs, whole, importance.how, data.name, plan.options(plan.seeds[0]), tuple(trials)
        )
        if so_far is not None:
            so_far(result)
    return result


@dataclass(frozen=True)
class _Job:
    arch: Arch
    source: Source
    data: Data
    plan: HealPlan
    importance: FilterImportance
    progress: Progress
    place: tuple[int, int, str]

    def trial(self, method: HealMethod, share: float, seed: int) -> HealTrial:
        arch = self.shrunk(method, share)
        start, cut = None, None
        if method != "scratch":
            start = self.start(arch)
            cut = self.cut_score(arch).accuracy
        trained = train(arch, self.data, self.plan.options(seed), self.on_step, start=start)
        score = evaluate(trained.net, self.data.test, trained.mean, trained.std)
        analysis = analyze(arch)
        return HealTrial(
            method, share, seed, analysis.macs, analysis.params, cut, score.accuracy, round(trained.seconds, 2)
        )

    def shrunk(self, method: HealMethod, share: float) -> Arch:
        budget = Budget(macs=share * analyze(self.arch).macs)
        if method == "even":
            return fitted(self.arch, budget, FitOptions("even", self.plan.lock, self.plan.divisor)).arch
        options = FitOptions("weights", self.plan.lock, self.plan.divisor, self.importance)
        return fitted(self.arch, budget, options).arch

    def start(self, arch: Arch) -> Start:
        """The cut weights, of which all learn from the first step on."""
        return replace(start_from(arch, self.source, Tuning(0)), new=frozenset())

    def cut_score(self, arch: Arch) -> Score:
        net = loaded_with_its_classes(arch, self.source).net
        return evaluate(net, self.data.test, self.data.mean, self.data.std)

    def on_step(self, at: TrainingProgress) -> None:
        number, count, words = self.place
        self.progress.report((number + at.step / at.steps) / count, words)


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


class _Log:
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
        yield point.method, *numbers, cut, f"{100 * point.accuracy:.1f}{spread} %"
