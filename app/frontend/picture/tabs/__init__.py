"""Looking: what the network made of the picture, one tab for each way to look. Only the open tab is computed."""

from __future__ import annotations

import streamlit as st

from ....backend.picture.forward import Forward
from ...state import State
from .. import picture_input
from . import ablation, attribution, channels, maps, side_by_side, visualisation
from .context import View, chosen_stage

TABS = {
    "Maps": maps.show,
    "Channels": channels.show,
    "Attribution": attribution.show,
    "Ablation": ablation.show,
    "Visualise": visualisation.show,
    "Side by side": side_by_side.show,
}


def show(state: State, done: Forward, picture: picture_input.Picture) -> None:
    """Render the choice of a stage, and the tabs."""
    view = View(state, done, picture, chosen_stage(state, done))
    tabs = st.tabs(list(TABS), key="looking_tab", on_change=_remember, default=st.session_state.get("looking_open"))
    for tab, render in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                render(view)


def _remember() -> None:
    """A page switch forgets which tab was open; we do not."""
    st.session_state.looking_open = st.session_state.looking_tab
