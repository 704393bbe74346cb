"""Tables of the page Compare: a row for each fact or stage, a column for each network in its colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...backend.charts.choices import COLOURS
from ...backend.common.text import html_text


@dataclass(frozen=True)
class ComparedRow:
    """``heading``: an element ``th``. ``cells``: one for each network, (HTML, its explanation on hover)."""

    heading: str
    cells: Sequence[tuple[str, str]]
    differs: bool = False


def compared_table(first: str, names: Sequence[str], rows: Iterable[ComparedRow], css: str) -> str:
    """The table as HTML. One that is too wide scrolls by itself, and the first column stays; on a phone each row is a
    card with a line for each network (compare.css).
    """
    networks = list(zip(map(html_text, names), COLOURS, strict=False))
    head = "".join(
        f'<th scope="col" title="{name}"><span class="compare-mark" style="--mark:{colour}">{name}</span></th>'
        for name, colour in networks
    )
    body = "".join(
        f"<tr{' class=differs' if row.differs else ''}>{row.heading}{_cells(row, networks)}</tr>" for row in rows
    )
    return (
        f'<div class="compare-table {css}" tabindex="0"><table><thead><tr><th>{first}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cells(row: ComparedRow, networks: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<td title="{words}" data-of="{name}" style="--mark:{colour}"><span>{html}</span></td>'
        for (html, words), (name, colour) in zip(row.cells, networks, strict=False)
    )
