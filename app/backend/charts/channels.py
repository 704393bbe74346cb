"""What channels carry: mean and share of zeros of each in a stage, and of every branch of the network."""

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
from .branches import Kind, colour_of, name_of, styled


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


# --- the whole network -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BranchSummary:
    """What one branch, or a stage without branches, puts out on one picture.

    ``stage``: the stage or copy of a block that it lies in. ``energy``: the sum of its squared values. ``zeros``: the
    share of values that are 0. ``dead``: channels that are 0 everywhere.
    """

    stage: str
    path: str
    kind: Kind
    channels: int
    energy: float
    mean: float
    zeros: float
    dead: int


def summaries(outputs: Mapping[str, Tensor], branches: Mapping[str, Branch | None]) -> list[BranchSummary]:
    """One for each path in ``branches``, which holds None for a stage without any."""
    return [_summary(path, branch, outputs[path]) for path, branch in branches.items()]


def _summary(path: str, branch: Branch | None, output: Tensor) -> BranchSummary:
    s = channel_statistics(output)
    energy = float(output.double().square().sum())
    kind: Kind = "outside" if branch is None else branch_kind(branch)
    stage = path if branch is None else path.rpartition(".")[0]
    return BranchSummary(
        stage, path, kind, len(s.mean), energy, float(s.mean.mean()), float(s.zeros.mean()), int(s.dead.sum())
    )


def energy_bars(found: Sequence[BranchSummary], selected: str = "") -> go.Figure:
    """Each block's energy, the sum of squares, as its branches' shares, stacked. Other stages are left out."""
    inside = [item for item in found if item.kind != "outside"]
    total: dict[str, float] = {}
    for item in inside:
        total[item.stage] = total.get(item.stage, 0.0) + item.energy
    figure = go.Figure()
    for kind, first, items in _traces(inside):
        figure.add_bar(
            name=name_of(kind),
            legendgroup=kind,
            showlegend=first,
            x=[item.stage for item in items],
            y=[100 * item.energy / (total[item.stage] or 1) for item in items],
            marker_color=colour_of(kind),
            customdata=[item.path for item in items],
            hovertemplate="%{customdata}<br>%{y:.1f} % of the block's energy<extra></extra>",
        )
    figure.update_layout(barmode="stack", yaxis_title="share of the block's energy (%)", yaxis_range=[0, 100])
    _stages_below(figure, list(total), selected)
    return styled(figure, height_px=400)


def branch_dots(found: Sequence[BranchSummary], selected: str = "") -> go.Figure:
    """Three rows over the stages: mean activation, share of zeros, share of dead channels, of every branch."""
    rows = (
        ("mean activation", "%{y:.3g}", [item.mean for item in found]),
        ("zeros (%)", "%{y:.1f} %", [100 * item.zeros for item in found]),
        ("dead channels (%)", "%{y:.1f} %", [100 * item.dead / item.channels for item in found]),
    )
    place = {item.path: i for i, item in enumerate(found)}
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.05)
    for row, (title, number, values) in enumerate(rows, start=1):
        for kind, first, items in _traces(found):
            figure.add_scatter(
                name=name_of(kind),
                legendgroup=kind,
                showlegend=first and row == 1,
                x=[item.stage for item in items],
                y=[values[place[item.path]] for item in items],
                mode="markers",
                marker={"color": colour_of(kind), "size": 9},
                customdata=[item.path for item in items],
                hovertemplate=f"%{{customdata}}<br>{title.partition(' (')[0]}: {number}<extra></extra>",
                row=row,
                col=1,
            )
        figure.update_yaxes(title_text=title, rangemode="tozero", row=row, col=1)
    _stages_below(figure, list(dict.fromkeys(item.stage for item in found)), selected, row=3)
    return styled(figure, height_px=620)


def _traces(found: Sequence[BranchSummary]) -> Iterator[tuple[Kind, bool, list[BranchSummary]]]:
    """Bars of one colour: the kind, whether they are its first ones, and at most one summary of each stage."""
    numbered: dict[tuple[Kind, int], list[BranchSummary]] = {}
    seen: dict[tuple[str, Kind], int] = {}
    for item in found:
        number = seen[item.stage, item.kind] = seen.get((item.stage, item.kind), -1) + 1
        numbered.setdefault((item.kind, number), []).append(item)
    for kind, number in sorted(numbered, key=lambda key: key[1]):
        yield kind, number == 0, numbered[kind, number]


def _stages_below(figure: go.Figure, stages: Sequence[str], selected: str, row: int | None = None) -> None:
    """The axis of stages; of the many copies of a block every second or third is named."""
    figure.update_xaxes(categoryorder="array", categoryarray=list(stages))
    apart = max(1, -(-len(stages) // 30))
    named = [stage for i, stage in enumerate(stages) if i % apart == 0 or stage == selected]
    where = {} if row is None else {"row": row, "col": 1}
    figure.update_xaxes(
        title_text="stage, from the picture to the classes",
        tickangle=-45,
        tickvals=named,
        ticktext=[f"<b>{stage}</b>" if stage == selected else stage for stage in named],
        **where,
    )
