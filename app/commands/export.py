"""``export``: a network's weights, as published, carried over or one's own, alone or with the network, as a file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from inception_models.checkpoints.key_names import LIBRARIES, OURS

from . import Command, add_output
from .network_options import add_network, network_from
from .weights_options import add_preprocessing, add_weights, download, named_weights, with_preprocessing


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    add_weights(parser)
    add_output(
        parser,
        "FILE.safetensors or .pth: the weights; .onnx or .pt2: the network, which runs without this program",
        required=True,
    )
    parser.add_argument(
        "--layout",
        choices=LIBRARIES,
        default=OURS,
        help="whose names the weights get, where the network is still one of that library's",
    )
    add_preprocessing(parser)


def _run(args: Namespace) -> int:
    from inception_models.weights import loaded

    from ..backend.takeaway.exchange import ENDINGS, weights_or_network
    from ..backend.training.record import written

    if args.output.suffix not in ENDINGS:
        raise ValueError(f"The output must be a {', '.join(ENDINGS)} file, not {args.output.name!r}.")
    weights = named_weights(args.weights, args.entry)
    arch = network_from(args, weights)
    weights = with_preprocessing(weights, arch, args)
    if isinstance(weights, str):
        download(arch.key, weights)
    result = loaded(arch, weights)
    print(written(args.output, weights_or_network(result, args.output.suffix, args.layout)))
    carried = [f"{change.path}: {change.text}" for change in result.changes if change.kind != "kept"]
    for sentence in (*result.report, *carried):
        print(sentence, file=sys.stderr)
    return 0


COMMAND = Command("write a network's weights, or the network with them, as a file", _add_options, _run)
