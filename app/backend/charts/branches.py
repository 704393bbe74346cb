"""Where a network's costs are, by stage and by kind of branch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import plotly.graph_objects as go

from inception_models.arch.branch_kind import branch_kind

from ..analysis.network import Analysis, StageCost
from ..common.quantity import exact
from ..tables.part_costs import PartCost, part_costs, whole_cost
from .style import BranchOrOutside, kind_colour, kind_name, stage_axis, styled

CostMetric = Literal["params", "macs", "memory"]
METRIC_TITLES: Mapping[CostMetric, str] = MappingProxyType(
    {"params": "parameters", "macs": "MACs", "memory": "activations"}
)
METRIC_UNITS: Mapping[CostMetric, str] = MappingProxyType({"params": "parameters", "macs": "MACs", "memory": "bytes"})
METRIC_AXES: Mapping[CostMetric, str] = MappingProxyType(
    {
        "params": "trainable parameters",
        "macs": "multiply-accumulates (MACs), one picture",
        "memory": "bytes that its layers write",
    }
)


def amount(part: PartCost, metric: CostMetric, scale: int = 1) -> int:
    """What a part costs. ``scale``: bytes of an element times the batch; it matters for memory only."""
    match metric:
        case "params":
            return part.params
        case "macs":
            return part.macs
        case "memory":
            return part.written * scale


def by_kind(stage: StageCost, metric: CostMetric, scale: int = 1) -> dict[BranchOrOutside, int]:
    """A stage's cost by kind of branch; what is in no branch counts as ``outside``."""
    costs: dict[BranchOrOutside, int] = {}
    inside = 0
    for copy in stage.copies or (stage,):
        kinds = {branch.name: branch_kind(branch.part) for branch in copy.branches}
        for part in part_costs(copy):
            if part.level == "branch":
                cost = amount(part, metric, scale)
                costs[kinds[part.path]] = costs.get(kinds[part.path], 0) + cost
                inside += cost
    if outside := amount(whole_cost(stage), metric, scale) - inside:
        costs["outside"] = outside
    return costs


def stage_bars(analysis: Analysis, metric: CostMetric, scale: int = 1, selected: str = "") -> go.Figure:
    """Each stage's cost, stacked by branch. The x axis lists the stages that cost anything, in order."""
    costs = {stage.name: by_kind(stage, metric, scale) for stage in analysis.stages}
    costs = {name: cost for name, cost in costs.items() if sum(cost.values())}
    figure = go.Figure()
    for kind in _kinds(list(costs.values())):
        values = [cost.get(kind, 0) for cost in costs.values()]
        figure.add_bar(
            name=kind_name(kind),
            x=list(costs),
            y=values,
            marker_color=kind_colour(kind),
            customdata=[exact(value, METRIC_UNITS[metric]) for value in values],
            hovertemplate="%{x}<br>" + kind_name(kind) + ": %{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="stack", yaxis_title=METRIC_AXES[metric], yaxis_tickformat="~s")
    stage_axis(figure, list(costs), selected)
    return styled(figure, height_px=420)


def branch_shares(analysis: Analysis) -> go.Figure:
    """Which share of the parameters, MACs and activations each kind of branch has, over the whole network."""
    metrics: tuple[CostMetric, ...] = ("memory", "macs", "params")
    sums = [_summed([by_kind(stage, metric) for stage in analysis.stages]) for metric in metrics]
    figure = go.Figure()
    for kind in _kinds(sums):
        shares = [100 * total.get(kind, 0) / (sum(total.values()) or 1) for total in sums]
        figure.add_bar(
            name=kind_name(kind),
            y=[METRIC_TITLES[metric] for metric in metrics],
            x=shares,
            orientation="h",
            marker_color=kind_colour(kind),
            text=[f"{share:.1f}&nbsp;%" if share >= 4 else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertemplate=kind_name(kind) + ": %{x:.2f} % of the %{y}<extra></extra>",
        )
    figure.update_layout(barmode="stack", xaxis_title="share of the whole network (%)", yaxis_title="")
    return styled(figure, height_px=300)


def _summed(costs: list[dict[BranchOrOutside, int]]) -> dict[BranchOrOutside, int]:
    total: dict[BranchOrOutside, int] = {}
    for cost in costs:
        for kind, value in cost.items():
            total[kind] = total.get(kind, 0) + value
    return total


def _kinds(costs: list[dict[BranchOrOutside, int]]) -> Iterator[BranchOrOutside]:
    """Kinds that occur, in the order in which the network meets them, what is outside all branches last."""
    seen = dict.fromkeys(kind for cost in costs for kind in cost if kind != "outside")
    yield from seen
    if any("outside" in cost for cost in costs):
        yield "outside"
