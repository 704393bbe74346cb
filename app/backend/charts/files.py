"""The numbers of a chart, as a file."""

from __future__ import annotations

import plotly.graph_objects as go

from ..common.csv_text import csv_text


def chart_csv(figure: go.Figure) -> str:
    """A line for each bar, point or area: which series it is of, and its numbers with every digit."""
    areas = [trace for trace in figure.data if trace.type in ("treemap", "sunburst")]
    if areas:
        rows = (row for area in areas for row in zip(area.ids, area.parents, area.values, strict=True))
        return csv_text(("path", "inside", "value"), rows)
    layout = figure.layout
    points = ((trace.name or "", x, y) for trace in figure.data for x, y in zip(trace.x, trace.y, strict=True))
    return csv_text(("series", layout.xaxis.title.text or "x", layout.yaxis.title.text or "y"), points)
