"""A training run in the background, for the page: its speed is measured first, and it can be watched and cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field

from inception_models import Arch
from inception_models.training.evaluate import Score, evaluate
from inception_models.training.run import Options, TrainingProgress
from inception_models.training.train import Trained, train

from ..analysis.network import analyze
from ..common.jobs import Progress
from .data import Offer
from .plan import TrainingPlan, measured_speed, training_plan
from .record import card_json


@dataclass
class Live:
    """The state of a run under way: written by the run, read by the page."""

    epochs: int
    classes: int
    plan: TrainingPlan | None = None
    at: TrainingProgress | None = None
    losses: list[float] = field(default_factory=list)  # of every step

    @property
    def steps_an_epoch(self) -> int:
        return self.at.steps // self.epochs if self.at else 1

    @property
    def seconds_left(self) -> float | None:
        """From the steps taken so far; before the first, from the measured step."""
        if self.at is None:
            return self.plan.seconds if self.plan else None
        return self.at.seconds / self.at.step * (self.at.steps - self.at.step)

    def follow(self, at: TrainingProgress) -> None:
        """Record where the run is."""
        if at.step > len(self.losses):
            self.losses.append(at.loss)
        self.at = at


@dataclass(frozen=True, eq=False)
class Finished:
    """A finished run, and how its network does on the test pictures of the data set called ``data``."""

    trained: Trained
    test: Score
    data: str
    card: str


def work(arch: Arch, offer: Offer, options: Options, live: Live, progress: Progress) -> Finished:
    """Measure, train, test.

    Raises:
        ValueError: with a sentence, where it would take too long here or is impossible.
    """
    progress.report(0, "Measuring how fast a step is")
    analysis, pictures = analyze(arch), offer.pictures
    assumed = training_plan(analysis, pictures, options.epochs, options.batch)
    if assumed.too_large:  # before any of that memory is allocated
        raise ValueError(assumed.refusal)
    live.plan = training_plan(analysis, pictures, options.epochs, options.batch, measured_speed(arch, options.batch))
    if live.plan.refusal:
        raise ValueError(live.plan.refusal)

    def on_step(at: TrainingProgress) -> None:
        live.follow(at)
        epoch = min(len(at.curve) + 1, options.epochs)
        progress.report(at.step / at.steps, f"Epoch {epoch} of {options.epochs}")

    data = offer.read()
    trained = train(arch, data, options, on_step)
    test = evaluate(trained.net, data.test, trained.mean, trained.std, lambda: progress.report(1, "Testing"))
    return Finished(trained, test, data.name, card_json(trained, data, options, test, "on the page Train"))
