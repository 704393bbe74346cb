"""The command line: everything the page does to a network, without the page.

Bad arguments end with one sentence on stderr and exit code 2.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

from inception_models import __version__
from inception_models.arch.refusal import remedies_of

from .backend.common.text import one_line
from .commands import Command, program

COMMANDS = (  # in the order of --help; each is a file of that name in commands/
    "serve",
    "summary",
    "inspect",
    "diagram",
    "compare",
    "fit",
    "activations",
    "train",
    "export",
    "code",
    "table",
)


class Parser(argparse.ArgumentParser):
    """argparse, with its complaint as one sentence instead of a page of usage, and a guess at what was meant."""

    def parse_known_args(  # type: ignore[override]  # of its overloads, the one that is called
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Look for misspelt options first: argparse would say what is missing for want of them."""
        for word in self._own(args or ()):
            near = get_close_matches(word, self._option_string_actions, n=1)
            if near and not any(option.startswith(word) for option in self._option_string_actions):
                self.error(f"There is no option {word}; did you mean {near[0]}?")
        return super().parse_known_args(args, namespace)

    def _own(self, words: Sequence[str]) -> Iterator[str]:
        """The names of long options among ``words``, up to the name of a command."""
        for word in words:
            if word == "--" or (self._subparsers and not word.startswith("-")):
                return
            if re.fullmatch(r"--?[a-z][\w-]+(=.*)?", word, re.DOTALL) and word[:2] not in self._option_string_actions:
                yield word.partition("=")[0]

    def error(self, message: str) -> NoReturn:
        sentence = one_line(_with_a_guess(message[:1].upper() + message[1:]))
        raise ValueError(
            f"{sentence if sentence.endswith(('.', '?', '…')) else f'{sentence}.'} See {self.prog} --help."
        )


def _with_a_guess(message: str) -> str:
    """argparse's complaint about a word that is not one of a few, with the one of them that was meant."""
    word = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
    near = get_close_matches(word[1], re.findall(r"[\w-]+", word[2]), n=1) if word else []
    return f"{message}; did you mean {near[0]}?" if near else message


def installed() -> int:
    """The program ``inception-explorer``: what :func:`main` does, and without arguments it serves the page."""
    return main(sys.argv[1:] or ["serve"])


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a path may hold what the terminal's encoding does not
    try:
        try:
            args = _parser().parse_args(_with_values(sys.argv[1:] if argv is None else argv))
            return _command(args.command).run(args)
        finally:
            if sys.stdout is not None:  # as it is where a shell closed it
                sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        _write_no_more()
        return 0
    except (ValueError, OSError) as problem:
        print(complaint(problem), file=sys.stderr)
        _write_no_more()
        return 2


def _with_values(words: Sequence[str]) -> Sequence[str]:
    """``words``, unless an option's value is ``--``: argparse would hand on an empty list in its place."""
    for word in words:
        if re.fullmatch(r"--[^=]+=--|-[a-z]--", word):
            raise ValueError(f"{word.removesuffix('--').rstrip('=')} takes a value, and -- is not one.")
    return words


def _write_no_more() -> None:
    """Let Python's last flush, of what could not be written, complain no second time."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complaint(problem: ValueError | OSError) -> str:
    """One sentence for a person: what is wrong, and the options that would help."""
    if isinstance(problem, OSError) and problem.strerror:
        reason = f"{problem.strerror[:1].lower()}{problem.strerror[1:]}"
        return one_line(f"{problem.filename or 'The output'} could not be read or written: {reason}.")
    options = (
        [remedy.option for remedy in remedies_of(problem) if remedy.option] if isinstance(problem, ValueError) else []
    )
    sentence = one_line(str(problem))
    return f"{sentence.rstrip('.')}: use {' or '.join(options)}." if options else sentence


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
