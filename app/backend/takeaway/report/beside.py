"""The section of a report about other networks: totals side by side, and what differs in words and in a diagram."""

from __future__ import annotations

from collections.abc import Sequence

from ...analysis.network import Analysis
from ...common.quantity import exact
from ...decide.comparing.compare import Comparable, compare
from ...decide.comparing.comparison import Comparison, PartDifference
from ...decide.comparing.difference_diagram import draw_differences
from ...decide.comparing.notebook import total_rows
from ...diagram.svg import svg_text
from .markup import Markup, element, inlined, table

OtherNetwork = tuple[str, Comparable]
"""A network, and what it is called."""


def beside_section(analysis: Analysis, others: Sequence[OtherNetwork]) -> Markup:
    """This network beside one to five ``others``; ValueError for more."""
    (_, first), *rest = others
    names = ("this network", *(name for name, _ in others))
    comparison = compare(analysis, first, *(network for _, network in rest), names=names)
    return element(
        "section",
        element("h2", "Beside other networks"),
        element("p", "Differences are from this network."),
        table(("of one picture", *names), total_rows(comparison)),
        *(_difference(comparison, number) for number in range(1, len(names))),
    )


def _difference(comparison: Comparison, number: int) -> Markup:
    """What differs in one of the others, which a click opens."""
    difference = comparison.differences[number - 1]
    drawing = draw_differences(comparison, number)
    sentences = [*difference.sentences, *(_words(part) for part in difference.parts if part.fate != "follows")]
    return element(
        "details",
        element(
            "summary", f"{comparison.names[number]}: {len(sentences)} difference{'' if len(sentences) == 1 else 's'}"
        ),
        element("ul", *(element("li", sentence) for sentence in sentences)),
        inlined(svg_text(drawing, drawing.paper)),
    )


def _words(part: PartDifference) -> str:
    changes = [
        f"{'+' if n > 0 else ''}{exact(n, unit)}" for n, unit in ((part.macs, "MACs"), (part.params, "parameters")) if n
    ]
    return "; ".join(part.sentences) + (f" ({', '.join(changes)})" if changes else "")
