"""Network: the stages one after the other, drawn with the maps in their boxes: the picture becomes numbers."""

from __future__ import annotations

import streamlit as st

from ....backend import analyze
from ....backend.diagram import DiagramOptions, draw, neighbours, readable
from ... import maps_in_boxes
from ...components.graph_view import graph_view
from ...kit.controls import control_shows
from ...kit.theme import browser_theme
from .context import PictureContext


def show(context: PictureContext) -> None:
    """Render the tab."""
    state, analysis = context.state, analyze(context.arch)
    names = [stage.name for stage in analysis.stages]
    focus = context.stage.partition(".")[0]
    control_shows("step", focus)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.select_slider(
            "Step through the network",
            names,
            key="step",
            format_func=readable,
            on_change=lambda: state.select(str(st.session_state.step)),
            help="From the picture to the last stage. In the diagram, Page Up and Page Down do the same.",
        )
        maps_in_boxes.choose_map()
    options = DiagramOptions(focus=focus, theme=browser_theme(), maps=True)
    maps = maps_in_boxes.for_boxes(state, always=True)
    if maps.problem:
        maps_in_boxes.say_problem(maps)
    drawing = draw(analysis, options, analyze(state.original), maps.thumbnails)
    graph_view(
        drawing,
        network=f"{state.arch.key}/{focus}/maps",
        selected=state.selected,
        key="living",
        on_select=state.select,
        walk=neighbours(analysis, focus),
        on_map=lambda path: maps_in_boxes.open_map(state, analysis, drawing, maps, path),
        outdated=maps.outdated,
    )
