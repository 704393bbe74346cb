"""The diagram on the page, with what there is to choose about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import streamlit as st

from ..backend import Analysis
from ..backend.diagram import View, draw, legend, toggled
from ..backend.scene import ColorBy, Level
from .graph_view import graph_view
from .state import State

LEVELS: dict[str, str] = {"stage": "Network", "branch": "Branches", "op": "Layers"}
COLORS: dict[str, str] = {"kind": "Kind", "params": "Params", "macs": "MACs", "memory": "Memory"}
HEIGHT_PX = 560


def show(state: State, analysis: Analysis, reference: Analysis) -> None:
    """Render the choices and the diagram."""
    view = _chosen(state)
    drawing = draw(analysis, view, reference)
    key = legend(analysis, view)
    graph_view(
        drawing.svg,
        topology=drawing.topology,
        selected=state.selected,
        key=f"diagram:{state.arch.key}",
        on_select=state.select,
        on_expand=lambda path: _toggle(state, analysis, view, path),
        legend=key,
        height_px=HEIGHT_PX,
    )


def _chosen(state: State) -> View:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="diagram-choices"):
        level = _choice("Level", LEVELS, "branch", "How much of the traced network is drawn")
        color = _choice("Colour by", COLORS, "kind", "What the colours of the boxes mean")
        with st.popover("More", icon=":material/tune:", help="More about the drawing"):
            sideways = st.toggle("Left to right", key="sideways", help="Instead of from top to bottom")
            apart = st.toggle("BatchNorm and ReLU apart", key="apart", help="Each in a box of its own, in Layers")
            heads = st.toggle("Auxiliary heads", value=True, key="heads", help="Draw them beside the trunk")
    return View(
        level=cast(Level, level),
        expand=state.expanded,
        fold=state.folded,
        color_by=cast(ColorBy, color),
        direction="LR" if sideways else "TB",
        fused=not apart,
        show_aux=heads,
        theme="dark" if st.context.theme.type == "dark" else "light",
    )


def _choice(label: str, names: Mapping[str, str], default: str, meaning: str) -> str:
    picked = st.segmented_control(
        label, list(names), default=default, format_func=names.__getitem__, key=label, required=True, help=meaning
    )
    return picked or default


def _toggle(state: State, analysis: Analysis, view: View, path: str) -> None:
    after = toggled(analysis, view, path)
    state.expanded, state.folded = after.expand, after.fold
