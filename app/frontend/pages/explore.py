"""Explore: the diagram, the selected stage and Table 1, all following every edit."""

from __future__ import annotations

import streamlit as st

from ...backend import analyze
from .. import diagram_panel, header, inspector, sidebar, width_editor
from ..state import current, write_link


def page() -> None:
    """Render the page."""
    state = current()
    sidebar.show(state)
    write_link(state)
    analysis, reference = analyze(state.arch), analyze(state.original)
    header.show(state, analysis, reference)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        diagram_panel.show(state, analysis, reference)
    with right, st.container(height=660, border=False, key="inspector"):
        inspector.show(state, analysis, reference)
    width_editor.show(state, analysis, reference)
