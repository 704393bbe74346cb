"""Stages: every stage beside its partners in the other networks, with its output and costs."""

from __future__ import annotations

from itertools import pairwise

import streamlit as st

from ...backend.common.quantity import exact, shape_text, short
from ...backend.common.text import html_text
from ...backend.decide.comparing.stage_parts import StageSide
from ..kit.terms import caption
from .context import CompareContext
from .table import ComparedRow, compared_table


def show(context: CompareContext) -> None:
    """Render the tab."""
    st.html(compared_table("Stage", context.names, map(_row, context.comparison.rows), "compare-rows"))
    caption(
        "Output, MACs and parameters; bold where they differ. Stages are matched by name and, where names differ, by"
        " the longest common sequence of blocks of one kind. – means that a network has no such stage."
    )


def _row(sides: tuple[StageSide | None, ...]) -> ComparedRow:
    names = " | ".join(dict.fromkeys(side.name for side in sides if side is not None))
    facts = [None if side is None else (side.out_shape, side.macs, side.params) for side in sides]
    differs = any(a != b for a, b in pairwise(facts))
    return ComparedRow(f"<th>{html_text(names)}</th>", [_cell(side) for side in sides], differs)


def _cell(side: StageSide | None) -> tuple[str, str]:
    if side is None:
        return "–", ""
    words = html_text(f"{side.name}: {side.words}. {exact(side.macs, 'MACs')}, {exact(side.params, 'parameters')}")
    costs = f"{short(side.macs)} · {short(side.params)}" if side.macs or side.params else "no cost"
    return f"{shape_text(side.out_shape)}<small>{costs}</small>", words
