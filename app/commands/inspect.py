"""``inspect``: what a network of somebody else's costs, part by part, as a table or as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ..backend.common.text import visible
from . import Command
from .text_table import columns

if TYPE_CHECKING:
    from ..backend import ModuleAnalysis
    from ..backend.foreign.hierarchy import ModulePart


_COLORS = ("kind", "params", "macs", "share", "memory", "field")
_FORMATS = (".svg", ".pdf", ".png")


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="torchvision:NAME, timm:NAME, FILE.onnx, or package.module:callable, whose code is run",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--input-size", type=int, metavar="N", help="a picture of N x N pixels with three channels")
    size.add_argument("--shape", metavar="C,H,W", help="the shape of one input without the batch, such as 3,224,224")
    parser.add_argument("--depth", type=int, default=1, metavar="N", help="levels of the module hierarchy in the table")
    parser.add_argument("--diagram", type=Path, metavar="FILE", help="draw it too, to --depth: .svg, .pdf or .png")
    parser.add_argument("--color-by", choices=_COLORS, default="kind", help="what the diagram's colours mean")
    parser.add_argument("--against", metavar="OTHER", help="print the totals beside another's: a variant or a source")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _run(args: Namespace) -> int:
    from ..backend.foreign.hierarchy import module_parts
    from ..backend.foreign.inspection import inspected, inspection_of, parsed_shape

    shape = (
        parsed_shape(args.shape) if args.shape else (3, args.input_size, args.input_size) if args.input_size else None
    )
    analysis = inspected(args.source, shape)
    parts = module_parts(analysis, args.depth)
    if args.diagram:
        _draw(analysis, args)
    if args.json:
        print(json.dumps(inspection_of(args.source, analysis, args.depth), indent=2))
    elif args.against:
        print(_comparison(args.source, analysis, args.against))
    else:
        print(_table(analysis, parts))
    return 0


def _draw(analysis: ModuleAnalysis, args: Namespace) -> None:
    from ..backend.diagram.module_diagram import ModuleDiagramOptions, modules_as_file
    from ..backend.foreign.view import ModuleView

    ending = args.diagram.suffix.lower()
    if ending not in _FORMATS:
        raise ValueError(f"A diagram is written as .svg, .pdf or .png, not as {ending or 'a file without an ending'}.")
    options = ModuleDiagramOptions(ModuleView(args.depth), args.color_by)
    args.diagram.write_bytes(modules_as_file(analysis, ending[1:], options))


def _comparison(source: str, analysis: ModuleAnalysis, other: str) -> str:
    """Two networks' totals; the family's are analysed for the same input where they take it."""
    from inception_models import ARCHITECTURES

    from ..backend import analyze
    from ..backend.common.quantity import percent_change
    from ..backend.foreign.inspection import inspected
    from ..backend.foreign.totals import network_totals

    theirs = analyze(ARCHITECTURES[other]) if other in ARCHITECTURES else inspected(other, None)
    a, b = network_totals(source, analysis), network_totals(other, theirs)
    rows = [("", a.title, b.title, "difference"), ("input", _by(a.in_shape), _by(b.in_shape), "")]
    for what, mine, its in (
        ("parameters", a.params, b.params),
        ("MACs", a.macs, b.macs),
        ("FLOPs (2 x MACs)", a.flops, b.flops),
        ("weights, bytes", a.weight_bytes, b.weight_bytes),
        ("peak activations, bytes", a.peak_bytes, b.peak_bytes),
    ):
        rows.append((what, f"{mine:,}", f"{its:,}", f"{mine - its:+,} ({percent_change(mine, its)})"))
    return columns(rows, 1)


def _table(analysis: ModuleAnalysis, parts: tuple[ModulePart, ...]) -> str:
    rows: list[tuple[str, ...]] = [("part", "what", "output", "parameters", "MACs")]
    for part in parts:
        rows.append((part.path, part.words, _by(part.out_shape), f"{part.params:,}", f"{part.macs:,}"))
    rows.append(("total", "", "", f"{analysis.params:,}", f"{analysis.macs:,}"))
    how = "read from ONNX" if analysis.traced_with == "ONNX" else f"traced with {analysis.traced_with}"
    lines = [f"{visible(analysis.module_classes[''])}, input {_by(analysis.in_shape)}, {how}", "", columns(rows, 3)]
    lines.append("")
    if analysis.idle_params:
        lines.append(f"Parameters of parts that do not run in evaluation: {analysis.idle_params:,}.")
    lines.append(f"FLOPs (2 x MACs): {analysis.flops:,}")
    return "\n".join(lines)


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "one value"


COMMAND = Command("print what any PyTorch network costs, part by part", _add_options, _run)
