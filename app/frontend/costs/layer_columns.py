"""The layer table as the page shows it: heads, explanations and number formats, by the names that the files use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from streamlit import column_config
from streamlit.elements.lib.column_types import ColumnConfig

from ...backend.tables.cost_table import COLUMNS, CostRow, csv_values

WHOLE = "localized"  # every digit, in groups


def frame(rows: Sequence[CostRow]) -> pd.DataFrame:
    """The rows, every digit."""
    values = pd.DataFrame([csv_values(row) for row in rows], columns=list(COLUMNS))
    values["path"] = values["path"].replace("", "(network)")
    values["out_shape"] = values["out_shape"].str.replace("x", " × ")
    return values.drop(columns=["moved_bytes"])


def columns(of_batch: str) -> Mapping[str, ColumnConfig]:
    """How each column looks; ``of_batch`` says for how many pictures bytes are, and in which number format."""
    text, number = column_config.TextColumn, column_config.NumberColumn
    pixels = "of the picture that one output value sees"
    return {
        "path": text(
            "Part", pinned=True, width=250, help="Its path: the same in the diagram, in links and in the state dict"
        ),
        "level": text("Level"),
        "what": text("What"),
        "out_shape": text("Output", help="Channels × height × width, of one picture"),
        "params": number("Parameters", format=WHOLE, help="Trainable parameters"),
        "macs": number("MACs", format=WHOLE, help="Multiply-accumulates, one picture"),
        "flops": number("FLOPs", format=WHOLE, help="2 × MACs, one picture"),
        "weight_bytes": number("Weights (B)", format=WHOLE, help=f"Bytes of the parameters, {of_batch}"),
        "activation_bytes": number("Activations (B)", format=WHOLE, help=f"Bytes that its layers write, {of_batch}"),
        "intensity": number(
            "FLOPs/byte",
            format="%.2f",
            help="Arithmetic intensity: FLOPs for each byte of weights, inputs and outputs, each moved once",
        ),
        "field_height_px": number("Field height (px)", help=f"Receptive field: rows {pixels}"),
        "field_width_px": number("Field width (px)", help=f"Receptive field: columns {pixels}"),
        "field_jump_px": number("Jump (px)", help="How far the fields of neighbouring outputs are apart"),
        "field_top_px": number("Top (px)", help="Centre of the first output's field, from the upper edge"),
        "field_left_px": number("Left (px)", help="Centre of the first output's field, from the left edge"),
        "params_share": number("Parameters, share", format="percent", help="Of the network without auxiliary heads"),
        "macs_share": number("MACs, share", format="percent", help="Of the network without auxiliary heads"),
        "params_change": number("Parameters, change", format=WHOLE, help="From the published network; – is new"),
        "macs_change": number("MACs, change", format=WHOLE, help="From the published network; – is new"),
    }
