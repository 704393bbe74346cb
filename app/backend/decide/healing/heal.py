"""Prune and heal: a trained network shrunk to a budget and trained on, beside two fair comparisons.

For every share of the MACs and every seed three networks are trained by one recipe, on the same pictures:

- ``pruned``: the least important filters go (:mod:`..fitting.shrinking` by weights), the others keep their weights;
- ``even``: one factor for all widths, the strongest filters keep their weights;
- ``scratch``: the network of ``pruned``, from random weights.

Accuracy is that on the data's test pictures, which nothing was chosen by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from inception_models import Arch
from inception_models.training.datasets import Data
from inception_models.training.evaluate import evaluate
from inception_models.training.run import Options, TrainingProgress
from inception_models.training.start import Start, Tuning, digest_of, loaded_with_its_classes, start_from
from inception_models.training.train import train
from inception_models.weights import Source

from ...analysis.network import analyze
from ...common.jobs import PartOfProgress, Progress
from ...training.job import Finished
from ...training.plan import PASSES_A_STEP, measured_speed, step_macs
from ...training.record import card_json, just_trained_file
from ..fitting.budget import Budget
from ..fitting.fit import FitOptions, fitted
from ..fitting.importance import FilterImportance, by_norm, by_taylor
from .heal_result import HEAL_METHODS, METHOD_TITLES, HealLog, HealMethod, HealResult, HealTrial

MOST_EPOCHS = 1000
MACS_PER_SECOND = 1.4e10  # of the demo on two cores; only what a run is said to take depends on it and the next
SECONDS_BESIDE = 0.5  # for each network: to cut it and to carry the weights over


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


def epochs_within(plan: HealPlan, seconds: float, arch: Arch, pictures: int) -> int:
    """How many epochs of the largest of the plan's networks take so long here, at least one; measured in seconds."""
    an_epoch = step_macs(analyze(arch)) * max(plan.shares) * pictures / measured_speed(arch, plan.batch)
    return min(max(1, round(seconds / an_epoch)), MOST_EPOCHS)


def about_seconds(plan: HealPlan, seconds: float, macs: int, pictures: int, test_pictures: int) -> float:
    """Roughly how long the whole takes where each of the largest networks of a plan is trained for ``seconds`` or an
    epoch of so many ``pictures``. Every network is also tested. ``macs``: of the whole network.
    """
    an_epoch = PASSES_A_STEP * macs * pictures / MACS_PER_SECOND
    training = max(seconds / max(plan.shares), an_epoch)
    testing = macs * test_pictures / MACS_PER_SECOND
    networks = len(HEAL_METHODS) * len(plan.seeds)
    return networks * sum(share * (training + testing) + SECONDS_BESIDE for share in plan.shares)


def prune_and_heal(
    arch: Arch,
    source: Source,
    data: Data,
    plan: HealPlan,
    log: Path | None = None,
    progress: Progress | None = None,
    so_far: Callable[[HealResult, Finished | None], None] | None = None,
) -> HealResult:
    """Every method at every share with every seed.

    Args:
        arch: the network of the trained weights ``source``, perhaps edited.
        data: prepared as those weights expect it; its classes must be theirs.
        log: a file that gets a line for each trial; those that it holds already are not done again.
        so_far: told the result after each trial, and the network that was trained unless ``log`` had it.

    Raises:
        ValueError: where the weights are of other classes, a budget is out of reach, or ``log`` is of something else.
        Cancelled: where ``progress`` has been cancelled; the log keeps what was done.
    """
    told = progress or Progress()
    known = loaded_with_its_classes(arch, source)
    if known.net.arch.classes != len(data.classes):
        raise ValueError(
            f"The network tells {known.net.arch.classes} classes apart and {data.name} has {len(data.classes)}; train"
            " it on this data first (train --from)."
        )
    told.report(0, "Judging the filters")
    net = known.net
    importance = by_taylor(net, data) if plan.taylor else by_norm(net)
    whole, macs = evaluate(net, data.test, data.mean, data.std), analyze(net.arch).macs
    recipe = plan.epochs, plan.learning_rate, plan.batch, plan.divisor, importance.how, plan.lock
    identity = f"{digest_of(net.state_dict()):08x} {data.name} {len(data.train)} {len(data.test)} {recipe}"
    kept = HealLog(log, identity)
    jobs = [(share, method, seed) for share in plan.shares for method in HEAL_METHODS for seed in plan.seeds]
    trials: list[HealTrial] = []
    cuts = _Cuts(net.arch, source, data, plan, importance)
    for number, (share, method, seed) in enumerate(jobs):
        words = f"{method}, {share:.0%} of the MACs, seed {seed}"
        told.report(number / len(jobs), words)
        trial, network = kept.get(method, share, seed), None
        if trial is None:
            trial, network = cuts.trial(method, share, seed, PartOfProgress(told, number, len(jobs)))
            kept.add(trial)
        trials.append(trial)
        result = HealResult(
            net.arch, macs, whole, importance.how, data.name, plan.options(plan.seeds[0]), tuple(trials)
        )
        if so_far is not None:
            so_far(result, network)
    return result


@dataclass(frozen=True)
class _Cut:
    """A smaller network before it is trained. ``start``: the weights that it kept, all of which learn from the first
    step; ``accuracy``: with these. Both are None from scratch.
    """

    arch: Arch
    start: Start | None = None
    accuracy: float | None = None


@dataclass
class _Cuts:
    """The smaller networks, each cut once for all seeds."""

    arch: Arch
    source: Source
    data: Data
    plan: HealPlan
    importance: FilterImportance
    known: dict[tuple[HealMethod, float], _Cut] = field(default_factory=dict)

    def trial(self, method: HealMethod, share: float, seed: int, progress: Progress) -> tuple[HealTrial, Finished]:
        """Train one of them."""
        if (method, share) not in self.known:
            self.known[method, share] = self._cut(method, share)
        cut, options = self.known[method, share], self.plan.options(seed)

        def on_step(at: TrainingProgress) -> None:
            progress.report(at.step / at.steps, f"{method}, {share:.0%} of the MACs, seed {seed}")

        trained = train(cut.arch, self.data, options, on_step, start=cut.start)
        score = evaluate(trained.net, self.data.test, trained.mean, trained.std)
        analysis, seconds = analyze(cut.arch), round(trained.seconds, 2)
        trial = HealTrial(method, share, seed, analysis.macs, analysis.params, cut.accuracy, score.accuracy, seconds)
        card = card_json(trained, self.data, options, score, "prune and heal")
        title = f"{METHOD_TITLES[method].capitalize()}, {share:.0%} of the MACs"
        weights = just_trained_file(trained, score, card, title)
        return trial, Finished(trained, score, self.data.name, card, weights)

    def _cut(self, method: HealMethod, share: float) -> _Cut:
        if method == "scratch" and ("pruned", share) in self.known:
            return _Cut(self.known["pruned", share].arch)
        arch = self._shrunk(method, share)
        if method == "scratch":
            return _Cut(arch)
        start = replace(start_from(arch, self.source, Tuning(0)), new=frozenset())
        net = loaded_with_its_classes(arch, self.source).net
        return _Cut(arch, start, evaluate(net, self.data.test, self.data.mean, self.data.std).accuracy)

    def _shrunk(self, method: HealMethod, share: float) -> Arch:
        budget = Budget(macs=share * analyze(self.arch).macs)
        if method == "even":
            return fitted(self.arch, budget, FitOptions("even", self.plan.lock, self.plan.divisor)).arch
        options = FitOptions("weights", self.plan.lock, self.plan.divisor, self.importance)
        return fitted(self.arch, budget, options).arch
