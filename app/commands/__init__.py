"""The commands of the command line, one a file: each has a ``COMMAND``, and its name is listed in :mod:`app.cli`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

INSTALLED = "inception-explorer"  # the name that pyproject.toml gives the installed program


@dataclass(frozen=True)
class Command:
    """What ``--help`` says about a command, its options, and what it does."""

    meaning: str
    add_options: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
    """Returns the exit code. A ValueError or OSError is printed as one sentence, with exit code 2."""


def program() -> tuple[str, ...]:
    """The words that started this program: ``inception-explorer``, or ``python -m`` and the package's name."""
    if Path(sys.argv[0]).stem == INSTALLED:
        return (INSTALLED,)
    return ("python", "-m", __name__.partition(".")[0])


def add_output(parser: ArgumentParser, meaning: str, required: bool = False) -> None:
    """Give ``parser`` the option ``-o FILE``."""
    parser.add_argument("-o", "--output", type=Path, required=required, metavar="FILE", help=meaning)
