"""``report``: everything about a network as one HTML file that opens without a network."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from . import Command, add_output
from .network_options import add_network, network_from
from .weights_options import add_preprocessing, add_weights, download, named_weights, with_preprocessing

if TYPE_CHECKING:
    from inception_models import Arch

    from ..backend.picture.forward import Forward


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    add_output(parser, "FILE.html", required=True)
    parser.add_argument("--image", type=Path, metavar="FILE", help="a picture: its classes, and maps of every branch")
    parser.add_argument(
        "--compare-with",
        action="append",
        default=[],
        metavar="NETWORK",
        help="a variant, a link, a file or torchvision:NAME, to compare with it (may be repeated, up to five times)",
    )
    add_weights(parser)
    add_preprocessing(parser)


def _run(args: Namespace) -> int:
    from ..backend.takeaway.report.page import report
    from ..backend.training.record import written
    from .named_networks import named_network

    if args.output.suffix not in (".html", ".htm"):
        raise ValueError(f"The output must be a .html file, not {args.output.name!r}.")
    arch = network_from(args, named_weights(args.weights, args.entry))
    others = [(other.name, other.analysis) for other in map(named_network, args.compare_with)]
    text = report(arch, picture=_picture(arch, args) if args.image else None, others=others)
    print(written(args.output, text))
    return 0


def _picture(arch: Arch, args: Namespace) -> Forward:
    from ..backend.picture.forward import forward
    from ..backend.picture.images import notes_of, open_image

    if not args.image.is_file():
        raise ValueError(f"{args.image} is not a file; --image takes a picture.")
    picture = open_image(args.image.read_bytes(), args.image.name)
    weights = with_preprocessing(named_weights(args.weights, args.entry), arch, args)
    if isinstance(weights, str):
        download(arch.key, weights)
    for sentence in notes_of(picture):
        print(sentence, file=sys.stderr)
    return forward(arch, picture, weights)


COMMAND = Command("write everything about a network as one HTML file", _add_options, _run)
