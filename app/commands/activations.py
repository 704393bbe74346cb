"""``activations``: a picture through a network; every branch's feature maps are saved."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from . import Command
from .network_options import add_network, network_from


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    parser.add_argument("--image", type=Path, required=True, metavar="FILE", help="a picture")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    parser.add_argument("--stage", action="append", metavar="STAGE", help="only this stage (may be repeated)")
    parser.add_argument(
        "--weights",
        default="random",
        metavar="WEIGHTS",
        help="random (default), demo, the name of published weights, which are downloaded once, or a file",
    )


def _run(args: Namespace) -> int:
    from ..backend.picture.forward import ready_network, save_activations
    from ..backend.picture.images import notes_of, open_image

    arch, weights = network_from(args), args.weights
    if not args.image.is_file():
        raise ValueError(f"{args.image} is not a file; --image takes a picture.")
    picture = open_image(args.image.read_bytes(), args.image.name)
    _download(arch.key, weights)
    loaded, _ = ready_network(arch, weights)
    for path in save_activations(arch, picture, args.output, args.stage, weights):
        print(path)
    if weights == "random":
        print("The weights are random: the maps are real, the classes mean nothing.", file=sys.stderr)
    carried = [f"{change.path}: {change.text}" for change in loaded.changes if change.kind != "kept"]
    for sentence in (*notes_of(picture), *loaded.report, *carried):
        print(sentence, file=sys.stderr)
    return 0


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
