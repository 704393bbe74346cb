"""Where a network's costs are, by stage and by kind of branch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import plotly.graph_objects as go

from inception_models.arch.branch_kind import branch_kind

from ..analysis.network import Analysis, StageCost
from ..common.colours import ink
from ..common.quantity import exact
from ..tables.part_costs import PartCost, part_costs, whole_cost
from .published import PUBLISHED_NAME, add_outlines, beside_published, name_bars, names_of_both
from .style import BranchOrOutside, kind_colour, kind_name, stage_axis, styled

CostMetric = Literal["params", "macs", "memory"]
METRIC_TITLES: Mapping[CostMetric, str] = MappingProxyType(
    {"params": "parameters", "macs": "MACs", "memory": "activations"}
)
METRIC_UNITS: Mapping[CostMetric, str] = MappingProxyType({"params": "parameters", "macs": "MACs", "memory": "bytes"})
METRIC_AXES: Mapping[CostMetric, str] = MappingProxyType(
    {
        "params": "parameters",
        "macs": "MACs for one picture",
        "memory": "bytes written",
    }
)


def cost_amount(part: PartCost, metric: CostMetric, scale: int = 1) -> int:
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
                cost = cost_amount(part, metric, scale)
                costs[kinds[part.path]] = costs.get(kinds[part.path], 0) + cost
                inside += cost
    if outside := cost_amount(whole_cost(stage), metric, scale) - inside:
        costs["outside"] = outside
    return costs


def stage_bars(
    analysis: Analysis, metric: CostMetric, scale: int = 1, selected: str = "", published: Analysis | None = None
) -> go.Figure:
    """Each stage's cost, stacked by branch. The x axis lists the stages that cost anything, in order.

    ``published``: what an edited network is compared with: an outline around each bar, and the difference on hover.
    """
    costs, before = _stage_costs(analysis, metric, scale), _stage_costs(published, metric, scale) if published else {}
    figure = go.Figure()
    for kind in _kinds(list(costs.values())):
        values = [cost.get(kind, 0) for cost in costs.values()]
        figure.add_bar(
            name=kind_name(kind),
            x=list(costs),
            y=values,
            marker_color=kind_colour(kind),
            customdata=[_hover(costs[name], before.get(name), kind, METRIC_UNITS[metric]) for name in costs],
            hovertemplate="%{x}<br>" + kind_name(kind) + ": %{customdata}<extra></extra>",
        )
    if before:
        add_outlines(figure, _totals(costs), _totals(before))
    figure.update_layout(barmode="stack", yaxis_title=METRIC_AXES[metric], yaxis_tickformat="~s")
    stage_axis(figure, names_of_both(costs, before), selected)
    return styled(figure, height_px=420)


def _stage_costs(analysis: Analysis, metric: CostMetric, scale: int) -> dict[str, dict[BranchOrOutside, int]]:
    costs = {stage.name: by_kind(stage, metric, scale) for stage in analysis.stages}
    return {name: cost for name, cost in costs.items() if sum(cost.values())}


def _totals(costs: Mapping[str, dict[BranchOrOutside, int]]) -> dict[str, int]:
    return {name: sum(cost.values()) for name, cost in costs.items()}


def _hover(
    now: dict[BranchOrOutside, int], before: dict[BranchOrOutside, int] | None, kind: BranchOrOutside, unit: str
) -> str:
    """What a bar is, and what the whole stage is, each beside the published."""
    if before is None:
        return exact(now.get(kind, 0), unit)
    own = beside_published(now.get(kind, 0), before.get(kind, 0), unit)
    return (
        own
        if len(now) == 1
        else f"{own}<br>the stage: {beside_published(sum(now.values()), sum(before.values()), unit)}"
    )


def branch_shares(analysis: Analysis, published: Analysis | None = None) -> go.Figure:
    """Which share of the parameters, MACs and activations each kind of branch has, over the whole network.

    ``published``: what an edited network is compared with, in a paler bar below each.
    """
    metrics: tuple[CostMetric, ...] = ("memory", "macs", "params")
    rows = [(METRIC_TITLES[metric], analysis, metric, 1.0) for metric in metrics]
    if published:
        below = [(f"{METRIC_TITLES[metric]}, {PUBLISHED_NAME}", published, metric, 0.5) for metric in metrics]
        rows = [row for pair in zip(below, rows, strict=True) for row in pair]
    sums = [_summed([by_kind(stage, metric) for stage in network.stages]) for _, network, metric, _ in rows]
    shares = [{kind: 100 * cost / (sum(total.values()) or 1) for kind, cost in total.items()} for total in sums]
    figure = go.Figure()
    for kind in _kinds(sums):
        values = [share.get(kind, 0.0) for share in shares]
        figure.add_bar(
            name=kind_name(kind),
            y=[title for title, *_ in rows],
            x=values,
            orientation="h",
            marker={"color": kind_colour(kind), "opacity": [opacity for *_, opacity in rows]},
            text=[
                f"{value:.1f}%" if value >= 4 and network is analysis else ""
                for value, (_, network, *_) in zip(values, rows, strict=True)
            ],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont_color=ink(kind_colour(kind)),
            textangle=0,
            customdata=_points(values) if published else [""] * len(rows),
            hovertemplate=kind_name(kind) + ": %{x:.2f}% of the %{y}%{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="stack", xaxis_title="share of the whole network (%)", yaxis_title="")
    name_bars(figure, [title for title, *_ in rows])
    return styled(figure, height_px=420 if published else 300)


def _points(values: list[float]) -> list[str]:
    """The difference of each row from the published one before it, in percentage points."""
    differences = [now - before for before, now in zip(values[::2], values[1::2], strict=True)]
    texts = [f"<br>{points:+.2f} points from the published".replace("-", "−") for points in differences]
    return [text for difference in texts for text in ("", difference)]


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
