"""The whole network as nested areas: network, stages, copies, branches, ops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from inception_models.arch.branch_kind import BranchKind, branch_kind
from inception_models.arch.spec import Conv, Pool

from ..analysis.network import Analysis, StageCost
from ..common.colours import THEMES, Theme, ThemeName, ink, lighter
from ..common.quantity import exact, percent_change
from ..tables.part_costs import part_costs, whole_cost
from .branches import METRIC_TITLES, METRIC_UNITS, CostMetric, cost_amount
from .published import beside_published
from .style import kind_colour, styled

TreeForm = Literal["treemap", "sunburst"]
TreeMetric = CostMetric | Literal["time"]
ROOT_ID = "network"
SHOWN_LEVELS = 4  # a click opens the next


@dataclass(frozen=True, slots=True)
class Tile:
    """One area. ``path`` is the part's own, so that a click can select it; ``parent`` is a path, or the root's name."""

    path: str
    parent: str
    label: str
    value: float
    text: str
    colour: str


def tree(
    analysis: Analysis,
    metric: TreeMetric,
    form: TreeForm,
    scale: int = 1,
    times: Mapping[str, float] | None = None,
    theme: ThemeName = "light",
    published: Analysis | None = None,
) -> go.Figure:
    """Areas in proportion to what every part costs; parts that cost nothing are left out.

    ``times``: measured seconds by stage, which ``metric="time"`` needs; time is known for whole stages only.
    ``published``: what an edited network is compared with, in words in each area that differs and on hover.
    """
    quiet = THEMES[theme]
    tiles = list(_timed(times or {}, quiet) if metric == "time" else _tiles(analysis, metric, scale, quiet))
    title = "time" if metric == "time" else METRIC_TITLES[metric]
    total = sum(tile.value for tile in tiles if tile.parent == ROOT_ID)
    root = Tile(ROOT_ID, "", title, total, _text(total, metric), quiet.block)
    every = [root, *tiles]
    before = _values(published, metric, scale) if published and metric != "time" else {}
    make = go.Treemap if form == "treemap" else go.Sunburst
    area = make(
        ids=[tile.path for tile in every],
        parents=[tile.parent for tile in every],
        labels=[tile.label for tile in every],
        values=[tile.value for tile in every],
        marker_colors=[tile.colour for tile in every],
        textfont_color=[ink(tile.colour) for tile in every],
        customdata=[[tile.path, *_difference(tile, before)] for tile in every],
        branchvalues="total",
        sort=False,
        maxdepth=SHOWN_LEVELS,
        texttemplate="%{label}<br>%{percentRoot:.1%}%{customdata[2]}",
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}, %{percentRoot:.2%} of the network<extra></extra>",
    )
    return styled(go.Figure(area), height_px=620)


def _values(analysis: Analysis, metric: CostMetric, scale: int) -> dict[str, float]:
    tiles = list(_tiles(analysis, metric, scale, THEMES["light"]))
    return {tile.path: tile.value for tile in tiles} | {
        ROOT_ID: sum(tile.value for tile in tiles if tile.parent == ROOT_ID)
    }


def _difference(tile: Tile, before: Mapping[str, float]) -> tuple[str, str]:
    """What a tile is on hover, and what its label ends with."""
    value = before.get(tile.path)
    if value is None or value == tile.value:
        return tile.text, ""
    unit = tile.text.rpartition(" ")[2]
    return (
        beside_published(round(tile.value), round(value), unit),
        f"<br>{percent_change(tile.value, value)} from published",
    )


def _text(value: float, metric: TreeMetric) -> str:
    return f"{1e3 * value:.3g} ms" if metric == "time" else exact(round(value), METRIC_UNITS[metric])


def _timed(times: Mapping[str, float], theme: Theme) -> Iterator[Tile]:
    for name, seconds in times.items():
        yield Tile(name, ROOT_ID, name, seconds, _text(seconds, "time"), theme.trunk)


def _tiles(analysis: Analysis, metric: CostMetric, scale: int, theme: Theme) -> Iterator[Tile]:
    for stage in analysis.stages:
        if stage.copies and (value := cost_amount(whole_cost(stage), metric, scale)):
            yield Tile(stage.name, ROOT_ID, stage.name, value, _text(value, metric), theme.quiet)
        for copy in stage.copies or (stage,):
            yield from _part(copy, metric, scale, theme)


def _part(copy: StageCost, metric: CostMetric, scale: int, theme: Theme) -> Iterator[Tile]:
    """The tiles of a stage or of one copy, itself first."""
    container = copy.name.rpartition(".")[0]
    colours = _Colours(copy, theme)
    for part in part_costs(copy):
        value = cost_amount(part, metric, scale)
        if part.level == "layer" or not value:
            continue
        above, _, name = part.path.rpartition(".")
        path = f"{copy.name}.{part.path}".rstrip(".")
        parent = f"{copy.name}.{above}".rstrip(".") if part.path else container or ROOT_ID
        yield Tile(path, parent, name or copy.name, value, _text(value, metric), colours.of(part.path))


class _Colours:
    """A branch has its colour, a reduction in it a lighter one, everything else a quiet one."""

    def __init__(self, copy: StageCost, theme: Theme) -> None:
        self.whole, self.outside = theme.quiet if copy.branches else theme.trunk, theme.trunk
        self.kinds: dict[str, BranchKind] = {b.name: branch_kind(b.part) for b in copy.branches}
        self.reductions = {
            f"{b.name}.{op.name}"
            for b in copy.branches
            for op in b.part.ops[:-1]
            if isinstance(op, Pool) or (isinstance(op, Conv) and op.kernel == (1, 1))
        }

    def of(self, path: str) -> str:
        if not path:
            return self.whole
        kind = self.kinds.get(path.partition(".")[0])
        if kind is None:
            return self.outside
        return lighter(kind_colour(kind)) if path in self.reductions else kind_colour(kind)
