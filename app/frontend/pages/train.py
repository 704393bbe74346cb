"""Train: a small run of the network on this machine, and what a width is worth to a network that has learned."""

from __future__ import annotations

import streamlit as st

from ..shell import frame
from ..training import run, sweep

TABS = ("Train", "Accuracy against MACs")


def page() -> None:
    """Render the page."""
    state, analysis, _ = frame.show()
    tabs = st.tabs(TABS, key="train_tab", on_change=_remember, default=st.session_state.get("train_open"))
    if tabs[0].open:
        with tabs[0]:
            run.show(state, analysis)
    if tabs[1].open:
        with tabs[1]:
            sweep.show(state)


def _remember() -> None:
    """A page switch forgets which tab was open; we do not."""
    st.session_state.train_open = st.session_state.train_tab
