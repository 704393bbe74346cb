"""What is around every page: the network bar, what the last step led to, and the totals."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ...backend import Analysis, analyze
from ..kit.notice import plain, refusal
from ..kit.panel import AROUND
from ..session import address_of, current
from ..state import State
from . import actions, goal, lesson, memory, network_bar, totals

Networks = tuple[State, Analysis, Analysis]
"""The state, the network as it is, and the published one."""


def show() -> Networks:
    """Render it around a page whose body follows."""
    memory.show()
    actions.show(current())
    networks = _networks(current())
    with st.container(key="above"):
        _above(*networks)
    return networks


def show_around(body: Callable[[State, Analysis, Analysis], None]) -> None:
    """Render it and ``body`` as one fragment: an edit in either redraws nothing else."""
    memory.show()
    actions.show(current())
    _above_and_body(body)


@st.fragment
def _above_and_body(body: Callable[[State, Analysis, Analysis], None]) -> None:
    if current().wanted_page:
        st.rerun()
    networks = _networks(current())
    with st.container(key="above"):
        _above(*networks)
    body(*networks)
    memory.keep_again(networks[0])


def _networks(state: State) -> Networks:
    return state, analyze(state.arch), analyze(state.original)


def _above(state: State, analysis: Analysis, reference: Analysis) -> None:
    lesson.show(state)
    network_bar.show(state, address_of(state).complete)
    if state.notice:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(plain(state.notice), icon=":material/info:")
            st.button("Undo", key="undo-notice", icon=":material/undo:", on_click=state.undo)
    refusal(state, AROUND)
    with st.container(horizontal=True, vertical_alignment="center", gap=None, key="totals-line"):
        totals.show(analysis, reference, state.goal)
        with st.container(horizontal=True, vertical_alignment="center", gap=None, width="content", key="goal"):
            goal.show(state, analysis)
    lesson.offer(state)
