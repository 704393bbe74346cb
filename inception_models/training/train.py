"""A short, honest training loop for any network of the family.

A tenth of the training pictures is held out; the weights of the epoch that does best on them are kept. The test
pictures are never looked at here: :func:`inception_models.training.evaluate.evaluate` is for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..arch.spec import Arch, PerChannel
from ..net.builder import Network
from .datasets import Data
from .resume import restore, save
from .run import Epoch, Options, Run, TrainingProgress
from .start import Phases, Start


@dataclass(frozen=True, eq=False)
class Trained:
    """A network in evaluation mode, with the weights of its ``best`` epoch."""

    net: Network
    mean: PerChannel
    std: PerChannel
    curve: tuple[Epoch, ...]
    best: Epoch
    seconds: float
    stopped_early: bool
    phases: Phases | None = None  # where it started from trained weights


OnTrainingStep = Callable[[TrainingProgress], None]


def train(
    arch: Arch,
    data: Data,
    options: Options,
    on_step: OnTrainingStep | None = None,
    checkpoint: Path | None = None,
    start: Start | None = None,
    must_keep: bool = True,
) -> Trained:
    """``arch``, freshly initialised or with the weights of ``start``, and trained on ``data``.

    Args:
        on_step: called after every step, and while an epoch is validated. What it raises ends the run.
        checkpoint: a file that keeps the run after every epoch, and where ``on_step`` ends it. If it exists already,
            the run continues from it.
        must_keep: False: where the checkpoint cannot be written, the run goes on without it.
        start: weights that expect pictures as ``data`` is prepared (:meth:`.Data.expected`).

    Raises:
        ValueError: where network, data and options do not go together, the checkpoint is of another run or is not a
            checkpoint at all, or the loss is no longer a number.
    """
    run = Run(arch, data, options, start)
    if checkpoint is not None and checkpoint.exists():
        restore(run, checkpoint)

    def keep() -> None:
        if checkpoint is None:
            return
        try:
            save(run, checkpoint)
        except OSError:  # a full disk
            if must_keep:
                raise

    def report() -> None:
        if on_step is None:
            return
        try:
            on_step(run.at)
        except BaseException:
            keep()
            raise

    while not run.done:
        if run.epoch_is_full:
            run.judge(report)
            keep()
        else:
            run.advance()
        report()
    run.net.load_state_dict(run.best_state)
    return Trained(run.net.eval(), data.mean, data.std, run.curve, run.best, run.seconds, run.stopped_early, run.phases)
