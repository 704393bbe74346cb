"""Overview: every stage's cost by branch, and what each kind of branch takes of the whole."""

from __future__ import annotations

import streamlit as st

from ...backend.charts import branches as plots
from .context import View, plot, selection_note

METRICS: dict[plots.Metric, str] = {"params": "Parameters", "macs": "MACs", "memory": "Activations"}


def show(view: View) -> None:
    """Render the tab."""
    metric = st.segmented_control(
        "Show",
        list(METRICS),
        default="params",
        format_func=METRICS.__getitem__,
        key="metric",
        required=True,
        persist_state="session",
        help="Parameters are stored, MACs are computed (2 FLOPs each), activations are what the layers write.",
    )
    st.subheader("By stage and branch")
    plot(view, plots.stage_bars(view.analysis, metric, view.scale, view.state.selected_stage), "bars")
    if metric == "memory":
        st.caption(f"Bytes for {view.of_batch}.")
    selection_note(view.state)
    st.subheader("By kind of branch")
    st.plotly_chart(plots.branch_shares(view.analysis), key="shares", config={"displaylogo": False})
