"""Explore: the diagram, the selected stage and Table 1, all following every edit."""

from __future__ import annotations

import streamlit as st

from ...backend import Analysis
from ..explore import diagram_panel, inspector, table1
from ..shell import frame
from ..shell.panel import panel
from ..state import State


def page() -> None:
    """Render the page."""
    frame.show_after(_body)


def _body(state: State, analysis: Analysis, reference: Analysis) -> None:
    left, right = st.columns([5, 3], gap="medium")
    with left, panel("The diagram"):
        diagram_panel.show(state, analysis, reference)
    with right, st.container(height=660, border=False, key="inspector"), panel("The selected part"):
        inspector.show(state, analysis)
    with panel("The table"):
        table1.show(state, analysis, reference)
