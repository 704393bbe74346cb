"""``prune``: a trained network shrunk and trained on, beside the same size from scratch and the even multiplier."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..backend.common.jobs import Cancelled, Progress
from . import Command, add_output
from .network_options import add_network, network_from
from .text_table import columns
from .weights_options import download, named_weights

if TYPE_CHECKING:
    from ..backend.decide.healing.heal_result import HealResult
    from ..backend.training.job import Finished


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    parser.add_argument(
        "--weights", required=True, metavar="WEIGHTS", help="trained weights: demo, the name of published ones, a file"
    )
    parser.add_argument("--entry", metavar="PATH", help="which weights, where the file contains several sets of them")
    parser.add_argument(
        "--data", required=True, metavar="DATA", help="fashion-mnist, digits, a folder of idx files or of class folders"
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where fashion-mnist is, if not at its usual place")
    parser.add_argument("--pictures", type=int, metavar="N", help="train on the first N pictures only")
    parser.add_argument("--test-pictures", type=int, metavar="N", help="test on the first N test pictures only")
    parser.add_argument(
        "--share", type=float, nargs="+", default=[0.5, 0.25], metavar="X", help="shares of the MACs (0.5 0.25)"
    )
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each (default: 3)")
    parser.add_argument("--first-seed", type=int, default=0, metavar="N", help="seeds count from here (default: 0)")
    for flag, kind, default, meaning in (
        ("--epochs", int, 2, "of training after the cut"),
        ("--batch", int, 64, "pictures a step"),
        ("--lr", float, 0.05, "highest learning rate"),
        ("--divisor", int, 4, "widths are multiples of it"),
    ):
        parser.add_argument(flag, type=kind, default=default, metavar="N", help=f"{meaning} (default: %(default)s)")
    parser.add_argument("--lock", action="append", default=[], metavar="PATTERN", help="what keeps its widths")
    parser.add_argument("--norms", action="store_true", help="judge filters by their norms, not by Taylor importance")
    add_output(
        parser,
        "FILE.csv; beside it .json, the figure .svg, the first seed's weights with their cards, as in"
        " FILE.pruned-50.safetensors, and .log.jsonl, from which the same command goes on",
        required=True,
    )


def _run(args: Namespace) -> int:
    from inception_models.training.start import loaded_with_its_classes

    from ..backend.decide.healing.heal import HealPlan, prune_and_heal
    from ..backend.decide.healing.heal_figure import heal_svg
    from ..backend.decide.healing.heal_result import heal_csv, heal_json, heal_rows
    from ..backend.training.data import read_data_set
    from ..backend.training.record import written

    if args.output.suffix != ".csv":
        raise ValueError(f"The output must be a .csv file, not {args.output.name!r}.")
    plan = HealPlan(
        tuple(args.share),
        tuple(range(args.first_seed, args.first_seed + args.seeds)),
        args.epochs,
        args.lr,
        args.batch,
        args.divisor,
        tuple(args.lock),
        not args.norms,
    )
    weights = named_weights(args.weights, args.entry)
    arch = network_from(args, weights)
    if isinstance(weights, str):
        download(arch.key, weights)
    expected = loaded_with_its_classes(arch, weights).trained_weights.preprocessing
    data = read_data_set(args.data, arch.input_size, args.folder, expected)
    data = replace(data, train=data.train[: args.pictures], test=data.test[: args.test_pictures])
    log = args.output.with_suffix(".log.jsonl")
    try:
        result = prune_and_heal(arch, weights, data, plan, log, _Printed(), _Networks(args.output).write)
    except (KeyboardInterrupt, Cancelled):
        print(f"Stopped. The same command continues from {log}.", file=sys.stderr)
        return 130
    for ending, text in ((".csv", heal_csv(result)), (".json", heal_json(result)), (".svg", heal_svg(result))):
        written(args.output.with_suffix(ending), text)
    whole = result.whole
    print(f"{arch.about.title}, {result.macs:,} MACs: {whole.accuracy:.2%} of {whole.count:,} test pictures")
    print(f"Filters judged by {result.importance}; mean and standard deviation of {len(plan.seeds)} seeds.\n")
    print(columns(list(heal_rows(result)), 1))
    return 0


@dataclass(frozen=True)
class _Networks:
    """Writes the first network of each method and share beside the output, as soon as it is trained."""

    output: Path

    def write(self, result: HealResult, network: Finished | None) -> None:
        """The weights and their card, as ``train`` writes them."""
        from ..backend.training.record import weights_file, written

        trial = result.trials[-1]
        if network is None or trial.seed != result.trials[0].seed:
            return
        file = self.output.with_suffix(f".{trial.method}-{100 * trial.share:g}.safetensors")
        written(file, weights_file(network.trained))
        written(file.with_suffix(".json"), network.card)


class _Printed(Progress):
    """Says on stderr what is under way, once for each network."""

    def report(self, fraction: float, doing: str) -> None:
        if doing != self.doing:
            print(f"{fraction:4.0%}  {doing}", file=sys.stderr)
        super().report(fraction, doing)


COMMAND = Command("shrink a trained network, train it on, and compare with training from scratch", _add_options, _run)
