"""What channels carry: mean and share of zeros of each channel of a stage, and of every branch of the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots
from torch import Tensor

from inception_models.arch.branch_kind import branch_kind
from inception_models.arch.spec import Branch

from ..picture.activations import ChannelStatistics, channel_statistics
from .style import BranchOrOutside, kind_colour, kind_name, stage_axis, styled


@dataclass(frozen=True, eq=False)
class ChannelSeries:
    """The channels of one branch, or of a stage without branches."""

    name: str
    colour: str
    statistics: ChannelStatistics


def channel_bars(series: Sequence[ChannelSeries]) -> go.Figure:
    """Two rows over the channels in the order of the concatenation: mean activation, and share of zeros."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    start = 0
    for item in series:
        count = len(item.statistics.mean)
        places = np.arange(start, start + count)
        start += count
        for row, values, unit in ((1, item.statistics.mean, ""), (2, 100 * item.statistics.zeros, "%")):
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
    return styled(figure, height_px=380, bar_gap=0, zoom_stays=False)


# --- the whole network -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BranchSummary:
    """The output of one branch, or of a stage without branches, for one picture.

    ``stage``: the stage or copy of a block that it is in. ``energy``: the sum of its squared values. ``zeros``: the
    share of values that are 0. ``dead``: channels that are 0 everywhere.
    """

    stage: str
    path: str
    kind: BranchOrOutside
    channels: int
    energy: float
    mean: float
    zeros: float
    dead: int


def summaries(outputs: Mapping[str, Tensor], branches: Mapping[str, Branch | None]) -> list[BranchSummary]:
    """One for each path in ``branches``, whose value is None for a stage without branches."""
    return [_summary(path, branch, outputs[path]) for path, branch in branches.items()]


def _summary(path: str, branch: Branch | None, output: Tensor) -> BranchSummary:
    s = channel_statistics(output)
    energy = float(output.double().square().sum())
    kind: BranchOrOutside = "outside" if branch is None else branch_kind(branch)
    stage = path if branch is None else path.rpartition(".")[0]
    return BranchSummary(
        stage, path, kind, len(s.mean), energy, float(s.mean.mean()), float(s.zeros.mean()), int(s.dead.sum())
    )


def energy_bars(branches: Sequence[BranchSummary], selected: str = "") -> go.Figure:
    """Each block's energy, the sum of squares, as its branches' shares, stacked. Other stages are left out."""
    inside = [item for item in branches if item.kind != "outside"]
    total: dict[str, float] = {}
    for item in inside:
        total[item.stage] = total.get(item.stage, 0.0) + item.energy
    figure = go.Figure()
    for kind, first, items in _traces(inside):
        figure.add_bar(
            name=kind_name(kind),
            legendgroup=kind,
            showlegend=first,
            x=[item.stage for item in items],
            y=[100 * item.energy / (total[item.stage] or 1) for item in items],
            marker_color=kind_colour(kind),
            customdata=[item.path for item in items],
            hovertemplate="%{customdata}<br>%{y:.1f}% of the block's energy<extra></extra>",
        )
    figure.update_layout(barmode="stack", yaxis_title="share of the block's energy (%)", yaxis_range=[0, 100])
    stage_axis(figure, list(total), selected)
    return styled(figure, height_px=400)


def branch_dots(branches: Sequence[BranchSummary], selected: str = "") -> go.Figure:
    """Three rows over the stages: mean activation, share of zeros, share of dead channels, of every branch."""
    rows = (
        ("mean activation", "%{y:.3g}", [item.mean for item in branches]),
        ("zeros (%)", "%{y:.1f}%", [100 * item.zeros for item in branches]),
        ("dead channels (%)", "%{y:.1f}%", [100 * item.dead / item.channels for item in branches]),
    )
    place = {item.path: i for i, item in enumerate(branches)}
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.05)
    for row, (title, number, values) in enumerate(rows, start=1):
        for kind, first, items in _traces(branches):
            figure.add_scatter(
                name=kind_name(kind),
                legendgroup=kind,
                showlegend=first and row == 1,
                x=[item.stage for item in items],
                y=[values[place[item.path]] for item in items],
                mode="markers",
                marker={"color": kind_colour(kind), "size": 9},
                customdata=[item.path for item in items],
                hovertemplate=f"%{{customdata}}<br>{title.partition(' (')[0]}: {number}<extra></extra>",
                row=row,
                col=1,
            )
        figure.update_yaxes(title_text=title, rangemode="tozero", row=row, col=1)
    stage_axis(figure, list(dict.fromkeys(item.stage for item in branches)), selected, row=3)
    return styled(figure, height_px=620)


def _traces(branches: Sequence[BranchSummary]) -> Iterator[tuple[BranchOrOutside, bool, list[BranchSummary]]]:
    """Bars of one colour: the kind, whether they are its first ones, and at most one summary of each stage."""
    numbered: dict[tuple[BranchOrOutside, int], list[BranchSummary]] = {}
    seen: dict[tuple[str, BranchOrOutside], int] = {}
    for item in branches:
        number = seen[item.stage, item.kind] = seen.get((item.stage, item.kind), -1) + 1
        numbered.setdefault((item.kind, number), []).append(item)
    for kind, number in sorted(numbered, key=lambda key: key[1]):
        yield kind, number == 0, numbered[kind, number]
