"""Figures: where a network's parameters and MACs sit, by stage and by branch. Each is a plotly Figure, made from numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import plotly.graph_objects as go

from .analysis import Analysis, StageCost
from .palette import BRANCH_COLOURS, BRANCH_NAMES, BranchKind, branch_kind
from .quantity import exact

Metric = Literal["params", "macs"]
Kind = BranchKind | Literal["outside"]
OUTSIDE_NAME, OUTSIDE_COLOUR = "outside of branches", "#7F8790"
UNITS: dict[Metric, str] = {"params": "parameters", "macs": "MACs"}
AXES: dict[Metric, str] = {"params": "trainable parameters", "macs": "multiply-accumulates (MACs), one picture"}


def by_kind(stage: StageCost, metric: Metric) -> dict[Kind, int]:
    """A stage's cost by kind of branch; what lies in no branch (single layers, projections) counts as ``outside``."""
    found: dict[Kind, int] = {}
    inside = 0
    for block in stage.copies or (stage,):
        for branch in block.branches:
            kind, cost = branch_kind(branch.part), _of(branch, metric)
            found[kind] = found.get(kind, 0) + cost
            inside += cost
    if outside := _of(stage, metric) - inside:
        found["outside"] = outside
    return found


def _name(kind: Kind) -> str:
    return OUTSIDE_NAME if kind == "outside" else BRANCH_NAMES[kind]


def _colour(kind: Kind) -> str:
    return OUTSIDE_COLOUR if kind == "outside" else BRANCH_COLOURS[kind]


def _of(part: object, metric: Metric) -> int:
    value = getattr(part, metric)
    assert isinstance(value, int)
    return value


def stage_bars(analysis: Analysis, metric: Metric) -> go.Figure:
    """Each stage's cost, stacked by branch. The x axis lists the stages that cost anything, in order."""
    stages = [stage for stage in analysis.stages if _of(stage, metric)]
    costs = [by_kind(stage, metric) for stage in stages]
    figure = go.Figure()
    for kind in _kinds(costs):
        values = [cost.get(kind, 0) for cost in costs]
        figure.add_bar(
            name=_name(kind),
            x=[stage.name for stage in stages],
            y=values,
            marker_color=_colour(kind),
            customdata=[exact(value, UNITS[metric]) for value in values],
            hovertemplate="%{x}<br>" + _name(kind) + ": %{customdata}<extra></extra>",
        )
    figure.update_layout(
        barmode="stack", xaxis_title="stage, from the picture to the classes", yaxis_title=AXES[metric]
    )
    figure.update_xaxes(tickangle=-45)
    return _styled(figure, height_px=420)


def branch_shares(analysis: Analysis) -> go.Figure:
    """Which share of the parameters and of the MACs each kind of branch has, over the whole network."""
    metrics: tuple[Metric, ...] = ("macs", "params")
    sums = [_summed([by_kind(stage, metric) for stage in analysis.stages]) for metric in metrics]
    figure = go.Figure()
    for kind in _kinds(sums):
        shares = [100 * total.get(kind, 0) / (sum(total.values()) or 1) for total in sums]
        figure.add_bar(
            name=_name(kind),
            y=["MACs", "parameters"],
            x=shares,
            orientation="h",
            marker_color=_colour(kind),
            text=[f"{share:.1f}&nbsp;%" if share >= 4 else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            customdata=[exact(total.get(kind, 0), UNITS[metric]) for total, metric in zip(sums, metrics, strict=True)],
            hovertemplate=_name(kind) + ": %{x:.2f} % of the %{y}, %{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="stack", xaxis_title="share of the whole network (%)", yaxis_title="")
    return _styled(figure, height_px=260)


def _summed(costs: list[dict[Kind, int]]) -> dict[Kind, int]:
    total: dict[Kind, int] = {}
    for cost in costs:
        for kind, value in cost.items():
            total[kind] = total.get(kind, 0) + value
    return total


def _kinds(costs: list[dict[Kind, int]]) -> Iterator[Kind]:
    """Kinds that occur, in the order in which the network meets them, what is outside all branches last."""
    seen = dict.fromkeys(kind for cost in costs for kind in cost if kind != "outside")
    yield from seen
    if any("outside" in cost for cost in costs):
        yield "outside"


def _styled(figure: go.Figure, height_px: int) -> go.Figure:
    figure.update_layout(
        height=height_px,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "traceorder": "normal"},
        bargap=0.25,
        uirevision="kept",  # a zoom survives the next edit
    )
    return figure
