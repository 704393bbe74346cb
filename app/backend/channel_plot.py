"""What the channels of a stage carry: mean and share of zeros of each, by branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from .activations import ChannelStatistics


@dataclass(frozen=True, eq=False)
class Series:
    """The channels of one branch, or of a stage without branches."""

    name: str
    colour: str
    statistics: ChannelStatistics


def channel_bars(series: Sequence[Series]) -> go.Figure:
    """Two rows over the channels in the order of the concatenation: mean activation, and share of zeros."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    start = 0
    for item in series:
        count = len(item.statistics.mean)
        places = np.arange(start, start + count)
        start += count
        for row, values, unit in ((1, item.statistics.mean, ""), (2, 100 * item.statistics.zeros, " %")):
            figure.add_bar(
                name=item.name,
                x=places,
                y=values,
                marker={"color": item.colour, "line_width": 0},
                customdata=np.arange(count),
                hovertemplate=f"{item.name}, channel %{{customdata}}: %{{y:.3g}}{unit}<extra></extra>",
                showlegend=row == 1,
                legendgroup=item.name,
                row=row,
                col=1,
            )
    figure.update_yaxes(title_text="mean activation", row=1, col=1)
    figure.update_yaxes(title_text="zeros (%)", range=[0, 100], row=2, col=1)
    figure.update_xaxes(title_text="channel, in the order of the concatenation", row=2, col=1)
    figure.update_layout(
        height=380,
        bargap=0,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
    )
    return figure
