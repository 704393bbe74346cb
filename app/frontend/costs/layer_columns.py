"""The layer table as the page shows it: sets of columns, by the names that the files have for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from ...backend.tables.cost_table import COLUMNS, CostRow, CsvValue
from ..components.figures_table import NOTHING, FigureCell, FigureColumn, FigureRow, share, signed, whole, words
from ..kit.terms import meaning

FigureSet = Literal["costs", "changes", "memory", "field"]
FIGURE_SETS: Mapping[FigureSet, str] = {
    "costs": "Costs",
    "changes": "Changes",
    "memory": "Memory",
    "field": "Receptive field",
}
_CHANGE = "Compared with the published network; – means that the part is new"
_SHARE = FigureColumn("share", "small")  # of the network without auxiliary heads
_WORDS: Mapping[str, FigureColumn] = {
    "level": FigureColumn("Level", "words"),
    "what": FigureColumn("What", "words"),
    "out_shape": FigureColumn("Output", "words", "Channels × height × width for one picture"),
}
_PARAMS = FigureColumn(
    "Parameters", help="Trainable parameters, and their share of the network without auxiliary heads"
)
_MACS = FigureColumn("MACs", help="Multiply-accumulates for one picture, and their share without auxiliary heads")


def layer_columns(figures: FigureSet) -> Mapping[str, FigureColumn]:
    """The columns of a set by their names in the files, explained in the person's language."""
    return {**_WORDS, **_figures()[figures]}


def _figures() -> Mapping[FigureSet, Mapping[str, FigureColumn]]:
    return {
        "costs": {
            "params": _PARAMS,
            "params_share": _SHARE,
            "macs": _MACS,
            "macs_share": _SHARE,
            "flops": FigureColumn("FLOPs", "extra", "2 × MACs, for one picture"),
        },
        "changes": {
            "params": FigureColumn("Parameters", "extra", "Trainable parameters"),
            "params_change": FigureColumn("Parameters, change", help=_CHANGE),
            "macs": FigureColumn("MACs", "extra", "Multiply-accumulates for one picture"),
            "macs_change": FigureColumn("MACs, change", help=_CHANGE),
        },
        "memory": {
            "weight_bytes": FigureColumn("Weights (B)", help="Bytes of the parameters, in the chosen number format"),
            "activation_bytes": FigureColumn(
                "Activations (B)", help="Bytes that its layers write, for the whole batch"
            ),
            "intensity": FigureColumn(
                "FLOPs/B",
                help="Arithmetic intensity: FLOPs for each byte of weights, inputs and outputs, each moved once",
            ),
        },
        "field": {
            "field_height_px": FigureColumn("Height (px)", help="Rows of the picture that one output value depends on"),
            "field_width_px": FigureColumn(
                "Width (px)", help="Columns of the picture that one output value depends on"
            ),
            "field_jump_px": FigureColumn("Jump (px)", help=meaning("jump")),
            "field_top_px": FigureColumn("Top (px)", help="Centre of the first output's field, from the upper edge"),
            "field_left_px": FigureColumn("Left (px)", help="Centre of the first output's field, from the left edge"),
        },
    }


def layer_rows(rows: Sequence[CostRow], figures: FigureSet) -> Iterator[FigureRow]:
    """The rows with every digit."""
    names = layer_columns(figures)
    for row in rows:
        about = f"{row.level} · {row.what} · {_written('out_shape', row)[0]}"
        yield FigureRow(row.path, row.path or "(network)", about, tuple(_written(name, row) for name in names))


def _written(name: str, row: CostRow) -> FigureCell:
    value: CsvValue = COLUMNS[name](row)
    match value:
        case None:
            return NOTHING
        case str():
            return words(value.replace("x", " × ") if name == "out_shape" else value)
        case float() if name.endswith("_share"):
            return share(value)
        case float():
            return f"{value:,.2f}" if name == "intensity" else f"{value:g}", value
        case _:
            return signed(value) if name.endswith("_change") else whole(value)
