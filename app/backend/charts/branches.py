"""Where a network's costs sit, by stage and by branch. Each plot is a plotly Figure, made from numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import plotly.graph_objects as go

from inception_models.arch.branch_kind import BranchKind, branch_kind

from ..analysis.network import Analysis, StageCost
from ..common.colours import BRANCH_COLOURS, BRANCH_NAMES, OUTSIDE_COLOUR
from ..common.quantity import exact
from ..tables.part_costs import PartCost, part_costs, whole_cost

Metric = Literal["params", "macs", "memory"]
Kind = BranchKind | Literal["outside"]
OUTSIDE_NAME = "outside of branches"
TITLES: Mapping[Metric, str] = MappingProxyType({"params": "parameters", "macs": "MACs", "memory": "activations"})
UNITS: Mapping[Metric, str] = MappingProxyType({"params": "parameters", "macs": "MACs", "memory": "bytes"})
AXES: Mapping[Metric, str] = MappingProxyType(
    {
        "params": "trainable parameters",
        "macs": "multiply-accumulates (MACs), one picture",
        "memory": "bytes that its layers write",
    }
)


def amount(part: PartCost, metric: Metric, scale: int = 1) -> int:
    """What a part costs. ``scale``: bytes of an element times the batch; it matters for memory only."""
    match metric:
        case "params":
            return part.params
        case "macs":
            return part.macs
        case "memory":
            return part.written * scale


def by_kind(stage: StageCost, metric: Metric, scale: int = 1) -> dict[Kind, int]:
    """A stage's cost by kind of branch; what lies in no branch (single layers, projections) counts as ``outside``."""
    found: dict[Kind, int] = {}
    inside = 0
    for copy in stage.copies or (stage,):
        kinds = {branch.name: branch_kind(branch.part) for branch in copy.branches}
        for part in part_costs(copy):
            if part.level == "branch":
                cost = amount(part, metric, scale)
                found[kinds[part.path]] = found.get(kinds[part.path], 0) + cost
                inside += cost
    if outside := amount(whole_cost(stage), metric, scale) - inside:
        found["outside"] = outside
    return found


def name_of(kind: Kind) -> str:
    """What the legend calls a kind of branch."""
    return OUTSIDE_NAME if kind == "outside" else BRANCH_NAMES[kind]


def colour_of(kind: Kind) -> str:
    """The colour that a kind of branch has everywhere."""
    return OUTSIDE_COLOUR if kind == "outside" else BRANCH_COLOURS[kind]


def stage_bars(analysis: Analysis, metric: Metric, scale: int = 1, selected: str = "") -> go.Figure:
    """Each stage's cost, stacked by branch. The x axis lists the stages that cost anything, in order."""
    costs = {stage.name: by_kind(stage, metric, scale) for stage in analysis.stages}
    costs = {name: cost for name, cost in costs.items() if sum(cost.values())}
    figure = go.Figure()
    for kind in _kinds(list(costs.values())):
        values = [cost.get(kind, 0) for cost in costs.values()]
        figure.add_bar(
            name=name_of(kind),
            x=list(costs),
            y=values,
            marker_color=colour_of(kind),
            customdata=[exact(value, UNITS[metric]) for value in values],
            hovertemplate="%{x}<br>" + name_of(kind) + ": %{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="stack", yaxis_title=AXES[metric], yaxis_tickformat="~s")
    stage_axis(figure, list(costs), selected)
    return styled(figure, height_px=420)


def branch_shares(analysis: Analysis) -> go.Figure:
    """Which share of the parameters, MACs and activations each kind of branch has, over the whole network."""
    metrics: tuple[Metric, ...] = ("memory", "macs", "params")
    sums = [_summed([by_kind(stage, metric) for stage in analysis.stages]) for metric in metrics]
    figure = go.Figure()
    for kind in _kinds(sums):
        shares = [100 * total.get(kind, 0) / (sum(total.values()) or 1) for total in sums]
        figure.add_bar(
            name=name_of(kind),
            y=[TITLES[metric] for metric in metrics],
            x=shares,
            orientation="h",
            marker_color=colour_of(kind),
            text=[f"{share:.1f}&nbsp;%" if share >= 4 else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertemplate=name_of(kind) + ": %{x:.2f} % of the %{y}<extra></extra>",
        )
    figure.update_layout(barmode="stack", xaxis_title="share of the whole network (%)", yaxis_title="")
    return styled(figure, height_px=300)


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


def stage_axis(figure: go.Figure, stages: Sequence[str], selected: str) -> None:
    """An x axis of stages, the selected one in bold."""
    figure.update_xaxes(
        title="stage, from the picture to the classes",
        tickangle=-45,
        tickvals=list(stages),
        ticktext=[f"<b>{stage}</b>" if stage == selected else stage for stage in stages],
    )


def styled(figure: go.Figure, height_px: int) -> go.Figure:
    """What all plots share. Streamlit adds the theme's own colours and letters."""
    figure.update_layout(
        height=height_px,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "traceorder": "normal"},
        bargap=0.25,
        uirevision="kept",  # a zoom survives the next edit
    )
    return figure
