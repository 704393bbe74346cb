"""``inspect``: what a network of somebody else's costs, part by part, as a table or as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from . import Command

if TYPE_CHECKING:
    from ..backend import ModuleAnalysis
    from ..backend.foreign.hierarchy import ModulePart


def inspection_of(source: str, analysis: ModuleAnalysis, parts: tuple[ModulePart, ...]) -> dict[str, object]:
    """What ``inspect --json`` prints. Counts are exact, ``flops`` are 2 x ``macs``, shapes without the batch."""
    return {
        "source": source,
        "input_shape": list(analysis.in_shape),
        "params": analysis.params,
        "idle_params": analysis.idle_params,
        "macs": analysis.macs,
        "flops": analysis.flops,
        "traced_with": analysis.traced_with,
        "parts": [
            {
                "path": part.path,
                "what": part.what,
                "branches": part.branches,
                "out_shape": list(part.out_shape),
                "params": part.params,
                "macs": part.macs,
            }
            for part in parts
        ],
    }


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="torchvision:NAME, timm:NAME, or package.module:callable, whose code is run",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--input-size", type=int, metavar="N", help="a picture of N x N pixels with three channels")
    size.add_argument("--shape", metavar="C,H,W", help="the shape of one input without the batch, such as 3,224,224")
    parser.add_argument("--depth", type=int, default=1, metavar="N", help="levels of the module hierarchy in the table")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _run(args: Namespace) -> int:
    from ..backend import analyze_module
    from ..backend.foreign.hierarchy import module_parts
    from ..backend.foreign.sources import brought_module

    shape = _shape(args)
    brought = brought_module(args.source)
    if (shape := shape or brought.shape) is None:
        raise ValueError("The shape of an input is needed: --input-size 224, or --shape 3,224,224.")
    analysis = analyze_module(brought.module, shape)
    parts = module_parts(analysis, args.depth)
    print(json.dumps(inspection_of(args.source, analysis, parts), indent=2) if args.json else _table(analysis, parts))
    return 0


def _shape(args: Namespace) -> tuple[int, ...] | None:
    if args.input_size is not None:
        return (3, args.input_size, args.input_size)
    if args.shape is None:
        return None
    try:
        return tuple(int(side) for side in args.shape.split(","))
    except ValueError as problem:
        raise ValueError(f"--shape takes whole numbers such as 3,224,224, not {args.shape!r}.") from problem


def _table(analysis: ModuleAnalysis, parts: tuple[ModulePart, ...]) -> str:
    rows = [("part", "what", "output", "parameters", "MACs")]
    for part in parts:
        rows.append((part.path, part.words, _by(part.out_shape), f"{part.params:,}", f"{part.macs:,}"))
    rows.append(("total", "", "", f"{analysis.params:,}", f"{analysis.macs:,}"))
    wide = [max(len(row[i]) for row in rows) for i in range(5)]
    lines = [f"{analysis.module_classes['']}, input {_by(analysis.in_shape)}, traced with {analysis.traced_with}", ""]
    for row in rows:
        left = "  ".join(f"{row[i]:<{wide[i]}}" for i in range(3))
        lines.append(f"{left}  {row[3]:>{wide[3]}}  {row[4]:>{wide[4]}}")
    lines.append("")
    if analysis.idle_params:
        lines.append(f"Parameters of parts that do not run in evaluation: {analysis.idle_params:,}.")
    lines.append(f"FLOPs (2 x MACs): {analysis.flops:,}")
    return "\n".join(lines)


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "one value"


COMMAND = Command("print what any PyTorch network costs, part by part", _add_options, _run)
