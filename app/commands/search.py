"""``search``: many networks tried, at random, over a grid or by evolution, and the best of them."""

from __future__ import annotations

import json
import signal
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ..backend.common.jobs import Cancelled, Progress
from . import Command, add_output
from .network_options import add_network, network_from
from .text_table import columns

if TYPE_CHECKING:
    from inception_models.weights import OwnFile

    from ..backend.decide.searching.search import SearchResult
    from ..backend.decide.searching.search_space import AxisKind, SearchAxis
    from ..backend.decide.searching.trials import Tryout

_STEPS: dict[AxisKind, float] = {"width": 8, "scale": 0.125, "copies": 1, "size": 32}


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    for flag, value, meaning in (
        ("--width", "PATH=LOW:HIGH[:STEP]", "choose one width, in steps of 8"),
        ("--scale", "PATTERN=LOW:HIGH[:STEP]", "multiply all widths below the parts of this name, such as 'Mixed_6*'"),
        ("--copies", "STAGE=LOW:HIGH[:STEP]", "choose the copies of a repeated block"),
    ):
        parser.add_argument(flag, action="append", default=[], metavar=value, help=f"{meaning} (may be repeated)")
    parser.add_argument("--size", metavar="LOW:HIGH[:STEP]", help="choose the input size, in steps of 32 pixels")
    parser.add_argument(
        "--method", choices=("random", "grid", "evolution"), default="evolution", help="how (default: %(default)s)"
    )
    parser.add_argument(
        "--objectives",
        default="macs,kept",
        metavar="A,B",
        help="what counts: macs, params, peak_bytes (less is better), receptive_field_px, kept, which is the share of"
        " the widths that stay, and with --weights and --data accuracy (default: %(default)s)",
    )
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="networks to propose (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="equal seeds give equal proposals")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes (default: as many as are fastest)")
    parser.add_argument("--scheduler", default="", metavar="tcp://..", help="evaluate on this Dask cluster instead")
    trying = parser.add_argument_group("accuracy", "each network is tried with trained weights, carried over")
    trying.add_argument("--weights", metavar="WEIGHTS", help="demo, the name of published weights, or a file")
    trying.add_argument(
        "--data", metavar="DATA", help="fashion-mnist, digits, demo (its shipped pictures), or a folder"
    )
    trying.add_argument("--folder", default="", metavar="DIR", help="where fashion-mnist is, if not at its usual place")
    trying.add_argument("--epochs", type=int, default=0, metavar="N", help="of training before the test (default: 0)")
    trying.add_argument("--pictures", type=int, default=1000, metavar="N", help="to train on (default: 1000)")
    trying.add_argument("--test-pictures", type=int, default=1000, metavar="N", help="to test with (default: 1000)")
    parser.add_argument("--json", action="store_true", help="print the Pareto front as JSON")
    add_output(parser, "write every trial to FILE.csv")
    parser.add_argument("--log", type=Path, metavar="FILE", help="keep every trial there, and go on from it")


def _run(args: Namespace) -> int:
    from ..backend.decide.searching.search import SearchOptions, search, search_csv
    from ..backend.decide.searching.search_space import SearchSpace
    from ..backend.decide.searching.trials import Problem

    if args.output is not None and args.output.suffix != ".csv":
        raise ValueError(f"The output must be a .csv file, not {args.output.name!r}.")
    tryout = _tryout(args)
    arch = network_from(args, args.weights or "random")
    objectives = tuple(name.strip() for name in args.objectives.split(","))
    problem = Problem(SearchSpace(arch, tuple(_axes(args))), tryout)
    options = SearchOptions(args.method, objectives, args.count, args.seed, args.jobs, args.scheduler)
    told = _Shown()
    before = signal.signal(signal.SIGINT, lambda *_: told.cancel())
    try:
        result = search(problem, options, args.log, told)
    except Cancelled:
        kept = f" The same command continues from {args.log}." if args.log else " With --log FILE it could go on."
        print(f"Stopped.{kept}", file=sys.stderr)
        return 130
    finally:
        signal.signal(signal.SIGINT, before)
    if args.output is not None:
        args.output.write_text(search_csv(result), encoding="utf-8", newline="")
    print(json.dumps(front_of(result), indent=2) if args.json else _text(result))
    return 0


def _tryout(args: Namespace) -> Tryout | None:
    from ..backend.decide.searching.trials import Tryout

    if (args.weights is None) is not (args.data is None):
        raise ValueError("Accuracy needs both: --weights, and --data to try them on.")
    if args.weights is None:
        return None
    return Tryout(_weights(args.weights), args.data, args.folder, args.pictures, args.test_pictures, args.epochs)


def _weights(text: str) -> str | OwnFile:
    """Those of a file are read once: its name says nothing to a worker on another machine."""
    from inception_models.weights import named, read

    source = named(text)
    return source if isinstance(source, str) else read(source)


def _axes(args: Namespace) -> list[SearchAxis]:
    axes = [_axis("width", text) for text in args.width]
    axes += [_axis("scale", text) for text in args.scale]
    axes += [_axis("copies", text) for text in args.copies]
    return axes + ([_axis("size", f"={args.size}")] if args.size else [])


def _axis(kind: AxisKind, text: str) -> SearchAxis:
    from ..backend.decide.searching.search_space import SearchAxis

    path, _, span = text.partition("=")
    try:
        low, high, *step = (float(number) for number in span.split(":"))
        [by] = step or [_STEPS[kind]]
    except ValueError:
        raise ValueError(
            f"--{kind} takes a range such as {'' if kind == 'size' else 'PATH='}16:64:8, not {text!r}."
        ) from None
    return SearchAxis(kind, path.strip(), low, high, by)


class _Shown(Progress):
    """Says on stderr how far it is, where somebody looks."""

    def report(self, fraction: float, doing: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{fraction:4.0%}  {doing}", end="\n" if fraction == 1 else "", file=sys.stderr)
        super().report(fraction, doing)


def front_of(result: SearchResult) -> dict[str, object]:
    """What ``search --json`` prints."""
    from ..backend.common.links import to_query

    return {
        "objectives": list(result.objectives),
        "trials": len(result.trials),
        "front": [
            {
                "choice": dict(result.trials[i].choice),
                "numbers": dict(result.trials[i].numbers),
                "link": to_query(result.network(i)),
            }
            for i in result.front
        ],
    }


def _text(result: SearchResult) -> str:
    front = sorted(result.front, key=lambda i: result.trials[i].numbers[result.objectives[0]])
    rows = [(*result.objectives, "choice")]
    for i in front:
        trial = result.trials[i]
        words = ", ".join(f"{name} {value:g}" for name, value in trial.choice.items())
        rows.append((*(_number(trial.numbers[name]) for name in result.objectives), words))
    failed = sum(bool(trial.problem) for trial in result.trials)
    lines = [
        f"{len(result.trials):,} networks tried, {failed:,} of them do not fit; {len(front)} on the Pareto front:",
        "",
    ]
    return "\n".join([*lines, columns(rows, 0)])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:.4f}"


COMMAND = Command("try many widths, depths and input sizes, and list the best", _add_options, _run)
