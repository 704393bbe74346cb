"""Compare: the network on the screen beside those that were pinned. Only the open tab is computed."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..compare import differences, family, overview, pictures, pinned, stages, times
from ..compare.context import compared, networks_of
from ..shell import frame
from ..shell.panel import panel
from ..shell.tabs import remembered_tabs
from ..state import address_of

COMPARE_TABS = {
    "Overview": overview.show,
    "Stages": stages.show,
    "Differences": differences.show,
    "Time": times.show,
    "Picture": pictures.show,
}


def page() -> None:
    """Render the page."""
    state, _, _ = frame.show()
    networks = networks_of(state)
    if len(networks) < 2:
        st.header("Compare")
        pinned.begin(state)
        if state.pins:
            pinned.show(state, networks)
        st.header("The family")
        with panel("The family map"):
            family.show(networks)
        return
    pinned.show(state, networks)
    if not address_of(state).pinned:
        st.caption("The pins are too long for the link in the address bar; this browser keeps them.")
    context = compared(state, networks)
    tabs = {label: partial(show, context) for label, show in COMPARE_TABS.items()}
    remembered_tabs("compare", tabs | {"Family map": partial(family.show, context.networks)})
