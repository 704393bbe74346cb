"""A training run in the background, for the page: its speed is measured first, and it can be watched and cancelled."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from inception_models import Arch
from inception_models.training.evaluate import Score, evaluate
from inception_models.training.run import Options, TrainingProgress
from inception_models.training.start import Tuning, start_from
from inception_models.training.train import Trained, train
from inception_models.weights import OwnFile, Source

from ..analysis.network import analyze
from ..common.jobs import Progress
from .data import Offer, as_expected
from .plan import TrainingPlan, measured_speed, training_plan
from .record import card_json, just_trained_file


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
        return self.plan.left(self.at) if self.plan else None

    def follow(self, at: TrainingProgress) -> None:
        """Record where the run is."""
        if at.step > len(self.losses):  # by more than one where a run goes on that was cut off
            self.losses += [*[math.nan] * (at.step - len(self.losses) - 1), at.loss]
        self.at = at


@dataclass(frozen=True, eq=False)
class Finished:
    """A finished run, and how its network does on the test pictures of the data set called ``data``.

    ``weights``: those of ``trained``, not a copy, as a file that was written would be read again.
    """

    trained: Trained
    test: Score
    data: str
    card: str
    weights: OwnFile


@dataclass(frozen=True)
class Beginning:
    """Trained weights that a run is to start from, as they are named, and how it treats them."""

    source: Source
    tuning: Tuning


def work(
    arch: Arch,
    offer: Offer,
    options: Options,
    live: Live,
    progress: Progress,
    beginning: Beginning | None = None,
    checkpoint: Path | None = None,
) -> Finished:
    """Measure, train, test. Without a ``beginning`` the run starts from random weights.

    ``checkpoint``: where the run is kept while it has not ended, and goes on from if it is there.

    Raises:
        ValueError: with a sentence, where it would take too long here or is impossible.
    """
    progress.report(0, "Measuring how fast a step is")
    analysis, pictures = analyze(arch), offer.pictures
    tuning = beginning.tuning if beginning else None
    assumed = training_plan(analysis, pictures, options, tuning=tuning)
    if assumed.too_large:  # before any of that memory is allocated
        raise ValueError(assumed.refusal)
    live.plan = training_plan(analysis, pictures, options, measured_speed(arch, options.batch), tuning)
    if live.plan.refusal:
        raise ValueError(live.plan.refusal)

    def on_step(at: TrainingProgress) -> None:
        live.follow(at)
        epoch = min(len(at.curve) + 1, options.epochs)
        only = " (the head alone)" if tuning and epoch <= tuning.head_epochs else ""
        progress.report(at.step / at.steps, f"Epoch {epoch} of {options.epochs}{only}")

    data, start = offer.read(), start_from(arch, beginning.source, beginning.tuning) if beginning else None
    if start is not None:
        data = as_expected(data, start.weights.preprocessing, arch.input_size)
    trained = train(arch, data, options, on_step, checkpoint, start, must_keep=False)
    test = evaluate(trained.net, data.test, trained.mean, trained.std, lambda: progress.report(1, "Testing"))
    card = card_json(trained, data, options, test, "on the page Train")
    return Finished(trained, test, data.name, card, just_trained_file(trained, test, card))
