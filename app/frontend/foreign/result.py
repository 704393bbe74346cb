"""What an analysed network shows: its totals beside those of the other pages' network, its diagram, table and files."""

from __future__ import annotations

import json
from functools import partial

import streamlit as st

from inception_models import Arch

from ...backend import Analysis, ModuleAnalysis
from ...backend.common.brought import BroughtNetwork
from ...backend.common.quantity import exact, shape_text
from ...backend.common.text import file_name
from ...backend.decide.comparing.recognition import recognised_network
from ...backend.diagram.module_diagram import ModuleColor, ModuleDiagramOptions, draw_modules, modules_as_file
from ...backend.diagram.module_scene import comfortable_depth
from ...backend.foreign.hierarchy import part_tree
from ...backend.foreign.inspection import inspection_of, parts_csv
from ...backend.foreign.totals import network_totals
from ...backend.foreign.view import ModuleView, depth_of
from ..components.graph_view import graph_view
from ..kit.brought import brought_answers
from ..kit.notice import WayOut, plain, refused
from ..kit.page_links import page_link
from ..kit.panel import panel
from ..shell.totals import Total, totals_html
from ..state import State
from . import parts_table

COLORS: dict[ModuleColor, str] = {
    "kind": "Kind",
    "macs": "MACs",
    "params": "Parameters",
    "share": "Share of MACs",
    "memory": "Output's memory",
    "field": "Receptive field",
}


def show(state: State, analysis: Analysis, asked: BroughtNetwork, found: ModuleAnalysis) -> None:
    """Render it. ``analysis``: of the network on the other pages."""
    _totals(state, analysis, asked, found)
    with panel("The diagram"):
        _diagram(asked, found)
    with panel("The table"):
        parts_table.show(found)


def _totals(state: State, analysis: Analysis, asked: BroughtNetwork, found: ModuleAnalysis) -> None:
    name = found.module_classes[""]
    how = "read as ONNX" if found.traced_with == "ONNX" else f"traced by {found.traced_with}"
    st.markdown(f"**{plain(asked.title)}**")
    own, other = network_totals(asked.title, found), network_totals(state.arch.about.title, analysis)
    edited = ", edited," if state.edited else ""
    idle = f" {exact(found.idle_params)} parameters more are in parts that do not run." if found.idle_params else ""
    st.caption(
        plain(
            f"{name}, input {shape_text(own.in_shape)}, {how}.{idle} Differences are from {other.title}{edited} at"
            f" {shape_text(other.in_shape)}."
        )
    )
    rows = (
        ("Parameters", "", own.params, other.params, "Trainable numbers that run; in a file, the numbers it stores."),
        ("MACs", "", own.macs, other.macs, "Multiply-accumulates for one input, of products of matrices too."),
        ("FLOPs", "", own.flops, other.flops, "Floating-point operations: 2 × MACs."),
        ("Weights", "B", own.weight_bytes, other.weight_bytes, "Parameters as 32-bit floats, 4 bytes each."),
        ("Activations", "B", own.peak_bytes, other.peak_bytes, "The most that feature maps take at any time."),
    )
    st.html(totals_html((Total(*row, other.title) for row in rows), "metrics"))
    _pinning(state, asked, found)


def _pinning(state: State, asked: BroughtNetwork, found: ModuleAnalysis) -> None:
    """The button that pins it: as the network of the family that it is, where it is one."""
    known = _recognised(asked, found)
    pinned = state.has_pin(known or asked)
    with st.container(horizontal=True, vertical_alignment="center"):
        if known:
            words = f"This is {known.about.title}: the same convolutions and linear layers."
            st.caption(plain(words), width="content")
        st.button(
            "Pinned" if pinned else "Pin it",
            icon=":material/keep:",
            key="own-pin",
            disabled=pinned,
            on_click=_pin,
            args=(state, known, asked, found),
            help=None if known or not asked.digest else "A link names the file and does not contain it",
        )
        page_link("Compare", "Compare")


def _pin(state: State, known: Arch | None, asked: BroughtNetwork, found: ModuleAnalysis) -> None:
    brought_answers()[asked] = found
    state.pin(known or asked, asked.title if known else "")


def _recognised(asked: BroughtNetwork, found: ModuleAnalysis) -> Arch | None:
    """The network of the family that it is, looked up once."""
    if st.session_state.get("own_recognised", (None,))[0] != asked:
        st.session_state.own_recognised = asked, recognised_network(found)
    known = st.session_state.own_recognised[1]
    return known if isinstance(known, Arch) else None


def _diagram(asked: BroughtNetwork, found: ModuleAnalysis) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="own-diagram-choices"):
        options = _options(asked, found)
        _files(asked, found, options)
    try:
        drawing = draw_modules(found, options)
    except ValueError as problem:
        fewer = WayOut("Show fewer levels", partial(_keep, asked, ModuleView(comfortable_depth(found))))
        refused(str(problem), "own-diagram", fewer)
        return
    graph_view(
        drawing,
        network=f"{asked.source} {asked.digest}",
        selected=st.session_state.get("own_selected"),
        key="own-diagram",
        on_select=lambda path: st.session_state.update(own_selected=path),
        on_expand=lambda path: _keep(asked, options.view.toggled(path, path in drawing.clusters)),
        height="min(560px, 72svh)",
    )
    _selected(found)


def _selected(found: ModuleAnalysis) -> None:
    """The numbers of what was clicked."""
    path = st.session_state.get("own_selected")
    if part := next((part for part in part_tree(found) if part.path == path), None):
        field = f", sees {part.field[0].size} × {part.field[1].size} pixels" if part.field else ""
        costs = f"{exact(part.params, 'parameters')}, {exact(part.macs, 'MACs')}"
        st.caption(plain(f"Selected: {part.path}, {part.words}. Output {shape_text(part.out_shape)}, {costs}{field}."))


def _options(asked: BroughtNetwork, found: ModuleAnalysis) -> ModuleDiagramOptions:
    view = _view(asked, found)
    st.session_state.own_depth = view.depth
    st.number_input(
        "Levels",
        1,
        depth_of(found),
        key="own_depth",
        width=120,
        on_change=lambda: _keep(asked, ModuleView(int(st.session_state.own_depth), every_copy=view.every_copy)),
        help="How many levels of the module tree are drawn. A double click opens a box, or closes a frame.",
    )
    color = st.selectbox("Colour by", list(COLORS), format_func=COLORS.__getitem__, key="own_color", width=170)
    sideways = st.toggle("Left to right", key="own_sideways")
    st.session_state.own_copies = view.every_copy
    st.toggle(
        "Every copy",
        key="own_copies",
        on_change=lambda: _keep(asked, ModuleView(view.depth, view.expand, view.fold, not view.every_copy)),
        help="Equal modules in a row are drawn once, with their number, unless this is on.",
    )
    dark = st.context.theme.type == "dark"
    return ModuleDiagramOptions(view, color, "LR" if sideways else "TB", "dark" if dark else "light")


def _view(asked: BroughtNetwork, found: ModuleAnalysis) -> ModuleView:
    """How much of this network is shown; at first as many levels as can be read."""
    views: dict[BroughtNetwork, ModuleView] = st.session_state.setdefault("own_views", {})
    if asked not in views:
        views[asked] = ModuleView(comfortable_depth(found))
    return views[asked]


def _keep(asked: BroughtNetwork, view: ModuleView) -> None:
    st.session_state.own_views[asked] = view


def _files(asked: BroughtNetwork, found: ModuleAnalysis, options: ModuleDiagramOptions) -> None:
    """Downloads; each file is made when somebody asks for it."""
    popover = st.popover("Save", icon=":material/download:", key="own-save", on_change="rerun")
    if not popover.open:
        return
    files = (
        ("SVG: the diagram as it is now", partial(modules_as_file, found, "svg", options), ".svg"),
        ("CSV: every layer", partial(parts_csv, found), ".csv"),
        ("JSON: totals and every layer", lambda: json.dumps(inspection_of(asked.source, found), indent=2), ".json"),
    )
    with popover:
        for label, data, ending in files:
            st.download_button(
                label,
                data,
                f"{file_name(asked.title)}{ending}",
                on_click="ignore",
                type="tertiary",
                key=f"own-save{ending}",
            )
