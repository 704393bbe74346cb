"""``code``: a network as a file of source code that needs nothing but its framework."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from inception_models.codegen import FRAMEWORKS, source

from . import Command, add_output
from .network_options import add_network, add_network_file, network_or_file_s


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    add_network_file(parser)
    parser.add_argument("--framework", choices=FRAMEWORKS, default="torch", help="PyTorch (default) or Keras 3")
    add_output(parser, "FILE.py; otherwise the code is printed")
    parser.add_argument(
        "--check", action="store_true", help="run the code beside the network and say how far their outputs differ"
    )


def _run(args: Namespace) -> int:
    arch = network_or_file_s(args)
    if args.output is not None and args.output.suffix != ".py":
        raise ValueError(f"The output must be a .py file, not {args.output.name!r}.")
    text = source(arch, args.framework)
    if args.output is None:
        print(text, end="")
    else:
        args.output.write_text(text, encoding="utf-8")
    if args.check:
        from ..backend.takeaway.code_check import checked_code

        print(checked_code(arch, args.framework).sentence, file=sys.stderr)
    return 0


COMMAND = Command("write a network as source code, for PyTorch or Keras", _add_options, _run)
