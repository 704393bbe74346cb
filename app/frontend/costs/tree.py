"""Tree: network, stages, copies, branches and ops as nested areas."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ...backend.charts.trees import TreeForm, TreeMetric, tree
from ...backend.timing.latency import TORCH_DTYPES
from .. import measured
from ..kit.controls import remembered_choice
from ..kit.notice import WayOut, refused
from ..kit.theme import browser_theme
from .context import CostsContext, NumberFormat, choose_format, controls, fp32_instead, plot, selection_note

TREE_METRICS: dict[TreeMetric, str] = {
    "params": "Parameters",
    "macs": "MACs",
    "memory": "Activations",
    "time": "Time",
}
TREE_FORMS: dict[TreeForm, str] = {"treemap": "Treemap", "sunburst": "Sunburst"}


def show(context: CostsContext) -> None:
    """Render the tab."""
    with controls():
        metric = remembered_choice(
            "Area",
            TREE_METRICS,
            "tree_metric",
            "params",
            help="What the areas are proportional to. Time must first be measured.",
        )
        form = remembered_choice("Form", TREE_FORMS, "tree_form", "treemap")
        stored = choose_format() if metric in ("memory", "time") else NumberFormat()
    running = measured.MEASUREMENT.running
    timing = measured.measured_for(context.state.arch, stored.dtype, stored.batch)
    if metric == "time" and timing is None:
        _measure(context, stored, running)
        return
    times = {t.name: t.seconds for t in timing.latency.stages} if timing else None
    figure = tree(context.analysis, metric, form, stored.batch_bytes, times, browser_theme(), context.published)
    plot(context, figure, f"tree_{form}")
    if metric == "memory":
        st.caption(f"Bytes that the layers write, for {stored.of_batch}.")
    selection_note(context.state)


def _measure(context: CostsContext, stored: NumberFormat, running: bool) -> None:
    """Where no time of this network is known: the way to it."""
    if running:
        measured.MEASUREMENT.watch()
        return
    arch, original = context.state.arch, context.state.original
    way = WayOut("Measure it", partial(measured.start, arch, original, stored.dtype, stored.batch))
    unmeasured = "No time has been measured for this network yet."
    refused(unmeasured, "tree", way if stored.dtype in TORCH_DTYPES else fp32_instead())
