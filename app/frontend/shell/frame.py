"""What is around every page: the sidebar, the address bar's link, the header."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ...backend import Analysis, analyze
from ..state import State, address_of, current
from . import header, memory, sidebar

Networks = tuple[State, Analysis, Analysis]
"""The state, the network as it is, and the published one."""


def show() -> Networks:
    """Render it around a page whose body follows."""
    memory.show()
    state = current()
    networks = _networks(state)
    _header(networks)
    sidebar.show(state)
    return networks


def show_after(body: Callable[[State, Analysis, Analysis], None]) -> None:
    """Render ``body``, which follows every edit as fast as possible, and then the frame around it.

    The browser takes as long for the sidebar as for a diagram. So the body comes first, and an edit that the sidebar
    does not show redraws only the body and the header.
    """
    memory.show()
    state = current()
    _body_and_header(body, sidebar.settings(state))
    sidebar.show(state)


@st.fragment
def _body_and_header(body: Callable[[State, Analysis, Analysis], None], settings: sidebar.Settings) -> None:
    state = current()
    if sidebar.settings(state) != settings:  # after an undo, for example
        st.rerun()
    networks, above = _networks(state), st.container(key="above")
    body(*networks)
    with above:
        _header(networks)
    memory.keep_again(state)


def _networks(state: State) -> Networks:
    return state, analyze(state.arch), analyze(state.original)


def _header(networks: Networks) -> None:
    header.show(*networks, address_of(networks[0]).complete)
