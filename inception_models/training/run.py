"""A training run, one step at a time: SGD, one cycle of the learning rate, a part of the pictures held out.

The randomness of a step is a function of the seed and the step's number, and so is the learning rate. So a run that was
stopped after any step continues from its checkpoint as if it had not been: the same bits, on the same machine with the
same number of threads.

A run that starts from trained weights has two phases (:mod:`.start`): what is new learns first, then everything does.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from ..arch.spec import Arch
from ..net.builder import build
from ..net.losses import weighted_loss
from .batches import prepared, shifted
from .datasets import Data
from .evaluate import evaluate
from .start import TRAINED_SHARE, Start

HELD_OUT = 0.1  # the share of the training pictures that chooses among epochs
WARM_UP_SHARE = 0.2  # the share of the steps on which the learning rate rises
MOMENTUM = 0.9
SEEDS_APART = 0x9E3779B1  # 2**32 over the golden ratio: multiples of it keep away from each other


@dataclass(frozen=True, slots=True)
class Options:
    """How to train. ``learning_rate`` is the highest of the cycle; ``patience``: stop after so many epochs without a
    better one, or None for never.
    """

    epochs: int = 10
    batch: int = 128
    learning_rate: float = 0.1
    seed: int = 0
    patience: int | None = None
    weight_decay: float = 5e-4
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("epochs", self.epochs, 1, 1000),
            ("batch", self.batch, 2, 4096),
            ("learning rate", self.learning_rate, 1e-6, 10),
            ("seed", self.seed, 0, 2**31 - 1),
            ("patience", 1 if self.patience is None else self.patience, 1, 1000),
            ("weight decay", self.weight_decay, 0, 1),
            ("label smoothing", self.label_smoothing, 0, 0.9),
        ):
            if not low <= value <= high:
                raise ValueError(f"The {name} must be from {low:g} to {high:g}, not {value:g}.")


@dataclass(frozen=True, slots=True)
class Epoch:
    """One row of the curves. Losses are cross-entropies; the training's includes the heads' and the smoothing."""

    number: int  # from 1
    train_loss: float
    validation_loss: float
    validation_accuracy: float  # 0 to 1
    learning_rate: float  # of its last step
    seconds: float


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """Where a run is: after ``step`` of ``steps``."""

    step: int
    steps: int
    loss: float
    seconds: float  # since the start, pauses not counted
    curve: tuple[Epoch, ...]


class Run:
    """A run between two steps: what a checkpoint contains, and what follows from network, data, options and start."""

    def __init__(self, arch: Arch, data: Data, options: Options, start: Start | None = None) -> None:
        if arch.classes != len(data.classes):
            raise ValueError(
                f"The network has {arch.classes} outputs and {data.name} has {len(data.classes)} classes; the numbers"
                " must be equal."
            )
        self.arch, self.data, self.options = arch, data, options
        order = torch.randperm(len(data.train), generator=_generator(options.seed, 0))
        held_out = max(1, round(HELD_OUT * len(data.train)))
        self.validation, self.training = data.train[order[:held_out]], data.train[order[held_out:]]
        self.batch = min(options.batch, len(self.training))
        if self.batch < 2:
            raise ValueError(f"{data.name} has too few pictures to train on: at least three are needed.")
        self.steps_an_epoch = len(self.training) // self.batch  # the rest of the pictures comes in another epoch
        with _seeded(options.seed, 0):
            self.net = build(arch).to(memory_format=torch.channels_last)
        self.phases = start.begin(self.net, data.classes, options.epochs) if start else None
        groups = self.phases.groups(self.net) if self.phases else [list(self.net.parameters())]
        self.optimizer = torch.optim.SGD(
            [{"params": group} for group in groups],
            momentum=MOMENTUM,
            nesterov=True,
            weight_decay=options.weight_decay,
        )
        self.step, self.loss, self.summed_loss = 0, 0.0, 0.0
        self.seconds, self.epoch_seconds = 0.0, 0.0
        self.curve: tuple[Epoch, ...] = ()
        self.best_state: dict[str, Tensor] = {}

    @property
    def steps(self) -> int:
        return self.options.epochs * self.steps_an_epoch

    @property
    def at(self) -> TrainingProgress:
        return TrainingProgress(self.step, self.steps, self.loss, self.seconds, self.curve)

    @property
    def epoch_is_full(self) -> bool:
        """Whether the next thing to do is to validate."""
        return self.step == (len(self.curve) + 1) * self.steps_an_epoch

    @property
    def best(self) -> Epoch:
        return max(self.curve, key=lambda epoch: (epoch.validation_accuracy, -epoch.validation_loss))

    @property
    def stopped_early(self) -> bool:
        patience = self.options.patience
        return patience is not None and bool(self.curve) and len(self.curve) - self.best.number >= patience

    @property
    def done(self) -> bool:
        return len(self.curve) == self.options.epochs or self.stopped_early

    def advance(self) -> None:
        """One step on one batch."""
        started = time.perf_counter()
        self.net.train()
        if self.phases:
            self.phases.hold(self.net, self.step // self.steps_an_epoch)
        images, labels = self._batch()
        with _seeded(self.options.seed, self.step + 1):  # dropout
            loss = weighted_loss(self.net(images), labels, self.arch, self.options.label_smoothing)
        self.loss = loss.item()
        if not math.isfinite(self.loss):
            raise ValueError(
                f"The loss is no longer a number after {self.step} steps; a smaller learning rate would help."
            )
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
        for group, share in zip(self.optimizer.param_groups, (1.0, TRAINED_SHARE), strict=False):
            group["lr"] = share * self._learning_rate(self.step)
        self.optimizer.step()
        self.step += 1
        self.summed_loss += self.loss
        self._took(started)

    def _batch(self) -> tuple[Tensor, Tensor]:
        epoch, place = divmod(self.step, self.steps_an_epoch)
        order = torch.randperm(len(self.training), generator=_generator(self.options.seed, epoch + 1))
        chosen = self.training[order[place * self.batch : (place + 1) * self.batch]]
        moved = shifted(chosen.images, _generator(self.options.seed, -1 - self.step), self.data.mirrored)
        return prepared(moved, self.data.mean, self.data.std, self.arch.input_size), chosen.labels

    def judge(self, report: Callable[[], None]) -> None:
        """End an epoch: measure on the pictures that were held out, and keep the weights if they are the best."""
        started = time.perf_counter()
        score = evaluate(self.net, self.validation, self.data.mean, self.data.std, report)
        self._took(started)
        rate = self._learning_rate(self.step - 1)
        mean_loss = self.summed_loss / self.steps_an_epoch
        number = len(self.curve) + 1
        self.curve += (Epoch(number, mean_loss, score.loss, score.accuracy, rate, self.epoch_seconds),)
        self.summed_loss = self.epoch_seconds = 0.0
        if self.best.number == number:
            self.best_state = {name: value.clone() for name, value in self.net.state_dict().items()}

    def _learning_rate(self, step: int) -> float:
        """Of what is new. Each phase has a cycle of its own."""
        first = self.steps_an_epoch * (self.phases.head_epochs if self.phases else 0)
        begins, ends = (0, first) if step < first else (first, self.steps)
        return learning_rate(step - begins, ends - begins, self.options.learning_rate)

    def _took(self, started: float) -> None:
        took = time.perf_counter() - started
        self.seconds += took
        self.epoch_seconds += took


def learning_rate(step: int, steps: int, highest: float) -> float:
    """One cycle: up in a line for the first fifth of the steps, then down to zero along a cosine.

    Source: Smith & Topin 2017, arXiv:1708.07120, with the cosine of Loshchilov & Hutter 2016, arXiv:1608.03983.
    """
    rising = max(1, round(WARM_UP_SHARE * steps))
    if step < rising:
        return highest * (step + 1) / rising
    return highest * 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))


def _generator(seed: int, number: int) -> torch.Generator:
    """A stream of random numbers for every ``number``."""
    return torch.Generator().manual_seed(_mixed(seed, number))


@contextmanager
def _seeded(seed: int, number: int) -> Iterator[None]:
    """The same for torch's own stream, which initialisation and dropout draw from; it is put back afterwards."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(_mixed(seed, number))
        yield


def _mixed(seed: int, number: int) -> int:
    """One number of 32 bits, since torch uses no more. The streams of two seeds start far apart; those of seed 1, with
    which the demo was trained, at zero.
    """
    return (number + SEEDS_APART * (seed - 1)) % 2**32
