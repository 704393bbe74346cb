"""Layers: every number of every part, to sort, search, select and download."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ...backend.tables.cost_table import CostRow, CostTable, cost_table, table_csv, table_json
from ..kit.save_button import save_button
from ..kit.terms import caption
from ..state import State
from .context import CostsContext, choose_format, controls, selection_note
from .layer_columns import column_configs, layer_frame

ROW_LEVELS = {"stage": "Stages", "copy": "Copies", "branch": "Branches", "op": "Ops", "layer": "Layers"}
SELECTED_ONLY = "Selected stage only"


def show(context: CostsContext) -> None:
    """Render the tab."""
    with controls():
        stored = choose_format()
    layers = cost_table(context.analysis, context.original, stored.dtype, stored.batch)
    rows = _filtered(context, layers.rows)
    _table(context, rows, stored.of_batch)
    caption(
        f"{len(rows):,} of {len(layers.rows):,} rows. MACs and FLOPs are for one picture, bytes for {stored.of_batch}."
        " Click a column's header to sort."
    )
    selection_note(context.state)
    _downloads(layers)


def _downloads(layers: CostTable) -> None:
    """Each file is made only when somebody asks for it."""
    name, about = f"{layers.variant}_{layers.input_size}", "All rows, with every digit"
    with st.container(horizontal=True):
        save_button("CSV", lambda: table_csv(layers.rows), f"{name}.csv", help=about)
        save_button("JSON", lambda: table_json(layers), f"{name}.json", help=about)


def _filtered(context: CostsContext, rows: Sequence[CostRow]) -> list[CostRow]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        levels = st.segmented_control(
            "Rows",
            list(ROW_LEVELS),
            selection_mode="multi",
            default=["stage", "branch", "op"],
            format_func=ROW_LEVELS.__getitem__,
            key="levels",
            persist_state="session",
            help="An op is a convolution with its normalisation and activation; Layers lists these separately.",
        )
        words = st.text_input(
            "Search", key="words", placeholder="5x5, mixed_6, pool ...", width=220, persist_state="session",
            help="Show rows whose path or description contains every word",
        )  # fmt: skip
        alone = st.toggle(
            SELECTED_ONLY,
            key="alone",
            persist_state="session",
            help=f"Show only rows of {context.state.selected_stage}",
        )
    wanted = words.lower().replace("×", "x").split()
    return [
        row
        for row in rows
        if (row.level in levels or row.level == "network")
        and (not alone or row.path.partition(".")[0] == context.state.selected_stage)
        and all(word in f"{row.path} {row.what}".lower().replace("×", "x") for word in wanted)
    ]


def _table(context: CostsContext, rows: list[CostRow], of_batch: str) -> None:
    state = context.state
    selected = next((i for i, row in enumerate(rows) if row.path == state.selected), None)
    if st.session_state.get("layers_selected") != state.selected:  # it was selected elsewhere: let the table show it
        st.session_state.layers_selected = state.selected
        st.session_state.layers_key = st.session_state.get("layers_key", 0) + 1
    key = f"layers:{st.session_state.layers_key}"
    st.dataframe(
        layer_frame(rows),
        hide_index=True,
        height=520,
        key=key,
        on_select=lambda: _select(state, rows, key),
        selection_mode="single-row",
        selection_default=None if selected is None else {"selection": {"rows": [selected]}},
        placeholder="–",
        column_config=column_configs(of_batch),
    )


def _select(state: State, rows: list[CostRow], key: str) -> None:
    for number in st.session_state[key]["selection"]["rows"]:
        if number < len(rows) and rows[number].path:
            state.select(rows[number].path)
            st.session_state.layers_selected = state.selected
