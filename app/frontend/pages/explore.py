"""Explore: the diagram, the selected stage and Table 1, all following every edit."""

from __future__ import annotations

import streamlit as st

from ...backend import analyze
from .. import header, inspector, sidebar, width_editor
from ..state import current, write_link

LEVELS = {"stage": "Network", "branch": "Branches", "op": "Layers"}
COLORS = {"kind": "Kind", "params": "Parameters", "macs": "MACs", "memory": "Memory"}


def page() -> None:
    """Render the page."""
    state = current()
    sidebar.show(state)
    write_link(state)
    analysis, reference = analyze(state.arch), analyze(state.original)
    header.show(state, analysis, reference)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _diagram()
    with right, st.container(height=560, border=False, key="inspector"):
        inspector.show(state, analysis, reference)
    width_editor.show(state, analysis, reference)


def _diagram() -> None:
    state = current()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        level = st.segmented_control(
            "Level", list(LEVELS), default="branch", format_func=LEVELS.__getitem__, key="level", required=True
        )
        color = st.segmented_control(
            "Colour by", list(COLORS), default="kind", format_func=COLORS.__getitem__, key="color", required=True
        )
    st.write(level, color)
