"""What is around every page: the network bar, what the last step led to, and the totals."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ...backend import Analysis, analyze
from ..state import State, address_of, current
from . import memory, network_bar, totals
from .notice import plain, refusal

Networks = tuple[State, Analysis, Analysis]
"""The state, the network as it is, and the published one."""


def show() -> Networks:
    """Render it around a page whose body follows."""
    memory.show()
    networks = _networks(current())
    with st.container(key="above"):
        _above(*networks)
    return networks


def show_after(body: Callable[[State, Analysis, Analysis], None]) -> None:
    """Render ``body``, which follows every edit as fast as possible, and the frame around it.

    Both are one fragment, so that an edit redraws nothing else, and the body is computed first.
    """
    memory.show()
    _body_and_above(body)


@st.fragment
def _body_and_above(body: Callable[[State, Analysis, Analysis], None]) -> None:
    networks, above = _networks(current()), st.container(key="above")
    body(*networks)
    with above:
        _above(*networks)
    memory.keep_again(networks[0])


def _networks(state: State) -> Networks:
    return state, analyze(state.arch), analyze(state.original)


def _above(state: State, analysis: Analysis, reference: Analysis) -> None:
    network_bar.show(state, address_of(state).complete)
    if state.notice:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(plain(state.notice), icon=":material/info:")
            st.button("Undo", key="undo-notice", icon=":material/undo:", on_click=state.undo)
    refusal(state, "link")
    totals.show(analysis, reference)
