"""What all charts share: colours, names of branch kinds, the axis of stages, margins and the legend's place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from inception_models.arch.branch_kind import BranchKind

from ..common.colours import BRANCH_COLOURS, BRANCH_NAMES, OUTSIDE_COLOUR

BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"  # Okabe and Ito's, in the palette's order
MOST_STAGE_NAMES = 30  # on an axis
LETTERS_PX = 13
LEGEND_PX = 32  # of one line, above the plot; plotly makes more room for more
TOOLBAR_PX = 40  # on the right, so that it is never on the legend or a bar

BranchOrOutside = BranchKind | Literal["outside"]  # outside: single layers, projections
OUTSIDE_NAME = "outside branches"


def kind_name(kind: BranchOrOutside) -> str:
    """What the legend calls a kind of branch."""
    return OUTSIDE_NAME if kind == "outside" else BRANCH_NAMES[kind]


def kind_colour(kind: BranchOrOutside) -> str:
    """The colour that a kind of branch has everywhere."""
    return OUTSIDE_COLOUR if kind == "outside" else BRANCH_COLOURS[kind]


def stage_axis(figure: go.Figure, stages: Sequence[str], selected: str, row: int | None = None) -> None:
    """An x axis of stages, the selected one in bold; of many copies of a block every second or third is named.

    ``row``: the subplot that the names are below.
    """
    figure.update_xaxes(categoryorder="array", categoryarray=list(stages))
    step = max(1, -(-len(stages) // MOST_STAGE_NAMES))
    named = [stage for i, stage in enumerate(stages) if i % step == 0 or stage == selected]
    where = {} if row is None else {"row": row, "col": 1}
    figure.update_xaxes(
        title_text="stage, from the picture to the classes",
        autotickangles=[-45, -90],  # the second where the first would make names overlap
        tickvals=named,
        ticktext=[f"<b>{stage}</b>" if stage == selected else stage for stage in named],
        **where,
    )


def styled(figure: go.Figure, height_px: int, bar_gap: float = 0.25, zoom_stays: bool = True) -> go.Figure:
    """The chart with the layout of all charts. Streamlit adds the theme's own colours and letters.

    ``zoom_stays``: through the next edit, which is right while the x axis stays the same.
    """
    legend = len(figure.data) > 1 or figure.layout.showlegend
    figure.update_layout(
        height=height_px,
        margin={"l": 8, "r": TOOLBAR_PX, "t": LEGEND_PX if legend else 8, "b": 8},
        legend={
            "orientation": "h", "yref": "container", "yanchor": "top", "y": 1, "xref": "container", "x": 0,
            "traceorder": "normal", "font_size": LETTERS_PX,
        },
        font_size=LETTERS_PX,
        hoverlabel_font_size=LETTERS_PX,
        modebar_orientation="v",
        bargap=bar_gap,
        uniformtext={"minsize": LETTERS_PX, "mode": "hide"},  # else plotly shrinks what does not fit into a bar or tile
        uirevision="kept" if zoom_stays else None,
    )  # fmt: skip
    figure.update_xaxes(tickfont_size=LETTERS_PX, title_font_size=LETTERS_PX)
    figure.update_yaxes(tickfont_size=LETTERS_PX, title_font_size=LETTERS_PX)
    return figure
