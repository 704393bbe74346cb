"""Tables of the page Compare: a row for each fact or stage, a column for each network in its colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...backend.charts.choices import COLOURS
from ...backend.common.text import html_text


def heading(first: str, names: Sequence[str]) -> str:
    """A row with the networks' names and colours."""
    cells = "".join(
        f'<th scope="col" title="{name}"><span class="compare-mark" style="--mark:{colour}">{name}</span></th>'
        for name, colour in zip(map(html_text, names), COLOURS, strict=False)
    )
    return f"<tr><th>{first}</th>{cells}</tr>"


def scrolled(head: str, rows: Iterable[str], name: str) -> str:
    """The table; one that is too wide for the page scrolls by itself, and the first column stays."""
    return (
        f'<div class="compare-table {name}" tabindex="0"><table><thead>{head}</thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
