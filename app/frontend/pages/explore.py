"""Explore: the diagram, the selected stage and Table 1, all following every edit."""

from __future__ import annotations

import streamlit as st

from ...backend import Analysis
from ..explore import diagram_panel, inspector, table1
from ..shell import frame
from ..state import State


def page() -> None:
    """Render the page."""
    frame.show_after(_body)


def _body(state: State, analysis: Analysis, reference: Analysis) -> None:
    left, right = st.columns([5, 3], gap="medium")
    with left:
        diagram_panel.show(state, analysis, reference)
    with right, st.container(height=660, border=False, key="inspector"):
        inspector.show(state, analysis)
    table1.show(state, analysis, reference)
