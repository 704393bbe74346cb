"""A table of figures, as a Streamlit component: a click on a heading sorts it, one on a row selects.

On a narrow screen the name of a row and its most important figures are there without moving: words go below the name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ....backend.common.quantity import exact, percent
from ..shared.component import Component
from ..shared.events import handled, take_selection

FigureCell = tuple[str, float | None]
"""What is shown, and what it is sorted by: None goes to the end, or with the text where all are words."""

NOTHING: FigureCell = ("–", None)


@dataclass(frozen=True)
class FigureColumn:
    """``kind``: words and extra figures only have a column where there is room; what is small is beside or below the
    figure before it."""

    label: str
    kind: Literal["figure", "extra", "small", "words"] = "figure"
    help: str = ""


@dataclass(frozen=True)
class FigureRow:
    """``id``: what a click tells. ``about``: below the name where words have no column; of a table in which a row is
    selected, below that one's alone. ``cells``: one for each column."""

    id: str
    name: str
    about: str
    cells: tuple[FigureCell, ...]


_component = Component(__file__, "figures_table", "figures.js", style="figures.css")


def figures_table(
    name: str,
    columns: Sequence[FigureColumn],
    rows: Sequence[FigureRow],
    *,
    key: str,
    selected: str | None = None,
    on_select: Callable[[str], None] | None = None,
) -> None:
    """Show the rows, at first in their order; ``name`` is the heading of their names.

    ``on_select`` gets the id of the row that was clicked, before the next script run.
    """
    data = {
        "name": name,
        "columns": [vars(column) for column in columns],
        "rows": [[row.id, row.name, row.about, row.cells] for row in rows],
        "selected": selected,
        "selectable": on_select is not None,
        "handled": handled(key),
    }
    ids = frozenset(row.id for row in rows)
    _component(key=key, data=data, on_events_change=partial(take_selection, key, ids, on_select) if on_select else None)


def whole(number: int | None) -> FigureCell:
    """Every digit of a number."""
    return NOTHING if number is None else (exact(number), number)


def signed(number: int | None) -> FigureCell:
    """A difference with every digit and its sign."""
    return NOTHING if number is None else (f"{'+' if number > 0 else ''}{exact(number)}", number)


def share(part: float | None) -> FigureCell:
    """A part of 1, as a percentage."""
    return NOTHING if part is None else (percent(part, 1), part)


def words(text: str) -> FigureCell:
    """Sorted by the alphabet."""
    return text, None
