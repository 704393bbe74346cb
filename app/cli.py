"""The command line: everything the page does to a network, without the page.

Bad arguments end with one sentence on stderr and exit code 2.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from inception_models import ARCHITECTURES

from . import train_command
from .network_options import add_network, edited

if TYPE_CHECKING:
    from .backend import Analysis


class Parser(argparse.ArgumentParser):
    """argparse, with its complaint as one sentence instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        self.exit(2, f"{sentence.rstrip('.')}. See {self.prog} --help.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    args = _parser().parse_args(argv)
    try:
        command = COMMANDS[args.command]
        return command(args)
    except (ValueError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _parser() -> Parser:
    parser = Parser(prog="python -m app", description="Inception Explorer: look at, edit and run Inception networks.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command", parser_class=Parser)

    serve = commands.add_parser("serve", help="start the app in the browser")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    serve.add_argument("--port", type=int, default=8501, help="port to listen on (default: 8501)")

    summary = _network_command(commands, "summary", "print a network's parameters, MACs and stages")
    summary.add_argument("--json", action="store_true", help="print JSON")

    diagram = _network_command(commands, "diagram", "draw a network with Graphviz")
    diagram.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="FILE.svg, .pdf, .png or .dot"
    )
    diagram.add_argument("--level", choices=("stage", "branch", "op"), default="branch", help="how much to show")
    colors = ("kind", "params", "macs", "share", "memory", "field")
    diagram.add_argument("--color-by", choices=colors, default="kind", help="what colours mean")
    diagram.add_argument(
        "--expand",
        action="append",
        default=[],
        metavar="STAGE",
        help="show this stage one level deeper (may be repeated)",
    )
    diagram.add_argument("--direction", choices=("TB", "BT", "LR"), default="TB", help="which way the picture flows")
    diagram.add_argument("--apart", action="store_true", help="BatchNorm and ReLU in boxes of their own")

    activations = _network_command(commands, "activations", "push a picture through and save every branch's maps")
    activations.add_argument("--image", type=Path, required=True, metavar="FILE", help="a picture")
    activations.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    activations.add_argument("--stage", action="append", metavar="STAGE", help="only this stage (may be repeated)")
    activations.add_argument(
        "--weights",
        default="random",
        metavar="WEIGHTS",
        help="random (default), demo, the name of published weights, which are fetched once, or a file",
    )

    train = _network_command(commands, "train", "train a network, and keep its weights, card and curves")
    train_command.add_options(train)
    return parser


def _network_command(commands: argparse._SubParsersAction[Parser], name: str, text: str) -> Parser:
    """A command that takes a variant and its edits."""
    parser = commands.add_parser(name, help=text, description=text[:1].upper() + text[1:] + ".")
    add_network(parser)
    return parser


# --- commands --------------------------------------------------------------------------------------------------------


def _serve(args: argparse.Namespace) -> int:
    from .serve import serve

    return serve(args.host, args.port)


def _summary(args: argparse.Namespace) -> int:
    from .backend import analyze

    analysis = analyze(edited(args))
    print(json.dumps(summary_of(analysis), indent=2) if args.json else _table(analysis))
    return 0


def summary_of(analysis: Analysis) -> dict[str, object]:
    """What ``summary --json`` prints. Counts are exact, ``flops`` are 2 x ``macs``, shapes channels, height, width."""
    return {
        "variant": analysis.arch.key,
        "input_size": analysis.input_size,
        "params": analysis.params,
        "params_with_aux": analysis.params_with_aux,
        "macs": analysis.macs,
        "flops": analysis.flops,
        "stages": [
            {"name": s.name, "out_shape": list(s.out_shape), "params": s.params, "macs": s.macs}
            for s in analysis.stages
        ],
    }


def _table(analysis: Analysis) -> str:
    rows = [("stage", "output", "parameters", "MACs")]
    for stage in analysis.stages:
        rows.append((stage.name, " x ".join(map(str, stage.out_shape)), f"{stage.params:,}", f"{stage.macs:,}"))
    rows.append(("total", "", f"{analysis.params:,}", f"{analysis.macs:,}"))
    wide = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [f"{analysis.arch.about.title}, input 3 x {analysis.input_size} x {analysis.input_size}", ""]
    lines += [f"{r[0]:<{wide[0]}}  {r[1]:<{wide[1]}}  {r[2]:>{wide[2]}}  {r[3]:>{wide[3]}}" for r in rows]
    lines.append("")
    if analysis.aux:
        lines.append(f"With auxiliary heads, which run in training only: {analysis.params_with_aux:,} parameters.")
    lines.append(f"FLOPs (2 x MACs): {analysis.flops:,}")
    return "\n".join(lines)


def _diagram(args: argparse.Namespace) -> int:
    from .backend import analyze, diagram

    options = diagram.DiagramOptions(
        level=args.level,
        expand=frozenset(args.expand),
        color_by=args.color_by,
        direction=args.direction,
        fused=not args.apart,
    )
    reference = analyze(ARCHITECTURES[args.variant])
    args.output.write_bytes(diagram.as_file(analyze(edited(args)), args.output.suffix.lower(), options, reference))
    return 0


def _activations(args: argparse.Namespace) -> int:
    from .backend.picture.forward import ready_network, save_activations

    arch, weights = edited(args), args.weights
    if not args.image.is_file():
        raise ValueError(f"{args.image} is no file; --image takes a picture.")
    _fetch(arch.key, weights)
    found, _ = ready_network(arch, weights)
    for path in save_activations(arch, args.image, args.output, args.stage, weights):
        print(path)
    if weights == "random":
        print("The weights are random: the maps are real, the classes mean nothing.", file=sys.stderr)
    carried = [f"{change.path}: {change.text}" for change in found.changes if change.kind != "kept"]
    for sentence in (*found.report, *carried):
        print(sentence, file=sys.stderr)
    return 0


def _fetch(variant: str, weights: str) -> None:
    """Say what is going to be fetched, if anything is, and show how far it is."""
    from inception_models.checkpoints.catalogue import CHECKPOINTS
    from inception_models.weights import fetch

    known = CHECKPOINTS.get(weights)
    if known is None or known.remote is None or known.arch.key != variant or known.file.exists():
        return
    size = f"{known.remote.about / 1e6:.0f} MB"
    print(f"Fetching {size} from {known.remote.url} ({known.licence}).", file=sys.stderr)
    shown = sys.stderr.isatty()
    fetch(known, lambda done, _: print(f"\r{done / 1e6:.1f} of {size}", end="", file=sys.stderr) if shown else None)
    print(file=sys.stderr)


COMMANDS = {
    "serve": _serve,
    "summary": _summary,
    "diagram": _diagram,
    "activations": _activations,
    "train": train_command.run,
}
