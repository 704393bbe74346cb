"""Costs: where parameters, MACs, memory and time go. Only the open tab is computed."""

from __future__ import annotations

import streamlit as st

from ..costs import layers, memory, overview, sensitivity, timing, torchinfo, tree
from ..costs.context import choose
from ..shell import frame

TABS = {
    "Overview": overview.show,
    "Tree": tree.show,
    "Layers": layers.show,
    "Sensitivity": sensitivity.show,
    "Memory": memory.show,
    "Time": timing.show,
    "torchinfo": torchinfo.show,
}


def page() -> None:
    """Render the page."""
    view = choose(*frame.show())
    tabs = st.tabs(list(TABS), key="costs_tab", on_change=_remember, default=st.session_state.get("costs_open"))
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                show(view)


def _remember() -> None:
    """A page switch forgets which tab was open; we do not."""
    st.session_state.costs_open = st.session_state.costs_tab
