"""A comparison as tables of words: for a notebook, and its totals for a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inception_models.arch.notebook import html_table

from ...common.quantity import exact, percent_change, shape_text
from .comparison import COMPARED, Comparison


def comparison_html(comparison: Comparison) -> str:
    """The totals side by side, each with its difference from the first network, and what differs in words."""
    totals = html_table(
        f"Differences are from {comparison.names[0]}.", ("", *comparison.names), tuple(total_rows(comparison))
    )
    return totals + "".join(
        html_table(f"From {comparison.names[0]} to {name}", ("part", "what", "parameters", "MACs"), rows)
        for name, rows in zip(comparison.names[1:], _differences(comparison), strict=True)
    )


def total_rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """The input and each total in words: its name, then every network's with its difference from the first."""
    yield "input", *map(shape_text, comparison.in_shapes)
    for total, words in COMPARED.items():
        number = comparison.number(total)
        yield words, *(_beside(value, number.a) for value in number.values)


def _beside(value: int | None, first: int | None) -> str:
    if value is None or first is None or value == first:
        return "–" if value is None else exact(value)
    return f"{exact(value)} ({percent_change(value, first)})"


def _differences(comparison: Comparison) -> Iterator[Sequence[tuple[str, ...]]]:
    for difference in comparison.differences:
        rows = [("", sentence, "", "") for sentence in difference.sentences]
        for part in difference.parts:
            if part.fate != "follows":
                rows.append((part.path, "; ".join(part.sentences), _signed(part.params), _signed(part.macs)))
        yield rows


def _signed(value: int) -> str:
    return f"{'+' if value > 0 else ''}{exact(value)}" if value else ""
