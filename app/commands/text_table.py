"""Rows of text in aligned columns, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from ..backend.common.text import visible


def columns(rows: Sequence[tuple[str, ...]], words: int) -> str:
    """Rows of cells; the first ``words`` columns are text, the others numbers."""
    rows = [tuple(map(visible, row)) for row in rows]  # some names are from a person's file
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:{'<' if i < words else '>'}{wide[i]}}" for i, cell in enumerate(row)).rstrip() for row in rows
    )
