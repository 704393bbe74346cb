"""Before a network is trained on this machine: how long it takes, whether it is possible, and what to change if not."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace

import torch

from inception_models import Arch, build
from inception_models.edits.input_output import runs, smallest_input, with_classes, with_input_size, without_aux
from inception_models.edits.widths import scaled
from inception_models.net.losses import weighted_loss
from inception_models.training.run import Options, TrainingProgress
from inception_models.training.start import Tuning, head_layers, stages_to_freeze

from ..analysis.network import Analysis, analyze
from ..common.limits import MAX_RUN_BYTES
from ..common.quantity import spoken
from ..memory.training_step import training_step_memory

LONG_SECONDS = 120.0  # above, the person is warned
MAX_SECONDS = 3600.0  # above, a run is refused: that is for the command line
USUAL_MACS_PER_SECOND = 5e9  # of a training step on one core, with narrow networks; until this machine is measured
PASSES_A_STEP = 3  # a step costs the forward pass and about twice that for the gradients
PROBE_SECONDS = 2.0  # roughly what a measured step may take, and all of a small network together
MOST_PROBES = 8
DEMO_PX, DEMO_FACTOR, DEMO_DIVISOR = 48, 0.25, 8


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """The cost of a training run.

    ``epoch_seconds``: of each epoch; ``macs_a_picture``: of a step, the mean of all epochs; ``memory_bytes``: at the
    peak of a step.
    """

    epoch_seconds: tuple[float, ...]
    macs_a_picture: int
    memory_bytes: int

    @property
    def seconds(self) -> float:
        return sum(self.epoch_seconds)

    def left(self, at: TrainingProgress) -> float:
        """The seconds that a run takes from ``at`` on, if it goes on as it did and epochs compare as planned."""
        whole, part = divmod(at.step / at.steps * len(self.epoch_seconds), 1)
        now = int(whole)
        done = sum(self.epoch_seconds[:now]) + part * sum(self.epoch_seconds[now : now + 1])
        return at.seconds * (self.seconds - done) / done

    @property
    def long(self) -> bool:
        return self.seconds > LONG_SECONDS

    @property
    def too_large(self) -> bool:
        return self.memory_bytes > MAX_RUN_BYTES

    @property
    def refusal(self) -> str:
        """Why the run is impossible here, with what would help; empty if it is possible."""
        if self.too_large:
            return (
                f"A training step would need {self.memory_bytes / 2**30:.1f} GiB of memory, and"
                f" {MAX_RUN_BYTES >> 30} GiB are allowed; narrower layers or a smaller input would fit."
            )
        if self.seconds > MAX_SECONDS:
            return (
                f"This would take about {spoken(self.seconds)} here, and at most an hour is allowed; narrower layers, a"
                " smaller input, fewer pictures or fewer epochs would bring it down."
            )
        return ""


def training_plan(
    analysis: Analysis,
    pictures: int,
    options: Options,
    macs_per_second: float = USUAL_MACS_PER_SECOND,
    tuning: Tuning | None = None,
) -> TrainingPlan:
    """The cost of training on so many ``pictures``, at a speed as :func:`measured_speed` returns it.

    Args:
        tuning: of a run that starts from trained weights. The memory is that of a run without frozen parts.
    """
    memory = training_step_memory(analysis, "momentum", batch=options.batch)
    every, first, head_epochs = step_macs(analysis), 0, 0
    if tuning is not None:
        arch, head_epochs = analysis.arch, tuning.head_epochs
        head = {path.partition(".")[0] for path in head_layers(arch)}
        frozen = stages_to_freeze(arch, tuning.freeze)
        first = step_macs(analysis, {part.name for part in (*arch.stages, *arch.aux)} - head)
        every = step_macs(analysis, frozen)
    macs = (first,) * head_epochs + (every,) * (options.epochs - head_epochs)
    seconds = tuple(each * pictures / macs_per_second for each in macs)
    return TrainingPlan(seconds, sum(macs) // len(macs), memory.peak_bytes)


def step_macs(analysis: Analysis, frozen: Collection[str] = ()) -> int:
    """MACs of a training step for one picture, heads included: the forward pass, as much again for the gradients that
    are handed on, and again for those of the weights. Before the first stage that learns no gradient is needed.
    """
    macs, learns = 0, False
    for stage in analysis.stages:
        learns |= stage.params > 0 and stage.name not in frozen
        macs += stage.macs * (PASSES_A_STEP if stage.name not in frozen else PASSES_A_STEP - 1 if learns else 1)
    return macs + PASSES_A_STEP * sum(head.macs for head in analysis.aux)


def measured_speed(arch: Arch, batch: int) -> float:
    """MACs a second, as :func:`step_macs` counts, of real training steps of ``arch`` here. Takes a few seconds."""
    macs = step_macs(analyze(arch))
    count = max(2, min(batch, int(PROBE_SECONDS * USUAL_MACS_PER_SECOND / macs)))
    net = build(arch).to(memory_format=torch.channels_last)
    pictures = torch.rand(count, 3, arch.input_size, arch.input_size).to(memory_format=torch.channels_last)
    labels = torch.zeros(count, dtype=torch.long)
    fastest, tries, began = float("inf"), 0, time.perf_counter()
    while tries < 2 or (tries < MOST_PROBES and time.perf_counter() - began < PROBE_SECONDS):  # the first one warms up
        tries += 1
        started = time.perf_counter()
        weighted_loss(net(pictures), labels, arch).backward()  # type: ignore[no-untyped-call]  # torch gives it no types
        fastest = min(fastest, time.perf_counter() - started)
    return macs * count / fastest


def narrowed(arch: Arch, classes: int) -> Arch:
    """``arch`` small enough for a run of minutes: a quarter of its filters, a small input."""
    small = with_classes(scaled(without_aux(arch), DEMO_FACTOR, DEMO_DIVISOR), classes)
    least = max(DEMO_PX, smallest_input(small))
    sizes = (size for size in range(least, arch.input_size) if runs(replace(small, input_size=size)))
    return with_input_size(small, next(sizes, arch.input_size))
