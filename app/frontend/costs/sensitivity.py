"""Sensitivity: what a few more filters would cost in every place."""

from __future__ import annotations

from typing import Literal, cast

import pandas as pd
import streamlit as st

from ...backend.charts import costs as cost_plots
from ...backend.tables.sensitivity import Sensitivity, sensitivity
from ..state import State
from .context import View, plot, selection_note

METRICS = {"params": "Parameters", "macs": "MACs"}
STEPS = (1, 8, 16, 32, 64)


def show(view: View) -> None:
    """Render the tab."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = st.segmented_control(
            "Show",
            list(METRICS),
            default="params",
            format_func=METRICS.__getitem__,
            key="sensitivity_metric",
            required=True,
            persist_state="session",
        )
        step = st.selectbox(
            "More filters",
            STEPS,
            index=STEPS.index(8),
            key="sensitivity_step",
            width=140,
            persist_state="session",
            help="How many filters are added, in one place at a time",
        )
    entries = sensitivity(view.analysis, int(step))
    plot(view, cost_plots.sensitivity_bars(view.analysis, entries, cast(Literal["params", "macs"], metric)), "places")
    st.caption(
        "What follows is included: a wider branch also widens what reads it, up to the next layer with a width of its"
        " own. In a repeated block every copy gets the filters. Parameters and MACs are without auxiliary heads."
    )
    _table(view, entries)
    selection_note(view.state)


def _table(view: View, entries: tuple[Sensitivity, ...]) -> None:
    frame = _frame(view, entries)
    st.dataframe(
        frame,
        hide_index=True,
        key="sensitivity",
        on_select=lambda: _select(view.state, entries),
        selection_mode="single-row",
        placeholder="–",
        column_config={
            "path": st.column_config.TextColumn("Place", help="Path of the layer; click a row to select it"),
            "width": st.column_config.NumberColumn("Filters now", format="localized"),
            "params": st.column_config.NumberColumn(
                "Parameters +", format="localized", help="Trainable parameters added"
            ),
            "params_percent": st.column_config.NumberColumn("of all", format="percent"),
            "macs": st.column_config.NumberColumn(
                "MACs +", format="localized", help="Multiply-accumulates added, one picture"
            ),
            "macs_percent": st.column_config.NumberColumn("of all", format="percent"),
            "aux": st.column_config.NumberColumn(
                "Heads +", format="localized", help="Parameters added in auxiliary heads"
            ),
            "problem": st.column_config.TextColumn("Not possible because"),
        },
    )


def _frame(view: View, entries: tuple[Sensitivity, ...]) -> pd.DataFrame:
    params, macs = view.analysis.params or 1, view.analysis.macs or 1
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
    if view.analysis.aux:
        frame["aux"] = [None if e.problem else e.aux_params for e in entries]
    if any(e.problem for e in entries):
        frame["problem"] = [e.problem for e in entries]
    return frame


def _select(state: State, entries: tuple[Sensitivity, ...]) -> None:
    for row in st.session_state.sensitivity["selection"]["rows"]:
        if row < len(entries):
            state.select(entries[row].path)
