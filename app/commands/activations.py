"""``activations``: a picture through a network; every branch's feature maps are saved."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from ..backend.common.text import one_line
from . import Command
from .network_options import add_network, network_from
from .weights_options import add_preprocessing, add_weights, download, named_weights, with_preprocessing


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    parser.add_argument("--image", type=Path, required=True, metavar="FILE", help="a picture")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    parser.add_argument("--stage", action="append", metavar="STAGE", help="only this stage (may be repeated)")
    add_weights(parser)
    add_preprocessing(parser)


def _run(args: Namespace) -> int:
    from ..backend.picture.forward import ready_network, save_activations
    from ..backend.picture.images import notes_of, open_image

    weights = named_weights(args.weights, args.entry)
    arch = network_from(args, weights)
    weights = with_preprocessing(weights, arch, args)
    if not args.image.is_file():
        raise ValueError(f"{args.image} is not a file; --image takes a picture.")
    picture = open_image(args.image.read_bytes(), args.image.name)
    if isinstance(weights, str):
        download(arch.key, weights)
    loaded, _ = ready_network(arch, weights)
    for path in save_activations(arch, picture, args.output, args.stage, weights):
        print(path)
    if weights == "random":
        print("The weights are random: the maps are real, the classes mean nothing.", file=sys.stderr)
    carried = [f"{change.path}: {change.text}" for change in loaded.changes if change.kind != "kept"]
    for sentence in (*notes_of(picture), *loaded.report, *carried):
        print(one_line(sentence), file=sys.stderr)
    return 0


COMMAND = Command("run a picture through a network and save every branch's feature maps", _add_options, _run)
