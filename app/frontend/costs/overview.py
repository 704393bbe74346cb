"""Overview: every stage's cost by branch, and what each kind of branch takes of the whole."""

from __future__ import annotations

import streamlit as st

from ...backend.charts.branches import CostMetric, branch_shares, stage_bars
from ..shell.controls import remembered
from .context import CostsContext, plot, selection_note

OVERVIEW_METRICS: dict[CostMetric, str] = {"params": "Parameters", "macs": "MACs", "memory": "Activations"}


def show(context: CostsContext) -> None:
    """Render the tab."""
    metric = st.segmented_control(
        "Show",
        list(OVERVIEW_METRICS),
        default=remembered("metric", OVERVIEW_METRICS, "params"),
        format_func=OVERVIEW_METRICS.__getitem__,
        key="metric",
        required=True,
        persist_state="session",
        help="Parameters are stored, MACs are computed (2 FLOPs each), and activations are what the layers write.",
    )
    st.subheader("By stage and branch")
    plot(context, stage_bars(context.analysis, metric, context.batch_bytes, context.state.selected_stage), "bars")
    if metric == "memory":
        st.caption(f"Bytes for {context.of_batch}.")
    selection_note(context.state)
    st.subheader("By kind of branch")
    st.plotly_chart(branch_shares(context.analysis), key="shares", config={"displaylogo": False})
