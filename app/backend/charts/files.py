"""The numbers of a chart, as a file."""

from __future__ import annotations

import csv
from io import StringIO

import plotly.graph_objects as go


def chart_csv(figure: go.Figure) -> str:
    """A line for each bar, point or area: which series it is of, and its numbers with every digit."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    areas = [trace for trace in figure.data if trace.type in ("treemap", "sunburst")]
    if areas:
        writer.writerow(("path", "inside", "value"))
        for area in areas:
            writer.writerows(zip(area.ids, area.parents, area.values, strict=True))
        return file.getvalue()
    layout = figure.layout
    writer.writerow(("series", layout.xaxis.title.text or "x", layout.yaxis.title.text or "y"))
    for trace in figure.data:
        writer.writerows((trace.name or "", x, y) for x, y in zip(trace.x, trace.y, strict=True))
    return file.getvalue()
