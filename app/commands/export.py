"""``export``: the weights of a network, as published, carried over to an edited one or one's own, as a file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from . import Command
from .network_options import add_network, network_from
from .weights_options import add_preprocessing, add_weights, download, named_weights, with_preprocessing


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    add_weights(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="FILE.safetensors")
    add_preprocessing(parser)


def _run(args: Namespace) -> int:
    from inception_models.weights import loaded, safetensors_with_card

    from ..backend.training.record import written

    if args.output.suffix != ".safetensors":
        raise ValueError(f"The output must be a .safetensors file, not {args.output.name!r}.")
    weights = named_weights(args.weights, args.entry)
    arch = network_from(args, weights)
    weights = with_preprocessing(weights, arch, args)
    if isinstance(weights, str):
        download(arch.key, weights)
    result = loaded(arch, weights)
    print(written(args.output, safetensors_with_card(result)))
    carried = [f"{change.path}: {change.text}" for change in result.changes if change.kind != "kept"]
    for sentence in (*result.report, *carried):
        print(sentence, file=sys.stderr)
    return 0


COMMAND = Command("write a network's weights as a file that opens again as that network", _add_options, _run)
