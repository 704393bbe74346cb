"""Layers: every number of every part, to be sorted, searched, followed and taken along."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ...backend.tables.cost_table import CostRow, CostTable, cost_table, table_csv, table_json
from ..state import State
from .layer_columns import columns, frame
from .view import View, selection_note

LEVELS = {"stage": "Stages", "copy": "Copies", "branch": "Branches", "op": "Ops", "layer": "Layers"}
SELECTED_ONLY = "Selected stage only"


def show(view: View) -> None:
    """Render the tab."""
    made = cost_table(view.analysis, view.original, view.dtype, view.batch)
    rows = _filtered(view, made.rows)
    _table(view, rows)
    st.caption(
        f"{len(rows):,} of {len(made.rows):,} rows. MACs and FLOPs are of one picture, bytes for {view.of_batch}."
        " A click on a column's head sorts."
    )
    selection_note(view.state)
    _downloads(made)


def _downloads(made: CostTable) -> None:
    """Made only when somebody asks for them."""
    kinds = (
        ("CSV", "text/csv", lambda: table_csv(made.rows)),
        ("JSON", "application/json", lambda: table_json(made)),
    )
    with st.container(horizontal=True):
        for kind, mime, text in kinds:
            st.download_button(
                kind,
                text,
                f"{made.variant}_{made.input_size}.{kind.lower()}",
                mime,
                icon=":material/download:",
                on_click="ignore",
                help="Every row with every digit",
            )


def _filtered(view: View, rows: Sequence[CostRow]) -> list[CostRow]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        levels = st.segmented_control(
            "Rows",
            list(LEVELS),
            selection_mode="multi",
            default=["stage", "branch", "op"],
            format_func=LEVELS.__getitem__,
            key="levels",
            persist_state="session",
            help="An op is a convolution with its normalisation and activation; its layers are these one by one.",
        )
        words = st.text_input(
            "Search", key="words", placeholder="5x5, mixed_6, pool ...", width=220, persist_state="session",
            help="Rows whose path or description contains every word",
        )  # fmt: skip
        alone = st.toggle(SELECTED_ONLY, key="alone", persist_state="session", help=f"Only {view.state.selected_stage}")
    wanted = words.lower().replace("×", "x").split()
    return [
        row
        for row in rows
        if (row.level in levels or row.level == "network")
        and (not alone or row.path.partition(".")[0] == view.state.selected_stage)
        and all(word in f"{row.path} {row.what}".lower().replace("×", "x") for word in wanted)
    ]


def _table(view: View, rows: list[CostRow]) -> None:
    state = view.state
    chosen = next((i for i, row in enumerate(rows) if row.path == state.selected), None)
    if st.session_state.get("layers_chose") != state.selected:  # it was selected elsewhere: let the table show it
        st.session_state.layers_chose = state.selected
        st.session_state.layers_key = st.session_state.get("layers_key", 0) + 1
    key = f"layers:{st.session_state.layers_key}"
    st.dataframe(
        frame(rows),
        hide_index=True,
        height=520,
        key=key,
        on_select=lambda: _select(state, rows, key),
        selection_mode="single-row",
        selection_default=None if chosen is None else {"selection": {"rows": [chosen]}},
        placeholder="–",
        column_config=columns(view.of_batch),
    )


def _select(state: State, rows: list[CostRow], key: str) -> None:
    for number in st.session_state[key]["selection"]["rows"]:
        if number < len(rows) and rows[number].path:
            state.select(rows[number].path)
            st.session_state.layers_chose = state.selected
