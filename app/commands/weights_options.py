"""Which weights a command is about, and how pictures are prepared for those of a file, as arguments."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, get_args

from inception_models import Arch
from inception_models.checkpoints.preprocessing import (
    ChannelOrder,
    Interpolation,
    ValueMax,
    preprocessing_from_json,
    resize_px_for,
    three_numbers,
)
from inception_models.checkpoints.presets import PRESETS

from .network_options import AUTO

if TYPE_CHECKING:
    from inception_models.weights import Source


def add_weights(parser: ArgumentParser) -> None:
    """Give ``parser`` the arguments that name weights."""
    parser.add_argument(
        "--weights",
        default="random",
        metavar="WEIGHTS",
        help="random (default), demo, the name of published weights, which are downloaded once, or a file; with a file,"
        f" the variant {AUTO!r} is the network that the file belongs to",
    )
    parser.add_argument("--entry", metavar="PATH", help="which weights, where the file contains several sets of them")


def add_preprocessing(parser: ArgumentParser) -> None:
    """Give ``parser`` the arguments that say how pictures are prepared for weights from a file."""
    group = parser.add_argument_group(
        "preprocessing", "for weights from a file; otherwise as their card says, or as the variant's published weights"
    )
    group.add_argument("--preprocessing", choices=PRESETS, metavar="PRESET", help=f"one of {', '.join(PRESETS)}")
    group.add_argument("--mean", metavar="R,G,B", help="what is subtracted: three numbers, in the network's order")
    group.add_argument("--std", metavar="R,G,B", help="what is divided by after that")
    group.add_argument("--crop", type=float, metavar="X", help="share of the short side that is kept, such as 0.875")
    group.add_argument("--interpolation", choices=get_args(Interpolation), help="of the resizing")
    group.add_argument("--channels", choices=get_args(ChannelOrder), help="the order that the network takes")
    group.add_argument("--value-max", type=int, choices=get_args(ValueMax), help="values are from 0 to this")


def named_weights(source: str, entry: str | None) -> Source:
    """The weights that were named; a file is read."""
    from inception_models.weights import named, read

    known = named(source)
    if isinstance(known, str):
        if entry is not None:
            raise ValueError(f"--entry chooses among the weights in a file, and {source} is not a file.")
        return known
    return read(known, entry)


def with_preprocessing(weights: Source, arch: Arch, args: Namespace) -> Source:
    """``weights`` with the preprocessing that was asked for, if any was."""
    from inception_models.weights import OwnFile, about_own

    given = {
        name: value
        for name, value in (
            ("mean", args.mean if args.mean is None else three_numbers(args.mean, "--mean")),
            ("std", args.std if args.std is None else three_numbers(args.std, "--std")),
            ("interpolation", args.interpolation),
            ("channels", args.channels),
            ("value_max", args.value_max),
        )
        if value is not None
    }
    if args.preprocessing is None and args.crop is None and not given:
        return weights
    if not isinstance(weights, OwnFile):
        raise ValueError(
            f"{weights} is not a file, and has its own preprocessing; leave out --preprocessing and others."
        )
    size = arch.input_size
    usual = about_own(arch, weights).preprocessing_for(arch)
    steps = asdict(PRESETS[args.preprocessing].steps(size) if args.preprocessing else usual) | given
    if args.crop is not None:
        steps["resize_px"] = resize_px_for(size, args.crop)
    return replace(weights, preprocessing=preprocessing_from_json(steps))


def download(variant: str, weights: str) -> None:
    """Download published weights that are not here yet, and say what, from where and how far it is."""
    from inception_models.checkpoints.catalogue import CHECKPOINTS
    from inception_models.weights import fetch

    known = CHECKPOINTS.get(weights)
    if known is None or known.remote is None or known.arch.key != variant or known.file.exists():
        return
    size = f"{known.remote.about / 1e6:.0f} MB"
    print(f"Downloading {size} from {known.remote.url} ({known.licence}).", file=sys.stderr)
    shown = sys.stderr.isatty()
    fetch(known, lambda done, _: print(f"\r{done / 1e6:.1f} of {size}", end="", file=sys.stderr) if shown else None)
    print(file=sys.stderr)
