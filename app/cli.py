"""The command line: everything the page does to a network, without the page.

Bad arguments end with one sentence on stderr and exit code 2.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from inception_models import __version__

from .commands import Command, program

COMMANDS = (  # in the order of --help; each is a file of that name in commands/
    "serve",
    "summary",
    "inspect",
    "diagram",
    "activations",
    "train",
    "export",
)


class Parser(argparse.ArgumentParser):
    """argparse, with its complaint as one sentence instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        self.exit(2, f"{sentence.rstrip('.')}. See {self.prog} --help.\n")


def installed() -> int:
    """The program ``inception-explorer``: what :func:`main` does, and without arguments it serves the page."""
    return main(sys.argv[1:] or ["serve"])


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        try:
            args = _parser().parse_args(argv)
            return _command(args.command).run(args)
        finally:
            if sys.stdout is not None:  # as it is where a shell closed it
                sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python's last flush would complain
        return 0
    except (ValueError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _parser() -> Parser:
    parser = Parser(
        prog=" ".join(program()), description="Inception Explorer: look at, edit and run Inception networks."
    )
    parser.add_argument("--version", action="version", version=f"Inception Explorer {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command", parser_class=Parser)
    for name in COMMANDS:
        command = _command(name)
        description = f"{command.meaning[:1].upper()}{command.meaning[1:]}."
        command.add_options(commands.add_parser(name, help=command.meaning, description=description))
    return parser


def _command(name: str) -> Command:
    command: Command = import_module(f".commands.{name}", __package__).COMMAND
    return command
