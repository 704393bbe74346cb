"""``train``: a network is trained, and its weights, card and curves are written."""

from __future__ import annotations

import shlex
import signal
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from . import Command, add_output, program
from .network_options import AUTO, add_network, network_from
from .weights_options import add_preprocessing, download, named_weights, with_preprocessing

if TYPE_CHECKING:
    from inception_models import Arch
    from inception_models.training.run import TrainingProgress
    from inception_models.training.start import Start
    from inception_models.weights import Source

    from ..backend.training.plan import TrainingPlan


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    parser.add_argument(
        "--data", required=True, metavar="DATA", help="fashion-mnist, digits, a folder of idx files or of class folders"
    )
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="where fashion-mnist is, if not where Debian puts it"
    )
    add_output(parser, "FILE.safetensors", required=True)
    for flag, kind, default, value, meaning in (
        ("--epochs", int, 10, "N", "passes over the training data"),
        ("--batch", int, 128, "N", "pictures a step"),
        ("--lr", float, 0.1, "X", "highest learning rate"),
        ("--weight-decay", float, 5e-4, "X", "weight decay"),
        ("--label-smoothing", float, 0.0, "X", "label smoothing"),
        ("--seed", int, 0, "N", "equal seeds give equal runs"),
    ):
        parser.add_argument(flag, type=kind, default=default, metavar=value, help=f"{meaning} (default: %(default)s)")
    parser.add_argument(
        "--from",
        dest="weights",
        metavar="WEIGHTS",
        help="fine-tune instead of starting from random weights: demo, the name of published weights, which are"
        f" downloaded once, or a file; the head follows the classes of the data; the variant {AUTO!r} is their network",
    )
    parser.add_argument("--entry", metavar="PATH", help="which weights, where the file contains several sets of them")
    parser.add_argument(
        "--head-epochs",
        type=int,
        metavar="N",
        help="epochs in which only the head and new layers learn, before everything does (default: a fifth)",
    )
    parser.add_argument(
        "--freeze",
        nargs="+",
        action="extend",
        default=[],
        metavar="STAGE",
        help="stages that stay as they are, BatchNorm's statistics included; also patterns such as 'inception3*'",
    )
    parser.add_argument("--patience", type=int, metavar="N", help="stop after N epochs without improvement")
    add_preprocessing(parser)
    parser.add_argument("--resume", action="store_true", help="continue a run that was stopped")


def _run(args: Namespace) -> int:
    """The exit code is 130 where a signal stopped the run."""
    from inception_models.edits.input_output import with_classes
    from inception_models.training.evaluate import evaluate
    from inception_models.training.run import Options
    from inception_models.training.train import train
    from inception_models.weights import load

    from ..backend import analyze
    from ..backend.training.data import read_data_set
    from ..backend.training.plan import training_plan
    from ..backend.training.record import card_json, curves_csv, weights_file, written

    options = Options(
        args.epochs, args.batch, args.lr, args.seed, args.patience, args.weight_decay, args.label_smoothing
    )
    file, checkpoint = _files(args.output, args.resume)
    weights = _source(args)
    arch = network_from(args, weights or "random")
    start = _start(args, arch, weights) if weights else None
    data = read_data_set(args.data, arch.input_size, args.folder, start.weights.preprocessing if start else None)
    if args.classes is None:
        arch = with_classes(arch, len(data.classes))
    try:
        with _stopped_by_ctrl_c() as stopped:
            tuning = start.tuning if start else None
            plan = training_plan(analyze(arch), len(data.train), options, tuning=tuning)
            trained = train(arch, data, options, _EpochPrinter(plan, stopped), checkpoint, start)
    except KeyboardInterrupt:
        print(f"Stopped. The same command with --resume continues from {checkpoint}.", file=sys.stderr)
        return 130
    written(file, weights_file(trained))
    test = evaluate(load(arch, file), data.test, data.mean, data.std)  # of the file, which is what will be used
    written(file.with_suffix(".json"), card_json(trained, data, options, test, _command()))
    written(file.with_suffix(".csv"), curves_csv(trained.curve))
    checkpoint.unlink(missing_ok=True)
    print(
        f"Test accuracy {test.accuracy:.2%}: {test.correct:,} of {test.count:,} pictures, with the weights of epoch"
        f" {trained.best.number}, after {trained.seconds:.0f} s. Written: {file}, .json and .csv."
    )
    return 0


def _source(args: Namespace) -> Source | None:
    """The weights that the run starts from; None for random ones.

    Raises:
        ValueError: where they cannot be used, or an option goes with trained weights only.
    """
    if args.weights is not None:
        return named_weights(args.weights, args.entry)
    only = ("entry", "head_epochs", "freeze", "preprocessing", "mean", "std", "crop", "interpolation", "channels")
    given = [name for name in (*only, "value_max") if getattr(args, name) not in (None, [])]
    if given:
        raise ValueError(
            f"--{given[0].replace('_', '-')} is for a run that starts from trained weights; name them: --from WEIGHTS."
        )
    if args.variant == AUTO:
        raise ValueError(f"The variant {AUTO} is the network of trained weights; name them: --from WEIGHTS.")
    return None


def _start(args: Namespace, arch: Arch, weights: Source) -> Start:
    """The weights, and how the run treats them."""
    from inception_models.training.start import Tuning, start_from, usual_head_epochs

    if isinstance(weights, str):
        download(arch.key, weights)
    head_epochs = usual_head_epochs(args.epochs) if args.head_epochs is None else args.head_epochs
    if not 0 <= head_epochs <= args.epochs:
        raise ValueError(f"--head-epochs must be from 0 to {args.epochs}, the number of --epochs, not {head_epochs}.")
    start = start_from(arch, with_preprocessing(weights, arch, args), Tuning(head_epochs, tuple(args.freeze)))
    for sentence in start.report:
        print(sentence, file=sys.stderr)
    return start


class _EpochPrinter:
    """Prints a line for each epoch, and ends the run after Ctrl-C."""

    def __init__(self, plan: TrainingPlan, stopped: threading.Event) -> None:
        self.plan, self.stopped, self.printed = plan, stopped, 0

    def __call__(self, at: TrainingProgress) -> None:
        if self.stopped.is_set():
            raise KeyboardInterrupt
        for epoch in at.curve[self.printed :]:
            left, epochs = self.plan.left(at), len(self.plan.epoch_seconds)
            print(
                f"epoch {epoch.number:>3} of {epochs}  training loss {epoch.train_loss:.4f}  validation loss"
                f" {epoch.validation_loss:.4f}, accuracy {epoch.validation_accuracy:.2%}  {epoch.seconds:.1f} s,"
                f" about {left:.0f} s left",
                flush=True,
            )
        self.printed = len(at.curve)


@contextmanager
def _stopped_by_ctrl_c() -> Iterator[threading.Event]:
    """The first Ctrl-C sets the event, and the run ends after the step it is in; a second one ends it at once.

    The signal by which a container or a shutdown ends a program does the same.
    """
    event = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(_: int, __: FrameType | None) -> None:
        event.set()
        restore()

    for number in before:
        signal.signal(number, ask)
    try:
        yield event
    finally:
        restore()


def _files(output: Path, resume: bool) -> tuple[Path, Path]:
    """The file for the weights, and the one for the checkpoint beside it.

    Raises:
        ValueError: if the output's name has another ending, or ``resume`` does not agree with what is there.
        OSError: if the output's folder does not exist.
    """
    if output.suffix != ".safetensors":
        raise ValueError(f"The output must be a .safetensors file, not {output.name!r}.")
    if not output.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {output.parent} to write into.")
    checkpoint = output.with_suffix(".checkpoint.pt")
    if resume and not checkpoint.exists():
        raise ValueError(f"There is no checkpoint {checkpoint} to continue from; without --resume a new run starts.")
    if checkpoint.exists() and not resume:
        raise ValueError(f"{checkpoint} holds a run that was stopped: add --resume to continue it, or delete it.")
    return output, checkpoint


def _command() -> str:
    """What was typed, for the card."""
    return shlex.join((*program(), *(word for word in sys.argv[1:] if word != "--resume")))


COMMAND = Command("train a network, and write its weights, card and curves", _add_options, _run)
