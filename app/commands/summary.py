"""``summary``: a network's parameters, MACs and stages, as a table or as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from inception_models.arch.longest_path import depth

from . import Command
from .network_options import add_network, add_network_file, network_or_file_s

if TYPE_CHECKING:
    from ..backend import Analysis


def summary_of(analysis: Analysis) -> dict[str, object]:
    """What ``summary --json`` prints. Counts are exact, ``flops`` are 2 x ``macs``, shapes channels, height, width."""
    return {
        "variant": analysis.arch.key,
        "title": analysis.arch.about.title,
        "group": analysis.arch.about.group,
        "standing": analysis.arch.about.standing,
        "depth": depth(analysis.arch),
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


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    add_network_file(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def _run(args: Namespace) -> int:
    from ..backend import analyze

    analysis = analyze(network_or_file_s(args))
    print(json.dumps(summary_of(analysis), indent=2) if args.json else _table(analysis))
    return 0


def _table(analysis: Analysis) -> str:
    rows = [("stage", "output", "parameters", "MACs")]
    for stage in analysis.stages:
        rows.append((stage.name, " x ".join(map(str, stage.out_shape)), f"{stage.params:,}", f"{stage.macs:,}"))
    rows.append(("total", "", f"{analysis.params:,}", f"{analysis.macs:,}"))
    wide = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [f"{analysis.arch.about.label}, input 3 x {analysis.input_size} x {analysis.input_size}", ""]
    lines += [f"{r[0]:<{wide[0]}}  {r[1]:<{wide[1]}}  {r[2]:>{wide[2]}}  {r[3]:>{wide[3]}}" for r in rows]
    lines.append("")
    if analysis.aux:
        lines.append(f"With auxiliary heads, which run in training only: {analysis.params_with_aux:,} parameters.")
    lines.append(f"FLOPs (2 x MACs): {analysis.flops:,}")
    lines.append(f"Layers with weights on the longest path: {depth(analysis.arch)}")
    return "\n".join(lines)


COMMAND = Command("print a network's parameters, MACs and stages", _add_options, _run)
