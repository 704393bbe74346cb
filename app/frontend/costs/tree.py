"""Tree: network, stages, copies, branches and ops as nested areas."""

from __future__ import annotations

import streamlit as st

from ...backend.charts import trees as tree_plots
from .. import measured
from .context import View, plot, selection_note

AREAS: dict[tree_plots.TreeMetric, str] = {
    "params": "Parameters",
    "macs": "MACs",
    "memory": "Activations",
    "time": "Time",
}
FORMS: dict[tree_plots.Form, str] = {"treemap": "Treemap", "sunburst": "Sunburst"}


def show(view: View) -> None:
    """Render the tab."""
    timing = measured.of(view.state.arch, view.dtype, view.batch)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = st.segmented_control(
            "Area",
            list(AREAS),
            default="params",
            format_func=AREAS.__getitem__,
            key="tree_metric",
            required=True,
            persist_state="session",
            help="What the areas are in proportion to. Time must be measured first, in the Time tab.",
        )
        form = st.segmented_control(
            "Form",
            list(FORMS),
            default="treemap",
            format_func=FORMS.__getitem__,
            key="tree_form",
            required=True,
            persist_state="session",
        )
    if metric == "time" and timing is None:
        st.info("No time has been measured for this network yet; the Time tab does it.", icon=":material/timer:")
        return
    times = {t.name: t.seconds for t in timing.latency.stages} if timing else None
    figure = tree_plots.tree(view.analysis, metric, form, view.scale, times, view.theme)
    plot(view, figure, f"tree_{form}")
    if metric == "memory":
        st.caption(f"Bytes that the layers write, {view.of_batch}.")
    selection_note(view.state)
