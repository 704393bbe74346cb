"""The diagram on the page, with its options and its files."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

import streamlit as st

from inception_models import widths

from ...backend import Analysis
from ...backend.common.colours import ThemeName
from ...backend.diagram import ColorBy, DiagramLevel, DiagramOptions, Drawing, draw, neighbours, toggled
from ...backend.takeaway.figure import figure_bytes
from ...backend.takeaway.naming import saved_name
from .. import maps_in_boxes, measured
from ..components.graph_view import BoxNumber, graph_view, view_data
from ..kit.controls import begun_with, remembered, remembered_choice
from ..kit.theme import browser_theme
from ..maps_in_boxes import BoxMaps
from ..state import State

LEVEL_LABELS: dict[DiagramLevel, str] = {"stage": "Network", "branch": "Branches", "op": "Layers"}
COLOR_LABELS: dict[ColorBy, str] = {
    "kind": "Kind",
    "params": "Parameters",
    "macs": "MACs",
    "share": "Share of MACs",
    "memory": "Memory",
    "field": "Receptive field",
    "time": "Time",
}
SWITCHES: dict[str, tuple[str, str, bool]] = {  # with what they are at first
    "sideways": ("Left to right", "Instead of from top to bottom", False),
    "apart": ("BatchNorm and ReLU apart", "Each in its own box, on the level Layers", False),
    "heads": ("Auxiliary heads", "Draw them beside the trunk", True),
    "copies": ("Every copy", "Draw each copy of a repeated block instead of one with × 20", False),
}
FILE_USES: dict[str, str] = {
    ".svg": "for the web, with its fonts",
    ".pdf": "for a paper, with its fonts",
    ".png": "for a slide, 3 pixels for each point",
    ".tex": "TikZ, for pdflatex",
    ".dot": "for Graphviz",
}
VIEWS = ("Block", "Whole network")
_Option = TypeVar("_Option")
DIAGRAM = "diagram"  # its key
PANEL_HEIGHT = "var(--diagram)"  # which app.css has


def show(state: State, analysis: Analysis, reference: Analysis, maps: BoxMaps) -> None:
    """Render the options and the diagram."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="diagram-choices"):
        view = st.segmented_control(
            "View",
            VIEWS,
            default=remembered("View", VIEWS, VIEWS[0]),
            key="View",
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
        block = view == VIEWS[0]
        options = replace(_chosen(state, analysis, block), maps=maps.on)
        maps_in_boxes.show_popover(state)
        _files(analysis, options, reference, maps)
    if maps.problem:
        maps_in_boxes.say_problem(maps)
    drawing = draw(analysis, options, reference, maps.thumbnails)
    graph_view(
        drawing,
        network=_camera(state, options),
        selected=state.selected,
        key=DIAGRAM,
        on_select=state.select,
        on_expand=lambda path: _toggle(state, options, drawing, path),
        numbers=_numbers(state),
        on_edit=state.type_numbers,
        walk=_walk(analysis, options),
        on_map=lambda path: maps_in_boxes.open_map(state, analysis, drawing, maps, path),
        outdated=maps.outdated,
        height=PANEL_HEIGHT,
    )


def first_data(
    state: State, analysis: Analysis, reference: Analysis, theme: ThemeName, brought: Mapping[str, object]
) -> dict[str, object] | None:
    """What the diagram is told first, with the choices that the browser has ``brought``; None where it needs more."""

    def chosen(key: str, options: Container[_Option], otherwise: _Option) -> _Option:
        return begun_with(key, options, otherwise, state.asked, brought)

    block = chosen("View", VIEWS, VIEWS[0]) == VIEWS[0]
    level: DiagramLevel = "branch" if block else chosen("Level", LEVEL_LABELS, "branch")
    color: ColorBy = chosen("Colour by", COLOR_LABELS, "kind")
    switches = [chosen(key, (True, False), at_first) for key, (_, _, at_first) in SWITCHES.items()]
    if color == "time" or chosen(maps_in_boxes.MAPS_SWITCH, (True, False), False):
        return None
    options = _options(state, analysis, block, level, color, switches, theme)
    return view_data(
        draw(analysis, options, reference),
        network=_camera(state, options),
        selected=state.selected,
        expandable=True,
        numbers=_numbers(state),
        walk=_walk(analysis, options),
        height=PANEL_HEIGHT,
    )


def _walk(analysis: Analysis, options: DiagramOptions) -> tuple[str, str] | None:
    return neighbours(analysis, options.focus) if options.focus else None


def _camera(state: State, options: DiagramOptions) -> str:
    """What has a camera of its own. Boxes with maps are larger."""
    return f"{state.arch.key}/{options.focus}{'/maps' if options.maps else ''}"


def _numbers(state: State) -> dict[str, BoxNumber]:
    published = widths(state.original)
    return {
        path: BoxNumber(width, published.get(path, width), *state.refused_text(path))
        for path, width in widths(state.arch).items()
    }


def _focus(state: State, analysis: Analysis) -> str:
    """The stage or head that the selection lies in; the first one where the picture is selected."""
    names = {part.name for part in (*analysis.stages, *analysis.aux)}
    return state.selected_stage if state.selected_stage in names else analysis.stages[0].name


def _chosen(state: State, analysis: Analysis, block: bool) -> DiagramOptions:
    level = "branch" if block else _level()
    color = st.selectbox(
        "Colour by",
        list(COLOR_LABELS),
        index=list(COLOR_LABELS).index(remembered("Colour by", COLOR_LABELS, "kind")),
        format_func=COLOR_LABELS.__getitem__,
        key="Colour by",
        label_visibility="collapsed",
        width=160,
        persist_state="session",
    )
    seconds = measured.stage_seconds(state.arch) if color == "time" else {}
    if color == "time" and not seconds:
        st.caption("Not measured yet: Costs, Time, Measure.")
    options = _options(state, analysis, block, level, color, _switches(), browser_theme())
    return replace(options, seconds=tuple(seconds.items()))


def _options(
    state: State,
    analysis: Analysis,
    block: bool,
    level: DiagramLevel,
    color: ColorBy,
    switches: list[bool],
    theme: ThemeName,
) -> DiagramOptions:
    sideways, apart, heads, copies = switches
    return DiagramOptions(
        level=level,
        expand=state.expanded | {stage.name for stage in analysis.stages if stage.copies and copies},
        fold=frozenset() if block else state.folded,
        color_by=color,
        direction="LR" if sideways else "TB",
        fused=not apart,
        show_aux=heads,
        theme=theme,
        focus=_focus(state, analysis) if block else "",
    )


def _level() -> DiagramLevel:
    return remembered_choice("Level", LEVEL_LABELS, "Level", "branch", label_visibility="collapsed")


def _switches() -> list[bool]:
    at_first = {key: remembered(key, (True, False), at_first) for key, (_, _, at_first) in SWITCHES.items()}
    popover = st.popover(
        "More", icon=":material/tune:", help="More options of the drawing", key="more", on_change="rerun"
    )
    if not popover.open:  # hidden switches would still take time at every edit
        return [bool(st.session_state.get(key, at_first[key])) for key in SWITCHES]
    with popover:
        return [
            st.toggle(label, value=at_first[key], key=key, help=meaning, persist_state="session")
            for key, (label, meaning, _) in SWITCHES.items()
        ]


def _files(analysis: Analysis, options: DiagramOptions, reference: Analysis, maps: BoxMaps) -> None:
    """Downloads; each file is made when somebody asks for it."""
    popover = st.popover(
        "Save",
        icon=":material/download:",
        help="The diagram as it is now, with a legend and a caption, as a file",
        key="save",
        on_change="rerun",
    )
    if not popover.open:
        return
    with popover:
        paper = st.segmented_control("Paper", ["Light", "Dark"], default="Light", key="paper", required=True)
        shown = replace(options, theme="dark" if paper == "Dark" else "light", focus="")
        thumbnails = {} if maps.outdated else maps.thumbnails
        for ending, about in FILE_USES.items():
            st.download_button(
                f"{ending[1:].upper()}: {about}",
                partial(figure_bytes, analysis, ending, shown, reference, options.focus, thumbnails),
                saved_name(analysis.arch, ending, options.focus),
                on_click="ignore",
                type="tertiary",
                key=f"save{ending}",
            )


def _toggle(state: State, options: DiagramOptions, drawing: Drawing, path: str) -> None:
    after = toggled(options, path, drawing.clusters)
    state.expanded = after.expand
    if not options.focus:  # a block alone is never folded
        state.folded = after.fold
