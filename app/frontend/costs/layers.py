"""Layers: every number of every part, to sort, search, select and download."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ...backend.tables.cost_table import CostRow, CostTable, cost_table, table_csv, table_json
from ..components.figures_table import figures_table
from ..kit.controls import remembered_choice
from ..kit.save_button import save_button
from ..kit.terms import caption
from .context import CostsContext, NumberFormat, choose_format, controls, selection_note
from .layer_columns import FIGURE_SETS, layer_columns, layer_rows

ROW_LEVELS = {"stage": "Stages", "copy": "Copies", "branch": "Branches", "op": "Ops", "layer": "Layers"}
SELECTED_ONLY = "Selected stage only"


def show(context: CostsContext) -> None:
    """Render the tab."""
    with controls():
        figures = remembered_choice("Figures", FIGURE_SETS, "figures", "costs")
        stored = choose_format() if figures == "memory" else NumberFormat()
    layers = cost_table(context.analysis, context.original, stored.dtype, stored.batch)
    rows = _filtered(context, layers.rows)
    figures_table(
        "Part",
        list(layer_columns(figures).values()),
        list(layer_rows(rows, figures)),
        key="layers",
        selected=context.state.selected,
        on_select=context.state.select,
    )
    bytes_for = f", bytes for {stored.of_batch}" if figures == "memory" else ""
    caption(
        f"{len(rows):,} of {len(layers.rows):,} rows. MACs and FLOPs are for one picture{bytes_for}."
        " A click on a heading sorts."
    )
    selection_note(context.state)
    _downloads(layers)


def _downloads(layers: CostTable) -> None:
    """Each file is made only when somebody asks for it."""
    name, about = f"{layers.variant}_{layers.input_size}", "All rows and columns, with every digit"
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
