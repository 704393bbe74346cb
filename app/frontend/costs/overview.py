"""Overview: every stage's cost by branch, and what each kind of branch takes of the whole."""

from __future__ import annotations

import streamlit as st

from ...backend.charts.branches import CostMetric, branch_shares, stage_bars
from ..chart import show_chart
from ..kit.controls import remembered_choice
from .context import CostsContext, NumberFormat, choose_format, controls, plot, selection_note

OVERVIEW_METRICS: dict[CostMetric, str] = {"params": "Parameters", "macs": "MACs", "memory": "Activations"}


def show(context: CostsContext) -> None:
    """Render the tab."""
    with controls():
        metric = remembered_choice(
            "Show",
            OVERVIEW_METRICS,
            "metric",
            "params",
            help="Parameters are stored, MACs are computed (2 FLOPs each), and activations are what the layers write.",
        )
        stored = choose_format() if metric == "memory" else NumberFormat()
    st.header("By stage and branch")
    figure = stage_bars(context.analysis, metric, stored.batch_bytes, context.state.selected_stage, context.published)
    plot(context, figure, "bars")
    if metric == "memory":
        st.caption(f"Bytes for {stored.of_batch}.")
    selection_note(context.state)
    st.header("By kind of branch")
    show_chart(branch_shares(context.analysis, context.published), "shares", f"{context.state.arch.key}.shares")
