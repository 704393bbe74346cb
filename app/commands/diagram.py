"""``diagram``: a network drawn with Graphviz, as SVG, PDF, PNG or DOT."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import get_args

from inception_models import ARCHITECTURES

from ..backend.common.colours import ColorBy
from . import Command, add_output
from .network_options import add_network, add_network_file, network_or_file_s

_COLORS = tuple(name for name in get_args(ColorBy) if name != "time")  # which nothing has measured here


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    add_network_file(parser)
    add_output(
        parser,
        "FILE.svg, .pdf, .png, .tex (TikZ) or .dot; a folder gets an .svg with a name that says what it shows",
        required=True,
    )
    parser.add_argument("--stage", default="", metavar="STAGE", help="this stage or head only")
    parser.add_argument("--level", choices=("stage", "branch", "op"), default="branch", help="how much to show")
    parser.add_argument("--color-by", choices=_COLORS, default="kind", help="what colours mean")
    parser.add_argument(
        "--expand",
        action="append",
        default=[],
        metavar="STAGE",
        help="show this stage one level deeper (may be repeated)",
    )
    parser.add_argument("--direction", choices=("TB", "BT", "LR"), default="TB", help="which way the picture flows")
    parser.add_argument("--apart", action="store_true", help="BatchNorm and ReLU in boxes of their own")


def _run(args: Namespace) -> int:
    from ..backend import analyze, diagram
    from ..backend.takeaway.figure import figure_bytes
    from ..backend.takeaway.naming import saved_name

    options = diagram.DiagramOptions(
        level=args.level,
        expand=frozenset(args.expand),
        color_by=args.color_by,
        direction=args.direction,
        fused=not args.apart,
    )
    analysis = analyze(network_or_file_s(args))
    published = analyze(ARCHITECTURES[analysis.arch.key])
    output: Path = args.output
    if output.is_dir():
        output = output / saved_name(analysis.arch, ".svg", args.stage)
        print(output)
    output.write_bytes(figure_bytes(analysis, output.suffix.lower(), options, published, args.stage))
    return 0


COMMAND = Command("draw a network with Graphviz", _add_options, _run)
