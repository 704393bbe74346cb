"""``compare``: two to six networks side by side, and what differs between them."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import Command, add_output
from .named_networks import FORMS, named_network
from .text_table import columns

if TYPE_CHECKING:
    from ..backend.decide.comparing.comparison import Comparison, NetworkDifference, PartDifference


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("first", metavar="A", help=f"a network: {FORMS}")
    parser.add_argument("others", metavar="B", nargs="+", help="one to five more; differences are from A")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_output(parser, "draw what differs between A and B: FILE.svg, .pdf or .png")


def _run(args: Namespace) -> int:
    from ..backend.decide.comparing.as_json import comparison_of
    from ..backend.decide.comparing.compare import compare

    networks = [named_network(text) for text in (args.first, *args.others)]
    first, second, *others = (network.analysis for network in networks)
    comparison = compare(first, second, *others, names=[network.name for network in networks])
    if args.output is not None:
        _draw(comparison, args.output)
    print(json.dumps(comparison_of(comparison), indent=2) if args.json else _text(comparison))
    return 0


def _draw(comparison: Comparison, output: Path) -> None:
    from ..backend.decide.comparing.difference_diagram import FORMATS, differences_as_file

    ending = output.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise ValueError(f"A diagram is written as .svg, .pdf or .png, not as {output.suffix or 'a file without one'}.")
    if len(comparison.names) > 2:
        raise ValueError(f"A diagram shows the differences of two networks, and {len(comparison.names)} are named.")
    output.write_bytes(differences_as_file(comparison, ending))


def _text(comparison: Comparison) -> str:
    letters = [chr(ord("A") + number) for number in range(len(comparison.names))]
    blocks = ["\n".join(f"{letter}: {name}" for letter, name in zip(letters, comparison.names, strict=True))]
    blocks.append(_totals(comparison, letters))
    for letter, difference in zip(letters[1:], comparison.differences, strict=True):
        blocks.append(f"From A to {letter}:\n{_differences(difference)}")
    blocks.append(_stages(comparison, letters))
    return "\n\n".join(blocks)


def _totals(comparison: Comparison, letters: Sequence[str]) -> str:
    from ..backend.decide.comparing.comparison import COMPARED

    shapes = [" x ".join(map(str, shape)) for shape in comparison.in_shapes]
    rows = [("", *letters), ("input", *shapes)]
    for name, words in COMPARED.items():
        rows.append((words, *("–" if value is None else f"{value:,}" for value in comparison.number(name).values)))
    if len(letters) == 2:
        numbers = [comparison.number(name) for name in COMPARED]
        extra = ("difference", "", *(_change(number.a, number.b) for number in numbers))
        rows = [(*row, cell) for row, cell in zip(rows, extra, strict=True)]
    return columns(rows, 1)


def _change(a: int | None, b: int | None) -> str:
    from ..backend.common.quantity import percent_change

    return "" if a is None or b is None else f"{b - a:+,} ({percent_change(b, a)})"


def _differences(difference: NetworkDifference) -> str:
    lines = [f"  {sentence}" for sentence in difference.sentences]
    lines += [f"  {text}" for part in difference.parts for text in _part(part)]
    following = [part for part in difference.parts.following if not part.aux]
    if following:
        macs, params = sum(part.macs for part in following), sum(part.params for part in following)
        count = f"{len(following)} part{'s' if len(following) > 1 else ''}"
        lines.append(f"  {count} the same, reading something else: {macs:+,} MACs, {params:+,} parameters")
    return "\n".join(lines) or "  no difference"


def _part(part: PartDifference) -> Iterator[str]:
    if part.fate != "follows":
        cost = "" if part.macs == part.params == 0 else f" ({part.macs:+,} MACs, {part.params:+,} parameters)"
        yield "; ".join(part.sentences) + cost


def _stages(comparison: Comparison, letters: Sequence[str]) -> str:
    rows = [("stage", *(f"MACs of {letter}" for letter in letters))]
    for row in comparison.rows:
        names = dict.fromkeys(side.name for side in row if side is not None)
        cells = ["–" if side is None else f"{side.macs:,}" for side in row]
        rows.append((" | ".join(names), *cells))
    return columns(rows, 1)


COMMAND = Command("put two to six networks side by side, and say what differs", _add_options, _run)
