"""A budget and how to meet it, as arguments."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ..backend.common.dtypes import ELEMENT_BYTES
from ..backend.common.quantity import read_quantity

if TYPE_CHECKING:
    from inception_models import Arch
    from inception_models.training.datasets import Data
    from inception_models.weights import Source

    from ..backend.decide.fitting.budget import Budget
    from ..backend.decide.fitting.fit import FitOptions
    from ..backend.decide.fitting.importance import FilterImportance

_STRATEGIES = ("even", "sensitivity", "weights")


def quantity(text: str) -> float:
    """``1e9``, ``1.5G``, ``20MiB`` as a number."""
    try:
        return read_quantity(text)
    except ValueError as problem:
        raise ArgumentTypeError(str(problem)) from None


def add_budget(parser: ArgumentParser) -> None:
    """Give ``parser`` the arguments of a budget."""
    group = parser.add_argument_group("budget", "one or more limits; numbers such as 1e9, 1.5G, 20MiB")
    group.add_argument("--macs", type=quantity, metavar="N", help="at most so many MACs")
    group.add_argument("--params", type=quantity, metavar="N", help="at most so many parameters")
    group.add_argument("--bytes", type=quantity, metavar="N", help="at most so many bytes of weights, in --format")
    group.add_argument("--format", choices=tuple(ELEMENT_BYTES), default="float32", help="of weights and feature maps")
    group.add_argument(
        "--peak-memory", type=quantity, metavar="N", help="at most so many bytes of feature maps at a time, of --batch"
    )
    group.add_argument("--batch", type=int, default=1, metavar="N", help="pictures at once (default: 1)")
    group.add_argument("--ms", type=float, metavar="X", help="at most so many milliseconds a picture, measured here")
    group.add_argument("--receptive-field", type=int, metavar="PX", help="see at least so many pixels")


def add_fit_options(parser: ArgumentParser, source_flag: str = "--weights") -> None:
    """Give ``parser`` the arguments that say how a budget is met."""
    group = parser.add_argument_group("how")
    group.add_argument(
        "--strategy",
        choices=_STRATEGIES,
        default="even",
        help="one factor for all widths (default), the cheapest loss of width first, or the least important filters",
    )
    group.add_argument(
        "--lock",
        action="append",
        default=[],
        metavar="PATTERN",
        help="stages, branches or layers that keep their widths, such as 'Mixed_5*' (may be repeated)",
    )
    group.add_argument("--divisor", type=int, default=8, metavar="N", help="widths are multiples of it (default: 8)")
    group.add_argument(
        source_flag,
        dest="weights",
        metavar="WEIGHTS",
        help="trained weights for the strategy weights: demo, the name of published ones, or a file",
    )
    group.add_argument("--entry", metavar="PATH", help="which weights, where the file contains several sets of them")
    group.add_argument("--data", metavar="DATA", help="pictures for Taylor importance; without, filter norms count")
    group.add_argument("--folder", type=Path, metavar="DIR", help="where fashion-mnist is, if not at its usual place")


def budget_from(args: Namespace) -> Budget:
    """The budget that was asked for."""
    from ..backend.decide.fitting.budget import Budget

    return Budget(
        args.macs,
        args.params,
        args.bytes,
        args.peak_memory,
        None if args.ms is None else args.ms / 1000,
        args.receptive_field,
        args.format,
        args.batch,
    )


def fit_options_from(args: Namespace, arch: Arch, weights: Source | None) -> FitOptions:
    """How the budget is to be met.

    Raises:
        ValueError: where weights and strategy do not go together.
    """
    from ..backend.decide.fitting.fit import FitOptions

    if args.strategy == "weights" and weights is None:
        raise ValueError("The strategy weights needs trained weights: --weights demo, their name, or a file.")
    if args.strategy != "weights" and args.data is not None:
        raise ValueError("--data is for the strategy weights: --strategy weights.")
    importance = _importance(args, arch, weights) if args.strategy == "weights" and weights is not None else None
    return FitOptions(args.strategy, tuple(args.lock), args.divisor, importance)


def _importance(args: Namespace, arch: Arch, weights: Source) -> FilterImportance:
    from inception_models.training.start import loaded_with_its_classes

    from ..backend.decide.fitting.importance import by_norm, by_taylor
    from ..backend.training.data import read_data_set

    known = loaded_with_its_classes(arch, weights)
    if args.data is None:
        return by_norm(known.net)
    data: Data = read_data_set(args.data, arch.input_size, args.folder, known.trained_weights.preprocessing)
    return by_taylor(known.net, data)
