"""What stands around every page: the sidebar, the address bar's link, the head."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

import streamlit as st

from ...backend import Analysis, analyze
from ..state import State, current, write_link
from . import header, sidebar

NEWS = 100  # modules
_known_modules = 0

Networks = tuple[State, Analysis, Analysis]
"""The state, the network as it is, and the published one."""


def show() -> Networks:
    """Render it around a page whose body follows."""
    state = current()
    networks = _networks(state)
    _head(networks)
    sidebar.show(state)
    _spare_modules()
    return networks


def around(body: Callable[[State, Analysis, Analysis], None]) -> None:
    """Render it around ``body``, which follows every edit as fast as can be.

    The browser takes as long for the sidebar as for a diagram. So the body comes first, and an edit that the sidebar
    does not show draws only the body and the head again.
    """
    state = current()
    _quick(body, sidebar.settings(state))
    sidebar.show(state)
    _spare_modules()


@st.fragment
def _quick(body: Callable[[State, Analysis, Analysis], None], settings: sidebar.Settings) -> None:
    state = current()
    if sidebar.settings(state) != settings:  # an undo, say
        st.rerun()
    networks, head = _networks(state), st.container(key="above")
    body(*networks)
    with head:
        _head(networks)


def _networks(state: State) -> Networks:
    return state, analyze(state.arch), analyze(state.original)


def _head(networks: Networks) -> None:
    header.show(*networks, write_link(networks[0]))


def _spare_modules() -> None:
    """Keep what is imported out of the garbage collector.

    Streamlit collects behind every run, while its last messages wait to be sent; going through all of PyTorch takes it
    a sixth of a second.
    """
    global _known_modules
    if len(sys.modules) > _known_modules + NEWS:
        _known_modules = len(sys.modules)
        gc.collect()
        gc.freeze()
