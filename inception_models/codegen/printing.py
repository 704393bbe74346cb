"""Python code as lines, broken as ruff and black break it: what fits stays on a line, else one argument takes a line.

A broken call ends in a comma, so that either tool leaves it as it is, whatever the length of its lines.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

WIDTH = 88  # characters; ruff's and black's default


@dataclass(frozen=True, slots=True)
class Call:
    """``head(arguments)``; without a head a tuple or list. ``tall``: one argument a line even where they would fit."""

    head: str
    arguments: tuple[str | Call, ...] = ()
    brackets: str | tuple[str, str] = "()"
    tall: bool = False

    def named(self, name: str) -> Call:
        """The call as a keyword argument."""
        return replace(self, head=f"{name}={self.head}")


def call(head: str, *arguments: str | Call | None) -> Call:
    """A call without the arguments that are None."""
    return Call(head, tuple(argument for argument in arguments if argument is not None))


def lines_of(code: str | Call, indent: int, before: str = "", after: str = "") -> Iterator[str]:
    """``code`` as lines, with ``before`` in front of it and ``after`` at its end (a comma, a comment)."""
    margin = " " * indent
    flat = _flat(code)
    if flat is not None and len(line := f"{margin}{before}{flat}{after}") <= WIDTH:
        yield line
        return
    if isinstance(code, str):
        yield f"{margin}{before}{code}{after}"
        return
    yield f"{margin}{before}{code.head}{code.brackets[0]}"
    for argument in code.arguments:
        yield from lines_of(argument, indent + 4, after=",")
    yield f"{margin}{code.brackets[1]}{after}"


def _flat(code: str | Call) -> str | None:
    """``code`` on one line; None where it must not be."""
    if isinstance(code, str):
        return code
    if code.tall:
        return None
    arguments = [_flat(argument) for argument in code.arguments]
    if None in arguments:
        return None
    single = "," if not code.head and code.brackets == "()" and len(arguments) == 1 else ""
    return f"{code.head}{code.brackets[0]}{', '.join(a for a in arguments if a)}{single}{code.brackets[1]}"


def signature(name: str, parameters: Sequence[str], indent: int, result: str = "") -> Iterator[str]:
    """The first line, or lines, of a function."""
    yield from lines_of(Call(f"def {name}", tuple(parameters)), indent, after=f"{result and f' -> {result}'}:")


def docstring(text: str, indent: int) -> Iterator[str]:
    """A docstring; every line of ``text`` is a paragraph, and code where it is indented."""
    lines = [piece for line in text.split("\n") for piece in ([line] if line[:1] == " " else _wrapped(line, indent))]
    margin = " " * indent
    if len(lines) == 1:
        yield f'{margin}"""{lines[0]}"""'
        return
    yield f'{margin}"""{lines[0]}'
    yield from (f"{margin}{line}".rstrip() for line in lines[1:])
    yield f'{margin}"""'


def _wrapped(paragraph: str, indent: int) -> list[str]:
    return textwrap.wrap(paragraph, WIDTH - indent - 6, break_on_hyphens=False, break_long_words=False) or [""]


Terms = tuple[str, ...]
"""Numbers or names that add up to a number of channels."""


def total(terms: Iterable[str]) -> str | Call:
    """The sum of ``terms`` as code: a number where all are."""
    terms = tuple(terms)
    if all(term.isdigit() for term in terms):
        return str(sum(map(int, terms)))
    products = [name if times == 1 else f"{times} * {name}" for name, times in Counter(terms).items()]
    if len(products) <= 3:
        return " + ".join(products)
    return Call("sum", (Call("", tuple(products)),))
