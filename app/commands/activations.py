"""``activations``: a picture through a network; every branch's feature maps are saved."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ..backend.common.text import one_line
from . import Command
from .network_options import AUTO, add_network, network_from

if TYPE_CHECKING:
    from inception_models import Arch
    from inception_models.weights import Source


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    parser.add_argument("--image", type=Path, required=True, metavar="FILE", help="a picture")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    parser.add_argument("--stage", action="append", metavar="STAGE", help="only this stage (may be repeated)")
    parser.add_argument(
        "--weights",
        default="random",
        metavar="WEIGHTS",
        help="random (default), demo, the name of published weights, which are downloaded once, or a file; with a file,"
        f" the variant {AUTO!r} is the network that the file belongs to",
    )
    parser.add_argument("--entry", metavar="PATH", help="which weights, where the file contains several sets of them")


def _run(args: Namespace) -> int:
    from ..backend.picture.forward import ready_network, save_activations
    from ..backend.picture.images import notes_of, open_image

    weights = _weights(args.weights, args.entry)
    arch = network_from(args, _original(args.variant, weights))
    if not args.image.is_file():
        raise ValueError(f"{args.image} is not a file; --image takes a picture.")
    picture = open_image(args.image.read_bytes(), args.image.name)
    if isinstance(weights, str):
        _download(arch.key, weights)
    loaded, _ = ready_network(arch, weights)
    for path in save_activations(arch, picture, args.output, args.stage, weights):
        print(path)
    if weights == "random":
        print("The weights are random: the maps are real, the classes mean nothing.", file=sys.stderr)
    carried = [f"{change.path}: {change.text}" for change in loaded.changes if change.kind != "kept"]
    for sentence in (*notes_of(picture), *loaded.report, *carried):
        print(one_line(sentence), file=sys.stderr)
    return 0


def _weights(source: str, entry: str | None) -> Source:
    """The weights that were named; a file is read."""
    from inception_models.weights import named, read

    known = named(source)
    if isinstance(known, str):
        if entry is not None:
            raise ValueError(f"--entry chooses among the weights in a file, and {source} is not a file.")
        return known
    return read(known, entry)


def _original(variant: str, weights: Source) -> Arch | None:
    """The network that the weights belong to, where that is what was asked for."""
    from inception_models.weights import OwnFile, recognised

    if variant != AUTO:
        return None
    if not isinstance(weights, OwnFile):
        raise ValueError(f"The variant {AUTO} takes a file of weights (--weights FILE), which says what it is.")
    arch = recognised(weights.tensors)
    print(f"{weights.name} is a {arch.key} ({arch.about.title}) with {arch.classes:,} classes.", file=sys.stderr)
    return arch


def _download(variant: str, weights: str) -> None:
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


COMMAND = Command("run a picture through a network and save every branch's feature maps", _add_options, _run)
