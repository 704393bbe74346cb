"""Sensitivity: what a few more filters would cost in each layer."""

from __future__ import annotations

from typing import Literal, cast

import streamlit as st

from ...backend.charts.costs import sensitivity_bars
from ...backend.tables.sensitivity import Sensitivity, sensitivity
from ..components.figures_table import (
    NOTHING,
    FigureCell,
    FigureColumn,
    FigureRow,
    figures_table,
    share,
    whole,
    words,
)
from ..kit.controls import remembered, remembered_choice
from ..kit.terms import caption
from .context import CostsContext, plot, selection_note

SENSITIVITY_METRICS = {"params": "Parameters", "macs": "MACs"}
ADDED_FILTERS = (1, 8, 16, 32, 64)


def show(context: CostsContext) -> None:
    """Render the tab."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = remembered_choice("Show", SENSITIVITY_METRICS, "sensitivity_metric", "params")
        step = st.selectbox(
            "More filters",
            ADDED_FILTERS,
            index=ADDED_FILTERS.index(remembered("sensitivity_step", ADDED_FILTERS, 8)),
            key="sensitivity_step",
            width=140,
            persist_state="session",
            help="How many filters are added, to one layer at a time",
        )
    entries = sensitivity(context.analysis, int(step))
    published = sensitivity(context.published, int(step)) if context.published else ()
    figure = sensitivity_bars(context.analysis, entries, cast(Literal["params", "macs"], metric), published)
    plot(context, figure, "places")
    caption(
        "Each number includes the layers that follow: a wider branch also widens the input of what reads it, up to the"
        " next layer with a width of its own. In a repeated block, every copy gets the filters. Parameters and MACs are"
        " without auxiliary heads."
    )
    _table(context, entries)
    selection_note(context.state)


def _table(context: CostsContext, entries: tuple[Sensitivity, ...]) -> None:
    columns = [
        FigureColumn("Filters", help="As many as there are now"),
        FigureColumn("Parameters +", help="Trainable parameters added, and their share of all"),
        FigureColumn("of all", "small"),
        FigureColumn("MACs +", help="Multiply-accumulates added, for one picture, and their share of all"),
        FigureColumn("of all", "small"),
        FigureColumn("Heads +", "extra", "Parameters added in auxiliary heads"),
        FigureColumn("Not possible because", "words"),
    ]
    shown = len(columns) if any(entry.problem for entry in entries) else len(columns) - 1
    figures_table(
        "Layer",
        columns[:shown],
        [FigureRow(e.path, e.path, e.problem, _cells(context, e)[:shown]) for e in entries],
        key="sensitivity",
        selected=context.state.selected,
        on_select=context.state.select,
    )


def _cells(context: CostsContext, entry: Sensitivity) -> tuple[FigureCell, ...]:
    filters = whole(entry.width)
    if entry.problem:
        return filters, *[NOTHING] * 5, words(entry.problem)
    params, macs = context.analysis.params or 1, context.analysis.macs or 1
    return (
        filters,
        whole(entry.params),
        share(entry.params / params),
        whole(entry.macs),
        share(entry.macs / macs),
        whole(entry.aux_params),
        words(""),
    )
