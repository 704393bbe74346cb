"""What stands around every page: the sidebar, the address bar's link, the head."""

from __future__ import annotations

from ..backend import Analysis, analyze
from . import header, sidebar
from .state import State, current, write_link


def show() -> tuple[State, Analysis, Analysis]:
    """Render it; returns the state, the network as it is, and the published one."""
    state = current()
    sidebar.show(state)
    linked = write_link(state)
    analysis, reference = analyze(state.arch), analyze(state.original)
    header.show(state, analysis, reference, linked)
    return state, analysis, reference
