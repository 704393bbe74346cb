"""A chart on a page: its toolbar saves it as a picture, and a button below it its numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from ..backend.charts.files import chart_csv
from .kit.save_button import save_button

REMOVED = ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"]


def chart_config(file_name: str) -> dict[str, object]:
    """Of a chart whose toolbar, always there, saves it as SVG."""
    return {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtonsToRemove": REMOVED,
        "toImageButtonOptions": {"format": "svg", "filename": file_name},
    }


def show_chart(figure: go.Figure, key: str, file_name: str, on_select: Callable[[], None] | None = None) -> None:
    """Render it; ``on_select`` is called when a part of it was clicked."""
    with st.container(gap=None):
        st.plotly_chart(
            figure,
            key=key,
            on_select=on_select or "ignore",
            selection_mode="points",
            config=chart_config(file_name),
        )
        save_button(
            "CSV",
            partial(chart_csv, figure),
            f"{file_name}.csv",
            type="tertiary",
            key=f"{key}.csv",
            help="The numbers of this chart. Its toolbar saves it as SVG.",
        )
