"""The heat map over a diagram: the value of every box, and the scale that they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..analysis.graph import elements
from ..analysis.network import Analysis
from ..common.colours import ColorBy, heat
from ..common.quantity import float32_bytes, percent, short
from .options import DiagramOptions
from .scene import Box, Cluster, Scene

LEGEND_STEPS = 10


@dataclass(frozen=True, slots=True)
class HeatScale:
    """The legend of a heat map: its colours from low to high, and the values at the two ends as text."""

    colours: tuple[str, ...]
    low: str
    high: str


class HeatMap(NamedTuple):
    """What the colours show. ``most``: the largest value; ``total``: the network's MACs where shares of them are shown,
    else zero.
    """

    color_by: ColorBy
    most: float
    total: int

    def colour(self, value: float) -> str:
        """The colour of a value."""
        return heat(value / self.most)

    def text(self, value: float) -> str:
        """A value with its unit."""
        match self.color_by:
            case "share":
                return percent(value, self.total)
            case "memory":
                return short(value, "B")
            case "field":
                return f"{value:,} px"
            case "time":
                return short(value, "s")
            case _:
                return short(value)

    def scale(self) -> HeatScale:
        """The legend."""
        return HeatScale(
            tuple(heat(step / (LEGEND_STEPS - 1)) for step in range(LEGEND_STEPS)), "0", self.text(self.most)
        )


def heat_map(analysis: Analysis, shown: Scene, options: DiagramOptions) -> HeatMap:
    """The scale for all boxes and, for times, which are known for whole stages only, all clusters of ``shown``."""
    if options.color_by == "kind":
        return HeatMap("kind", 0, 0)
    parts: list[Box | Cluster] = [*shown.boxes]
    if options.color_by == "time":
        parts += [cluster for part in shown.parts for cluster in part.clusters.values()]
    seconds = dict(options.seconds)
    most = max((heat_value(options.color_by, seconds, part) for part in parts), default=0)
    return HeatMap(options.color_by, most, analysis.macs if options.color_by == "share" else 0)


def heat_value(color_by: ColorBy, seconds: Mapping[str, float], part: Box | Cluster) -> float:
    """The value of a box or cluster, of all copies together; zero has no colour on the scale."""
    cost, out_shape = (part, part.spec.out_shape) if isinstance(part, Box) else (part.part, part.part.out_shape)
    match color_by:
        case "kind":
            return 0
        case "params":
            return cost.params
        case "memory":
            return float32_bytes(elements(out_shape))
        case "macs" | "share":
            return cost.macs
        case "field":
            return max(side.size for side in part.seen) if isinstance(part, Box) and part.seen else 0
        case "time":
            return seconds.get(part.path.partition(".")[0], 0)
