"""Accuracy against MACs of a trained network that was shrunk and trained on, by three methods."""

from __future__ import annotations

import plotly.graph_objects as go

from ..common.colours import OUTSIDE_COLOUR
from ..decide.healing.heal_figure import LOOKS
from ..decide.healing.heal_result import METHOD_TITLES, HealResult
from .style import styled

SYMBOLS = {"pruned": "circle", "even": "square", "scratch": "triangle-up"}
HEAL_HEIGHT_PX = 400


def heal_plot(result: HealResult) -> go.Figure:
    """A point for each method and share, with the standard deviation over seeds; a line for the network as trained."""
    figure = go.Figure()
    for method, name in METHOD_TITLES.items():
        points = [point for point in result.points if point.method == method]
        colour, _ = LOOKS[method]
        figure.add_scatter(
            name=name,
            x=[point.macs for point in points],
            y=[100 * point.accuracy for point in points],
            error_y={"array": [100 * point.spread for point in points], "thickness": 1.5, "width": 5},
            customdata=[(f"{point.share:.0%}", point.seeds, 100 * point.spread) for point in points],
            mode="lines+markers",
            line={"color": colour, "width": 1},
            marker={"symbol": SYMBOLS[method], "size": 11},
            hovertemplate="%{customdata[0]} of the MACs, %{x:.4s}<br>%{y:.1f} ± %{customdata[2]:.1f}% correct,"
            " %{customdata[1]} seeds<extra></extra>",
        )
    figure.add_hline(
        100 * result.whole.accuracy,
        line={"color": OUTSIDE_COLOUR, "dash": "dash", "width": 1},
        annotation_text=f"before: {result.whole.accuracy:.1%}",
        annotation_position="bottom left",
    )
    figure.update_xaxes(title="MACs", rangemode="tozero")
    figure.update_yaxes(title="test accuracy (%)", autorangeoptions_include=[0, 100 * result.whole.accuracy])
    return styled(figure, HEAL_HEIGHT_PX)
