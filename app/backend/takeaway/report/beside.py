"""The section of a report about other networks: totals side by side, and what differs in words and in a diagram."""

from __future__ import annotations

from collections.abc import Sequence

from ...analysis.network import Analysis
from ...common.colours import THEMES
from ...common.quantity import exact, percent_change, shape_text
from ...decide.comparing.compare import Comparable, compare
from ...decide.comparing.comparison import COMPARED, Comparison, PartDifference
from ...decide.comparing.difference_diagram import draw_differences
from ...diagram.svg import svg_text
from .markup import Markup, element, inlined, table

NamedNetwork = tuple[str, Comparable]
"""A network, and what it is called."""


def beside_section(analysis: Analysis, others: Sequence[NamedNetwork]) -> Markup:
    """This network beside one to five ``others``; ValueError for more."""
    (_, first), *rest = others
    names = ("this network", *(name for name, _ in others))
    comparison = compare(analysis, first, *(network for _, network in rest), names=names)
    return element(
        "section",
        element("h2", "Beside other networks"),
        element("p", "Differences are from this network."),
        table(("of one picture", *names), _totals(comparison)),
        *(_difference(comparison, number) for number in range(1, len(names))),
    )


def _totals(comparison: Comparison) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("input", *map(shape_text, comparison.in_shapes))]
    for total, words in COMPARED.items():
        number = comparison.number(total)
        rows.append((words, *(_count(value, number.a) for value in number.values)))
    return rows


def _count(value: int | None, first: int | None) -> str:
    if value is None or first is None or value == first:
        return "–" if value is None else exact(value)
    return f"{exact(value)} ({percent_change(value, first)})"


def _difference(comparison: Comparison, number: int) -> Markup:
    """What differs in one of the others, which a click opens."""
    difference = comparison.differences[number - 1]
    sentences = [*difference.sentences, *(_words(part) for part in difference.parts if part.fate != "follows")]
    return element(
        "details",
        element(
            "summary", f"{comparison.names[number]}: {len(sentences)} difference{'' if len(sentences) == 1 else 's'}"
        ),
        element("ul", *(element("li", sentence) for sentence in sentences)),
        inlined(svg_text(draw_differences(comparison, number), THEMES["light"].paper)),
    )


def _words(part: PartDifference) -> str:
    changes = [
        f"{'+' if n > 0 else ''}{exact(n, unit)}" for n, unit in ((part.macs, "MACs"), (part.params, "parameters")) if n
    ]
    return "; ".join(part.sentences) + (f" ({', '.join(changes)})" if changes else "")
