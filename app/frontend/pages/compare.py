"""Compare: the network on the screen beside those that were pinned. Only the open tab is computed."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..compare import differences, family, overview, pictures, pinned, stages, times
from ..compare.context import brought_of, compared, networks_of, problem_of
from ..kit.brought import all_analysed
from ..kit.panel import panel
from ..kit.tabs import remembered_tabs
from ..shell import frame

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
    usable = tuple(network for network in networks if not problem_of(network))
    if len(usable) < 2:
        st.header("Compare")
        pinned.begin(state)
    if state.pins:
        pinned.show(state, networks)
        pinned.say_what_is_kept(state)
    pinned.more_networks(state)
    if not all_analysed(brought_of(usable)):
        return
    if len(usable) < 2:
        st.header("The family")
        with panel("The family map"):
            family.show(usable)
        return
    context = compared(state, usable)
    tabs = {label: partial(show, context) for label, show in COMPARE_TABS.items()}
    remembered_tabs("compare", tabs | {"Family map": partial(family.show, context.networks)})
