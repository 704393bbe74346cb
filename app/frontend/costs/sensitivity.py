"""Sensitivity: what a few more filters would cost in each layer."""

from __future__ import annotations

from typing import Literal, cast

import pandas as pd
import streamlit as st

from ...backend.charts.costs import sensitivity_bars
from ...backend.tables.sensitivity import Sensitivity, sensitivity
from ..kit.controls import remembered, remembered_choice
from ..kit.terms import caption
from ..state import State
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
    frame = _frame(context, entries)
    st.dataframe(
        frame,
        hide_index=True,
        key="sensitivity",
        on_select=lambda: _select(context.state, entries),
        selection_mode="single-row",
        placeholder="–",
        column_config={
            "path": st.column_config.TextColumn("Layer", help="Path of the layer; click a row to select it"),
            "width": st.column_config.NumberColumn("Filters now", format="localized"),
            "params": st.column_config.NumberColumn(
                "Parameters +", format="localized", help="Trainable parameters added"
            ),
            "params_percent": st.column_config.NumberColumn("of all", format="percent"),
            "macs": st.column_config.NumberColumn(
                "MACs +", format="localized", help="Multiply-accumulates added, for one picture"
            ),
            "macs_percent": st.column_config.NumberColumn("of all", format="percent"),
            "aux": st.column_config.NumberColumn(
                "Heads +", format="localized", help="Parameters added in auxiliary heads"
            ),
            "problem": st.column_config.TextColumn("Not possible because"),
        },
    )


def _frame(context: CostsContext, entries: tuple[Sensitivity, ...]) -> pd.DataFrame:
    params, macs = context.analysis.params or 1, context.analysis.macs or 1
    frame = pd.DataFrame(
        {
            "path": [e.path for e in entries],
            "width": [e.width for e in entries],
            "params": [None if e.problem else e.params for e in entries],
            "params_percent": [None if e.problem else e.params / params for e in entries],
            "macs": [None if e.problem else e.macs for e in entries],
            "macs_percent": [None if e.problem else e.macs / macs for e in entries],
        }
    )
    if context.analysis.aux:
        frame["aux"] = [None if e.problem else e.aux_params for e in entries]
    if any(e.problem for e in entries):
        frame["problem"] = [e.problem for e in entries]
    return frame


def _select(state: State, entries: tuple[Sensitivity, ...]) -> None:
    for row in st.session_state.sensitivity["selection"]["rows"]:
        if row < len(entries):
            state.select(entries[row].path)
