"""``fit``: a network made to fit a budget, as a list of steps with what each saves."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from . import Command, add_output
from .budget_options import add_budget, add_fit_options, budget_from, fit_options_from
from .network_options import add_network, network_from
from .text_table import columns
from .weights_options import download, named_weights

if TYPE_CHECKING:
    from ..backend.decide.fitting.fit import Fitted


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    add_budget(parser)
    add_fit_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_output(parser, "write the network as FILE.json, which other commands take")


def _run(args: Namespace) -> int:
    from ..backend.common.network_file import network_json
    from ..backend.decide.fitting.fit import fitted
    from ..backend.training.record import written

    budget = budget_from(args)
    weights = None if args.weights is None else named_weights(args.weights, args.entry)
    arch = network_from(args, "random" if weights is None else weights)
    if isinstance(weights, str):
        download(arch.key, weights)
    result = fitted(arch, budget, fit_options_from(args, arch, weights))
    if args.output is not None:
        if args.output.suffix != ".json":
            raise ValueError(f"The output must be a .json file, not {args.output.name!r}.")
        print(written(args.output, network_json(result.arch)), file=sys.stderr)
    print(json.dumps(proposal_of(result), indent=2) if args.json else _text(result))
    return 0


def proposal_of(result: Fitted) -> dict[str, object]:
    """What ``fit --json`` prints. ``link``: the query of the page's address, which other commands take too."""
    from ..backend.common.links import to_query

    return {
        "variant": result.arch.key,
        "strategy": result.strategy,
        "before": asdict(result.before),
        "after": asdict(result.after),
        "goals": [asdict(goal) | {"share": goal.share} for goal in result.goals],
        "steps": [asdict(step) for step in result.steps],
        "note": result.note,
        "link": to_query(result.arch),
    }


def _text(result: Fitted) -> str:
    from ..backend.common.links import link_text, to_query
    from ..backend.decide.fitting.budget import amount

    lines = [f"{result.original.about.label}, strategy {result.strategy}", ""]
    for goal in result.goals:
        now, before = amount(goal.name, goal.after), amount(goal.name, goal.before)
        lines.append(f"{goal.words}: {before} before, {now} after, {goal.share:.1%} of the limit")
    if result.note:
        lines += ["", result.note]
    if result.steps:
        rows = [("place", "from", "to", "saves MACs", "saves parameters")]
        for step in result.steps:
            saved = f"{step.macs_saved:,}", f"{step.params_saved:,}"
            rows.append((step.path, f"{step.before:,} {step.what}", f"{step.after:,}", *saved))
        rows.append(("together", "", "", f"{result.before.macs - result.macs:,}", _params_saved(result)))
        lines += ["", columns(rows, 1), "", f"As a link: ?{link_text(to_query(result.arch))}"]
    return "\n".join(lines)


def _params_saved(result: Fitted) -> str:
    return f"{result.before.params - result.params:,}"


COMMAND = Command("shrink a network to a budget of MACs, parameters, memory or time", _add_options, _run)
