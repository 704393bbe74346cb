"""What can be done with the page as a whole, at the right end of the menu.

Each action is a button with an icon and a short label, of which a narrow window shows the icon; app.css reserves their
room by ``--actions``.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ..components.present_button import present_button
from ..components.share_button import share_button
from ..state import State
from . import sharing


def register(*rooms: Callable[[State], None]) -> None:
    """Take down what other rooms add to the menu, so that the shell need not import them. Called once a run."""
    st.session_state.actions = rooms


def show(state: State) -> None:
    """Render the actions. To be called outside of fragments, at the same place on every page."""
    with st.container(horizontal=True, gap=None, key="actions"):
        present_button(state.page == "Explore", "present")
        share_button("share", sharing.note)
        for action in st.session_state.get("actions", ()):  # a page alone has none
            action(state)
    if isinstance(shared := st.session_state.pop("shared", None), sharing.Shared):
        sharing.show(state, shared)
