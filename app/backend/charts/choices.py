"""Charts for choosing: the family by cost and error, stages and times of several networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from typing import Literal

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ..common.colours import OUTSIDE_COLOUR
from ..common.quantity import exact, short
from ..common.text import chart_text
from ..decide.comparing.comparison import Comparison
from ..decide.family_map import FamilyPoint
from ..foreign.totals import NetworkTotals
from ..timing.latency import Latency
from .point_names import free_places
from .published import OUTLINE_COLOUR
from .style import BLUE, GREEN, LETTERS_PX, ORANGE, PINK, styled

GHOST_OPACITY = 0.35
FAMILY_PX = (900, 260)  # of the points of one half of the family map, for which their names are placed
COLOURS = (BLUE, ORANGE, GREEN, PINK, "#56B4E9", "#D55E00")  # Okabe and Ito's, one for each of six networks


def family_scatter(points: Sequence[FamilyPoint], pins: Sequence[NetworkTotals] = ()) -> go.Figure:
    """MACs against the top-1 error of published weights, a mark as large as the parameters are many, with the Pareto
    front; below it MACs against parameters of every variant. ``pins`` have no published error: a line at their MACs.
    """
    figure = make_subplots(rows=2, row_heights=[0.56, 0.44], vertical_spacing=0.13)
    known = [(point, point.error_percent) for point in points if point.error_percent is not None]
    front = sorted((point.macs, error) for point, error in known if point.on_front)
    figure.add_scatter(
        name="Pareto front",
        x=[macs for macs, _ in front],
        y=[error for _, error in front],
        mode="lines",
        line={"color": OUTLINE_COLOUR, "dash": "dot"},
        hoverinfo="skip",
        row=1,
        col=1,
    )
    most = max((point.params for point, _ in known), default=1)
    sizes = [8 + 24 * (point.params / most) ** 0.5 for point, _ in known]
    shown = [point for point, _ in known]
    figure.add_scatter(**_variants("published error", shown, [error for _, error in known], sizes), row=1, col=1)
    params = [point.params for point in points]
    figure.add_scatter(**_variants("parameters", points, params, [9] * len(points)), row=2, col=1)
    for number, pin in enumerate(pins):
        _add_pin(figure, pin, number)
    for row, title in ((1, "top-1 error of published weights (%)"), (2, "parameters")):
        figure.update_xaxes(title="MACs of one picture", type="log", dtick="D2", tickformat="~s", row=row, col=1)
        figure.update_yaxes(title=title, row=row, col=1)
    macs = [log10(number) for number in (*(point.macs for point in points), *(pin.macs for pin in pins))]
    figure.update_xaxes(matches="x", row=2, col=1)
    figure.update_xaxes(range=[min(macs) - 0.15, max(macs) + 0.25])  # decades: names have room
    figure.update_yaxes(type="log", dtick="D2", tickformat="~s", row=2, col=1)
    return styled(figure, 960)


def _variants(
    name: str, points: Sequence[FamilyPoint], values: Sequence[float], sizes: Sequence[float]
) -> dict[str, object]:
    """Marks with names and, on hover, all numbers and their source. Without a published error they are hollow."""
    errors = [
        "no published error"
        if point.error_percent is None
        else f"{point.error_percent:.2f} % error<br>{chart_text(point.source)}"
        for point in points
    ]
    symbols = [f"{'diamond' if p.on_front else 'circle'}{'-open' if p.error_percent is None else ''}" for p in points]
    heights = [log10(value) for value in values] if name == "parameters" else values
    places = _name_places(points, heights, sum(sizes) / len(sizes))
    return {
        "name": name,
        "x": [point.macs for point in points],
        "y": values,
        "mode": "markers+text",
        "text": [chart_text(point.title) if point.title in places else "" for point in points],
        "textposition": [places.get(point.title, "top center") for point in points],
        "textfont_size": LETTERS_PX,
        "marker": {"color": OUTSIDE_COLOUR, "size": sizes, "symbol": symbols},
        "customdata": [
            [chart_text(point.title), exact(point.params, "parameters"), exact(point.macs, "MACs"), error]
            for point, error in zip(points, errors, strict=True)
        ],
        "hovertemplate": "<br>".join(f"%{{customdata[{i}]}}" for i in range(4)) + "<extra></extra>",
        "showlegend": False,
    }


def _name_places(points: Sequence[FamilyPoint], heights: Sequence[float], marker_px: float) -> Mapping[str, str]:
    rights = [log10(point.macs) for point in points]
    at = [
        (FAMILY_PX[0] * _share(right, rights), FAMILY_PX[1] * _share(height, heights))
        for right, height in zip(rights, heights, strict=True)
    ]
    return free_places([point.title for point in points], at, marker_px)


def _share(value: float, values: Sequence[float]) -> float:
    return (value - min(values)) / ((max(values) - min(values)) or 1)


def _add_pin(figure: go.Figure, pin: NetworkTotals, number: int) -> None:
    """A star among the variants, and above it a line: its error is not known."""
    colour, name = COLOURS[number], chart_text(pin.title)
    figure.add_scatter(
        name=name,
        x=[pin.macs],
        y=[pin.params],
        mode="markers",
        marker={"color": colour, "size": 15, "symbol": "star", "line": {"width": 1, "color": OUTLINE_COLOUR}},
        hovertemplate=f"{name}<br>{exact(pin.params, 'parameters')}<br>{exact(pin.macs, 'MACs')}<extra></extra>",
        row=2,
        col=1,
    )
    figure.add_vline(pin.macs, line={"color": colour, "width": 1.5, "dash": "dash"}, row=1, col=1)


def time_bars(names: Sequence[str], latencies: Mapping[int, Latency]) -> go.Figure:
    """The median time of a forward pass, with its quartiles, of each network that was measured, by its position."""
    figure = go.Figure()
    for number, latency in latencies.items():
        name, total = names[number], latency.total
        spread = f"half of {latency.rounds} runs took {short(total.low, 's')} to {short(total.high, 's')}"
        figure.add_bar(
            name=chart_text(name),
            x=[1e3 * total.seconds],
            y=[chart_text(name)],
            orientation="h",
            marker_color=COLOURS[number],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [1e3 * (total.high - total.seconds)],
                "arrayminus": [1e3 * (total.seconds - total.low)],
                "thickness": 1,
            },
            hovertemplate=f"{chart_text(name)}<br>{short(total.seconds, 's')}, {spread}<extra></extra>",
        )
    figure.update_xaxes(title="milliseconds for one picture", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", title="")
    figure.update_layout(showlegend=False)
    return styled(figure, 90 + 40 * len(latencies))


def stage_ghosts(comparison: Comparison, shown: int, metric: Literal["params", "macs", "peak_bytes"]) -> go.Figure:
    """The stages of the network at position ``shown`` as bars, and those of the others as ghosts beside them."""
    names = [" | ".join(dict.fromkeys(side.name for side in row if side is not None)) for row in comparison.rows]
    figure = go.Figure()
    for number, name in enumerate(comparison.names):
        sides = [row[number] for row in comparison.rows]
        figure.add_bar(
            name=chart_text(name),
            x=[chart_text(stage) for stage in names],
            y=[None if side is None else getattr(side, metric) for side in sides],
            marker_color=COLOURS[number],
            opacity=1 if number == shown else GHOST_OPACITY,
            hovertemplate="%{x}<br>%{y:,}<extra></extra>",
        )
    figure.update_layout(barmode="group")
    figure.update_xaxes(title="stage, from the picture to the classes", tickangle=-45)
    figure.update_yaxes(title={"params": "parameters", "macs": "MACs", "peak_bytes": "bytes"}[metric], tickformat="~s")
    return styled(figure, 420)
