"""Costs: where parameters, MACs, memory and time go. Only the open tab is computed."""

from __future__ import annotations

import streamlit as st

from ...backend import analyze
from .. import header, sidebar
from ..costs import layers, memory, overview, sensitivity, summary, timing, tree
from ..costs.view import choose
from ..state import current, write_link

TABS = {
    "Overview": overview.show,
    "Tree": tree.show,
    "Layers": layers.show,
    "Sensitivity": sensitivity.show,
    "Memory": memory.show,
    "Time": timing.show,
    "torchinfo": summary.show,
}


def page() -> None:
    """Render the page."""
    state = current()
    sidebar.show(state)
    write_link(state)
    analysis, original = analyze(state.arch), analyze(state.original)
    header.show(state, analysis, original)
    view = choose(state, analysis, original)
    tabs = st.tabs(list(TABS), key="costs_tab", on_change=_remember, default=st.session_state.get("costs_open"))
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                show(view)


def _remember() -> None:
    """A page switch forgets which tab was open; we do not."""
    st.session_state.costs_open = st.session_state.costs_tab
