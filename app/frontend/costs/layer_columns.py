"""The layer table as the page shows it: headers, explanations and number formats, by the column names of the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from streamlit import column_config
from streamlit.elements.lib.column_types import ColumnConfig

from ...backend.tables.cost_table import COLUMNS, CostRow, csv_values
from ..kit.terms import meaning

EVERY_DIGIT = "localized"  # Streamlit's name for digits in groups


def layer_frame(rows: Sequence[CostRow]) -> pd.DataFrame:
    """The rows with every digit."""
    values = pd.DataFrame([csv_values(row) for row in rows], columns=list(COLUMNS))
    values["path"] = values["path"].replace("", "(network)")
    values["out_shape"] = values["out_shape"].str.replace("x", " × ")
    return values.drop(columns=["moved_bytes"])


def column_configs(of_batch: str) -> Mapping[str, ColumnConfig]:
    """How each column looks; ``of_batch`` says for how many pictures and in which number format bytes are counted."""
    text, number = column_config.TextColumn, column_config.NumberColumn
    change = "Compared with the published network; – means that the part is new"
    pixels = "of the picture that one output value depends on"
    return {
        "path": text(
            "Part", pinned=True, width=250, help="Its path: the same in the diagram, in links and in the state dict"
        ),
        "level": text("Level"),
        "what": text("What"),
        "out_shape": text("Output", help="Channels × height × width for one picture"),
        "params": number("Parameters", format=EVERY_DIGIT, help="Trainable parameters"),
        "macs": number("MACs", format=EVERY_DIGIT, help="Multiply-accumulates for one picture"),
        "flops": number("FLOPs", format=EVERY_DIGIT, help="2 × MACs, for one picture"),
        "weight_bytes": number("Weights (B)", format=EVERY_DIGIT, help=f"Bytes of the parameters, for {of_batch}"),
        "activation_bytes": number(
            "Activations (B)", format=EVERY_DIGIT, help=f"Bytes that its layers write, for {of_batch}"
        ),
        "intensity": number(
            "FLOPs/byte",
            format="%.2f",
            help="Arithmetic intensity: FLOPs for each byte of weights, inputs and outputs, each moved once",
        ),
        "field_height_px": number("Field height (px)", help=f"Receptive field: rows {pixels}"),
        "field_width_px": number("Field width (px)", help=f"Receptive field: columns {pixels}"),
        "field_jump_px": number("Jump (px)", help=meaning("jump")),
        "field_top_px": number("Top (px)", help="Centre of the first output's receptive field, from the upper edge"),
        "field_left_px": number("Left (px)", help="Centre of the first output's receptive field, from the left edge"),
        "params_share": number("Parameters, share", format="percent", help="Of the network without auxiliary heads"),
        "macs_share": number("MACs, share", format="percent", help="Of the network without auxiliary heads"),
        "params_change": number(
            "Parameters, change",
            format=EVERY_DIGIT,
            help=change,
        ),
        "macs_change": number("MACs, change", format=EVERY_DIGIT, help=change),
    }
