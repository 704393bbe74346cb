"""Costs: where the parameters and the MACs sit."""

from __future__ import annotations

from typing import cast

import streamlit as st

from ...backend import analyze, plots
from .. import header, sidebar
from ..state import State, current, write_link


def page() -> None:
    """Render the page."""
    state = current()
    sidebar.show(state)
    write_link(state)
    analysis = analyze(state.arch)
    header.show(state, analysis, analyze(state.original))
    st.subheader("By stage and branch")
    metric = st.segmented_control(
        "Show",
        ["params", "macs"],
        default="params",
        format_func={"params": "Parameters", "macs": "MACs"}.__getitem__,
        key="metric",
        required=True,
    )
    picked = st.plotly_chart(
        plots.stage_bars(analysis, cast(plots.Metric, metric)), key="bars", on_select="rerun", selection_mode="points"
    )
    _select(state, picked)
    st.caption("Click a bar to select its stage on the Explore page.")
    st.subheader("By kind of branch")
    st.plotly_chart(plots.branch_shares(analysis), key="shares")


def _select(state: State, picked: object) -> None:
    points = picked["selection"]["points"] if isinstance(picked, dict) else []
    names = {stage.name for stage in state.arch.stages}
    for point in points:
        if point.get("x") in names:
            state.select(point["x"])
