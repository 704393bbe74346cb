"""The editable "Table 1" of a network, as a Streamlit component: every filter count is a text field.

The browser keeps what is being typed and sends raw text. Python decides what is valid, and the next run shows either
the new width or the error beside what was typed. ``st.data_editor`` is not used: it draws on a canvas, cannot mark a
changed cell, and clamps bad input without a word.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ..shared.component import Component
from ..shared.events import handled, new_events

_MAX_TYPED = 200  # characters; longer text is cut before anything looks at it


@dataclass(frozen=True)
class WidthCell:
    """A number that can be edited. With an ``error``, ``typed`` stays in the field and ``width`` is the last valid."""

    path: str
    width: int
    original: int | None  # None: nothing to compare with, so never marked as changed
    low: int
    high: int
    error: str | None = None
    typed: str | None = None


@dataclass(frozen=True)
class TextCell:
    """A computed value. ``share`` (0 to 1) is the length of the bar under it; ``better`` colours the ``delta``."""

    text: str
    exact: str | None = None
    share: float | None = None
    delta: str | None = None
    better: bool | None = None


@dataclass(frozen=True)
class Column:
    """A column. Neighbours with the same ``group`` share a header; ``noun`` starts the spoken name of each field."""

    key: str
    label: str
    hint: str = ""
    color: str | None = None
    reduction: bool = False
    group: str | None = None
    noun: str = "filters"


@dataclass(frozen=True)
class Row:
    """A line of the table. A column without an entry in ``cells`` stays empty."""

    path: str
    label: str
    cells: Mapping[str, WidthCell | TextCell]
    kind: Literal["stage", "stem", "head", "pool"] = "stage"


@dataclass(frozen=True)
class RowGroup:
    """Neighbouring rows with ``columns`` of their own. Groups with one ``title`` belong together."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """Groups of rows under one another. ``computed``: the columns on the right, which all of them have."""

    title: str
    groups: tuple[RowGroup, ...]
    computed: tuple[Column, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all groups."""
        return tuple(row for group in self.groups for row in group.rows)


_component = Component(__file__, "width_table", "table.js", style="table.css")


def width_table(
    table: Table,
    *,
    selected: str | None,
    key: str,
    on_edit: Callable[[Mapping[str, str]], None],
    on_reset: Callable[[tuple[str, ...]], None],
    on_select: Callable[[str], None],
    height_px: int | None = None,
) -> None:
    """Show ``table``.

    The callbacks run before the next script run, once for each thing the person did. ``on_edit`` gets {path: text as
    typed}: one entry for a field, several for a pasted block, none validated. ``on_reset`` gets the paths to put back
    to their originals and to clear of errors. ``on_select`` gets a row's path. All paths are ones that were shown.
    The columns' names stay in sight: in the page, or with ``height_px`` in a table that scrolls. A width's path must be
    unique.
    """
    _component(
        key=key,
        data={
            "table": _table_data(table),
            "selected": selected,
            "height": height_px,
            "handled": handled(key),
        },
        on_events_change=partial(_dispatch, key, _Shown.of(table), on_edit, on_reset, on_select),
    )


@dataclass(frozen=True)
class _Shown:
    """Paths on the page; whatever else a browser sends is dropped."""

    widths: frozenset[str]
    rows: frozenset[str]

    @staticmethod
    def of(table: Table) -> "_Shown":
        rows = table.rows
        cells = (cell for row in rows for cell in row.cells.values())
        return _Shown(
            frozenset(cell.path for cell in cells if isinstance(cell, WidthCell)), frozenset(row.path for row in rows)
        )


def _table_data(table: Table) -> dict[str, object]:
    # vars, not asdict: a deep copy of 240 cells costs several milliseconds a rerun.
    def rows(group: RowGroup) -> list[dict[str, object]]:
        return [{**vars(row), "cells": {key: vars(cell) for key, cell in row.cells.items()}} for row in group.rows]

    return {
        "title": table.title,
        "groups": [
            {"title": group.title, "columns": [vars(column) for column in group.columns], "rows": rows(group)}
            for group in table.groups
        ],
        "computed": [vars(column) for column in table.computed],
    }


def _dispatch(
    key: str,
    shown: _Shown,
    on_edit: Callable[[Mapping[str, str]], None],
    on_reset: Callable[[tuple[str, ...]], None],
    on_select: Callable[[str], None],
) -> None:
    for event in new_events(key):
        match event:
            case {"typed": dict() as typed}:
                if known := {path: str(text)[:_MAX_TYPED] for path, text in typed.items() if path in shown.widths}:
                    on_edit(known)
            case {"reset": list() as paths}:
                if known_paths := tuple(path for path in paths if isinstance(path, str) and path in shown.widths):
                    on_reset(known_paths)
            case {"select": str() as path} if path in shown.rows:
                on_select(path)
