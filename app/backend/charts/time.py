"""Which stages take longer than their MACs suggest, and how near each comes to what the machine can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10

import plotly.graph_objects as go

from ..analysis.network import Analysis
from ..common.colours import OUTSIDE_COLOUR
from ..common.quantity import percent_change, short
from ..timing.latency import Latency, Timing
from ..timing.roofline import Ceilings, RooflinePoint
from .point_names import free_places
from .published import OUTLINE_COLOUR, PUBLISHED_NAME, beside_published, names_of_both
from .style import BLUE, ORANGE, stage_axis, styled

PLOT_PX = (640, 400)  # for which the names of points are placed; it is often larger
MARKER_PX = 9


def time_against_macs(
    analysis: Analysis,
    latency: Latency | None,
    selected: str = "",
    published: tuple[Analysis, Latency | None] | None = None,
) -> go.Figure:
    """Each stage's share of the time beside its share of the MACs, as far as the times were measured.

    ``published``: the published network and its times, for one that was edited: paler, hatched bars.
    """
    figure = go.Figure()
    names = [stage.name for stage in analysis.stages]
    before = published or (None, None)
    if published and published[1]:
        figure.add_bar(name=f"share of time, {PUBLISHED_NAME}", **_time_shares(published[1], None), **_paler(ORANGE))
    if latency:
        figure.add_bar(name="share of time", marker_color=ORANGE, **_time_shares(latency, before[1]))
    figure.add_bar(name="share of MACs", marker_color=BLUE, **_mac_shares(analysis, before[0]))
    if published:
        figure.add_bar(name=f"share of MACs, {PUBLISHED_NAME}", **_mac_shares(published[0], None), **_paler(BLUE))
        names = names_of_both(names, (stage.name for stage in published[0].stages))
    figure.update_layout(
        barmode="group",
        yaxis_title="share (%)",
        yaxis_range=[0, 1.15 * max(max(bar.y) for bar in figure.data)],  # a busy machine's spread may be far longer
    )
    stage_axis(figure, names, selected)
    return styled(figure, height_px=420)


def _paler(colour: str) -> dict[str, object]:
    return {"marker": {"color": colour, "opacity": 0.45, "pattern": {"shape": "/", "size": 5}}}


def _time_shares(latency: Latency, published: Latency | None) -> dict[str, object]:
    whole = sum(timing.seconds for timing in latency.stages)
    before = {timing.name: timing for timing in published.stages} if published else {}
    return {
        "x": [timing.name for timing in latency.stages],
        "y": [100 * timing.seconds / whole for timing in latency.stages],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [100 * (t.high - t.seconds) / whole for t in latency.stages],
            "arrayminus": [100 * (t.seconds - t.low) / whole for t in latency.stages],
            "thickness": 1,
            "width": 2,
        },
        "customdata": [_spread(t) + _seconds_beside(t, before.get(t.name)) for t in latency.stages],
        "hovertemplate": "%{x}<br>%{customdata}<br>%{y:.1f}% of the time<extra></extra>",
    }


def _spread(timing: Timing) -> str:
    return f"{short(timing.seconds, 's')} (half of the runs {short(timing.low, 's')} to {short(timing.high, 's')})"


def _seconds_beside(now: Timing, before: Timing | None) -> str:
    if before is None:
        return ""
    sign = "+" if now.seconds > before.seconds else ""
    change = percent_change(now.seconds, before.seconds)
    return f"<br>{sign}{short(now.seconds - before.seconds, 's')} ({change}) from the published"


def _mac_shares(analysis: Analysis, published: Analysis | None) -> dict[str, object]:
    before = {stage.name: stage.macs for stage in published.stages} if published else {}
    return {
        "x": [stage.name for stage in analysis.stages],
        "y": [100 * stage.macs / (analysis.macs or 1) for stage in analysis.stages],
        "customdata": [beside_published(stage.macs, before.get(stage.name), "MACs") for stage in analysis.stages],
        "hovertemplate": "%{x}<br>%{customdata}<br>%{y:.1f}% of the MACs<extra></extra>",
    }


def roofline_plot(
    ceilings: Ceilings, points: Sequence[RooflinePoint], published: Sequence[RooflinePoint] = ()
) -> go.Figure:
    """Achieved FLOP/s of every stage over its intensity, below this machine's two ceilings; both axes logarithmic.

    ``published``: the stages of the published network, for one that was edited.
    """
    ends = [ceilings.ridge, *(point.intensity for point in (*points, *published))]
    edges = [min(ends) / 2, ceilings.ridge, max(ends) * 2]
    before = {point.name: point for point in published}
    figure = go.Figure()
    figure.add_scatter(
        name=f"ceilings: {short(ceilings.bytes_per_second, 'B/s')}, {short(ceilings.flops_per_second, 'FLOP/s')}",
        x=edges,
        y=[ceilings.attainable(edge) for edge in edges],
        mode="lines",
        line_color=OUTSIDE_COLOUR,
        hovertemplate="%{x:.3g} FLOPs for each byte: at most %{y:.3s}FLOP/s<extra></extra>",
    )
    places = name_places(points, published, (edges[0], edges[-1]))
    figure.add_scatter(
        name="stages",
        x=[point.intensity for point in points],
        y=[point.flops_per_second for point in points],
        mode="markers+text",
        text=[point.name if point.name in places else "" for point in points],
        textposition=[places.get(point.name, "bottom center") for point in points],
        textfont_size=13,
        marker={"color": BLUE, "size": MARKER_PX},
        customdata=[
            [point.name, f"{100 * point.efficiency:.0f}%", _speed_beside(point, before.get(point.name))]
            for point in points
        ],
        hovertemplate=(
            "%{customdata[0]}<br>%{x:.3g} FLOPs for each byte, %{y:.3s}FLOP/s%{customdata[2]}<br>"
            "%{customdata[1]} of what is attainable<extra></extra>"
        ),
    )
    if published:
        figure.add_scatter(
            name=f"stages, {PUBLISHED_NAME}",
            x=[point.intensity for point in published],
            y=[point.flops_per_second for point in published],
            mode="markers",
            marker={"color": OUTLINE_COLOUR, "size": MARKER_PX, "symbol": "circle-open"},
            customdata=[point.name for point in published],
            hovertemplate="%{customdata}, published<br>%{x:.3g} FLOPs for each byte, %{y:.3s}FLOP/s<extra></extra>",
        )
    figure.update_xaxes(type="log", title="arithmetic intensity (FLOPs/byte)", dtick="D2", tickformat="~g")
    figure.update_yaxes(type="log", title="speed achieved (FLOP/s)", dtick="D2", tickformat="~s")
    return styled(figure, height_px=480)


def _speed_beside(now: RooflinePoint, before: RooflinePoint | None) -> str:
    if before is None:
        return ""
    return f"<br>{percent_change(now.flops_per_second, before.flops_per_second)} speed from the published"


def name_places(
    points: Sequence[RooflinePoint], published: Sequence[RooflinePoint], x_ends: tuple[float, float]
) -> Mapping[str, str]:
    """Where the name of each point goes so that it covers no other name and no point, also of the published network;
    without a place, on hover only.

    ``x_ends``: of the axis.
    """
    every = (*points, *published)
    if not every:
        return {}
    speeds = [point.flops_per_second for point in every]
    x_low, y_low = log10(x_ends[0]), log10(min(speeds) / 2)
    x_scale = PLOT_PX[0] / (log10(x_ends[1]) - x_low)
    y_scale = PLOT_PX[1] / (log10(max(speeds) * 2) - y_low)
    at = [((log10(p.intensity) - x_low) * x_scale, (log10(p.flops_per_second) - y_low) * y_scale) for p in every]
    return free_places([point.name for point in points], at, [MARKER_PX] * len(at), PLOT_PX[0])
