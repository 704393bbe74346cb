"""``python -m app train``: a network learns, and its weights, card and curves are kept."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from .network_options import edited

if TYPE_CHECKING:
    from inception_models.training.run import Step

DEFAULT_EPOCHS = 10


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give ``parser`` the arguments of a training run; those of the network it has."""
    parser.add_argument(
        "--data", required=True, metavar="DATA", help="fashion-mnist, digits, a folder of idx files or of class folders"
    )
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="where fashion-mnist lies, if not where Debian puts it"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="FILE.safetensors")
    parser.add_argument("--epochs", type=int, default=DEFAULT_EPOCHS, metavar="N", help="passes (default: 10)")
    parser.add_argument("--batch", type=int, default=128, metavar="N", help="pictures a step (default: 128)")
    parser.add_argument("--lr", type=float, default=0.1, metavar="X", help="highest learning rate (default: 0.1)")
    parser.add_argument("--weight-decay", type=float, default=5e-4, metavar="X", help="default: 0.0005")
    parser.add_argument("--label-smoothing", type=float, default=0.0, metavar="X", help="default: 0")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="equal seeds give equal runs (default: 0)")
    parser.add_argument("--patience", type=int, metavar="N", help="stop after N epochs without a better one")
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped")


def run(args: argparse.Namespace) -> int:
    """Train; returns the exit code, which is 130 where Ctrl-C stopped the run."""
    from inception_models.edits.widths import with_classes
    from inception_models.training.evaluate import evaluate
    from inception_models.training.run import Options
    from inception_models.training.train import train
    from inception_models.weights import load

    from .backend.training.data import read_data_set
    from .backend.training.record import card_json, curves_csv, weights_file, written

    options = Options(
        args.epochs, args.batch, args.lr, args.seed, args.patience, args.weight_decay, args.label_smoothing
    )
    file, checkpoint = _files(args.output, args.resume)
    arch = edited(args)
    data = read_data_set(args.data, arch.input_size, args.folder)
    if args.classes is None:
        arch = with_classes(arch, len(data.classes))
    try:
        with _stopped_by_ctrl_c() as stopped:
            trained = train(arch, data, options, Teller(options.epochs, stopped), checkpoint)
    except KeyboardInterrupt:
        print(f"Stopped. The same command with --resume goes on from {checkpoint}.", file=sys.stderr)
        return 130
    written(file, weights_file(trained))
    test = evaluate(load(arch, file), data.test, data.mean, data.std)  # of the file, since that is what is used later
    written(file.with_suffix(".json"), card_json(trained, data, options, test, _command()))
    written(file.with_suffix(".csv"), curves_csv(trained.curve))
    checkpoint.unlink(missing_ok=True)
    print(
        f"Test accuracy {test.accuracy:.2%}: {test.correct:,} of {test.count:,} pictures, with the weights of epoch"
        f" {trained.best.number}, after {trained.seconds:.0f} s. Written: {file}, .json and .csv."
    )
    return 0


class Teller:
    """Prints a line an epoch, and ends the run when asked to."""

    def __init__(self, epochs: int, stopped: threading.Event) -> None:
        self.epochs, self.stopped, self.told = epochs, stopped, 0

    def __call__(self, at: Step) -> None:
        if self.stopped.is_set():
            raise KeyboardInterrupt
        for epoch in at.curve[self.told :]:
            left = at.seconds / at.step * (at.steps - at.step)
            print(
                f"epoch {epoch.number:>3} of {self.epochs}  training loss {epoch.train_loss:.4f}  validation loss"
                f" {epoch.validation_loss:.4f}, accuracy {epoch.validation_accuracy:.2%}  {epoch.seconds:.1f} s,"
                f" about {left:.0f} s left",
                flush=True,
            )
        self.told = len(at.curve)


@contextmanager
def _stopped_by_ctrl_c() -> Iterator[threading.Event]:
    """Ctrl-C sets the event instead of tearing a step in two; the run ends after that step. A second one ends at
    once.
    """
    event = threading.Event()

    def ask(_: int, __: FrameType | None) -> None:
        event.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)


def _files(output: Path, resume: bool) -> tuple[Path, Path]:
    """The file for the weights, and the one for the checkpoint beside it.

    Raises:
        ValueError: where their names or what is already there do not suit.
        OSError: where there is no folder to write into.
    """
    if output.suffix != ".safetensors":
        raise ValueError(f"The output must be a .safetensors file, not {output.name!r}.")
    if not output.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {output.parent} to write into.")
    checkpoint = output.with_suffix(".checkpoint.pt")
    if resume and not checkpoint.exists():
        raise ValueError(f"There is no checkpoint {checkpoint} to go on from; without --resume a new run starts.")
    if checkpoint.exists() and not resume:
        raise ValueError(f"A run that was stopped lies in {checkpoint}: add --resume to go on with it, or delete it.")
    return output, checkpoint


def _command() -> str:
    """What was typed, for the card."""
    return shlex.join(("python", "-m", "app", *(word for word in sys.argv[1:] if word != "--resume")))
