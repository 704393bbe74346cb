"""Explore: the network as a strip, the selected stage drawn, its widths, and Table 1, all following every edit."""

from __future__ import annotations

import streamlit as st

from ...backend import Analysis
from .. import maps_in_boxes
from ..explore import diagram_panel, inspector, overview, table1
from ..kit.panel import panel
from ..shell import frame
from ..state import State


def page() -> None:
    """Render the page."""
    frame.show_around(_body)


def _body(state: State, analysis: Analysis, reference: Analysis) -> None:
    maps = maps_in_boxes.for_boxes(state)
    with st.container(key="explore"):
        with st.container(key="overview"), panel("The overview"):
            overview.show(state, analysis, reference, maps.thumbnails)
        with st.container(key="focus"), panel("The diagram"):
            diagram_panel.show(state, analysis, reference, maps)
        with st.container(key="inspector"), panel("The selected part"):
            inspector.show(state, analysis, reference)
    with panel("The table"):
        table1.show(state, analysis, reference)
