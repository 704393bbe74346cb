"""Charts for choosing: the family by cost and error, stages and times of several networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from textwrap import wrap
from typing import Literal

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ..common.colours import OUTSIDE_COLOUR
from ..common.quantity import exact, short
from ..common.text import chart_text
from ..decide.comparing.comparison import Comparison
from ..decide.family_map import FamilyPoint
from ..foreign.totals import NetworkTotals
from ..timing.latency import Latency, WholeTime
from .point_names import free_places
from .published import OUTLINE_COLOUR
from .style import BLUE, GREEN, LETTERS_PX, ORANGE, PINK, styled

GHOST_OPACITY = 0.35
NAME_LETTERS = 18  # in a line beside a bar: on a phone the bars need the room
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
    macs = [log10(number) for number in (*(point.macs for point in points), *(pin.macs for pin in pins))]
    ends = min(macs) - 0.15, max(macs) + 0.25  # decades: names have room
    figure.add_scatter(**_variants("published error", shown, [error for _, error in known], sizes, ends), row=1, col=1)
    params = [point.params for point in points]
    figure.add_scatter(**_variants("parameters", points, params, [9] * len(points), ends), row=2, col=1)
    for number, pin in enumerate(pins):
        _add_pin(figure, pin, number)
    for row, title in ((1, "top-1 error of published weights (%)"), (2, "parameters")):
        figure.update_xaxes(title="MACs of one picture", type="log", dtick="D2", tickformat="~s", row=row, col=1)
        figure.update_yaxes(title=title, row=row, col=1)
    figure.update_xaxes(matches="x", row=2, col=1)
    figure.update_xaxes(range=ends)
    figure.update_yaxes(type="log", dtick="D2", tickformat="~s", row=2, col=1)
    return styled(figure, 960)


def _variants(
    name: str,
    points: Sequence[FamilyPoint],
    values: Sequence[float],
    sizes: Sequence[float],
    ends: tuple[float, float],
) -> dict[str, object]:
    """Marks with names and, on hover, all numbers and their source. Without a published error they are hollow."""
    errors = [
        "no published error"
        if point.error_percent is None
        else f"{point.error_percent:.2f}% error<br>{chart_text(point.source)}"
        for point in points
    ]
    symbols = [f"{'diamond' if p.on_front else 'circle'}{'-open' if p.error_percent is None else ''}" for p in points]
    heights = [log10(value) for value in values] if name == "parameters" else values
    places = _name_places(points, heights, sizes, ends)
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


def _name_places(
    points: Sequence[FamilyPoint], heights: Sequence[float], sizes: Sequence[float], ends: tuple[float, float]
) -> Mapping[str, str]:
    """``ends``: of the axis of MACs, in decades."""
    low, high = min(heights), max(heights)
    at = [
        (
            FAMILY_PX[0] * (log10(point.macs) - ends[0]) / (ends[1] - ends[0]),
            FAMILY_PX[1] * (height - low) / ((high - low) or 1),
        )
        for point, height in zip(points, heights, strict=True)
    ]
    return free_places([point.title for point in points], at, sizes, FAMILY_PX[0])


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


def time_bars(names: Sequence[str], macs: Sequence[int], times: Mapping[int, Latency | WholeTime]) -> go.Figure:
    """What the MACs promise of each network's time, paler, and over it the median of those that were measured, by their
    position, with its quartiles. The promise is in multiples of the first network, or of the first that was measured.
    """
    first = next(iter(times), 0)
    unit = 1e3 * times[first].total.seconds if times else 1.0
    shown = ["<br>".join(wrap(chart_text(name), NAME_LETTERS)) for name in names]
    figure = go.Figure()
    figure.add_bar(
        name="as the MACs promise",
        x=[unit * each / (macs[first] or 1) for each in macs],
        y=shown,
        orientation="h",
        marker_color=COLOURS[: len(names)],
        opacity=GHOST_OPACITY,
        customdata=[exact(each, "MACs") for each in macs],
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    totals = [measured.total for measured in times.values()]
    figure.add_bar(
        name="measured",
        x=[1e3 * total.seconds for total in totals],
        y=[shown[number] for number in times],
        orientation="h",
        marker_color=[COLOURS[number] for number in times],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [1e3 * (total.high - total.seconds) for total in totals],
            "arrayminus": [1e3 * (total.seconds - total.low) for total in totals],
            "thickness": 1,
        },
        customdata=[
            f"{short(each.total.seconds, 's')}, half of {each.rounds} runs took {short(each.total.low, 's')} to"
            f" {short(each.total.high, 's')}"
            for each in times.values()
        ],
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    title = (
        "milliseconds for one picture"
        if times
        else "<br>".join(wrap(f"times as long as {chart_text(names[0], 40)}", 32))
    )
    figure.update_xaxes(title=title, rangemode="tozero")
    figure.update_yaxes(autorange="reversed", title="", categoryorder="array", categoryarray=shown)
    figure.update_layout(showlegend=False, barmode="group")
    return styled(figure, 90 + (60 if times else 40) * len(names))


def stage_ghosts(comparison: Comparison, shown: int, metric: Literal["params", "macs", "peak_bytes"]) -> go.Figure:
    """The stages of the network at position ``shown`` as bars, and those of the others as ghosts beside them."""
    matched = [list(dict.fromkeys(side.name for side in row if side is not None)) for row in comparison.rows]
    names = [chart_text(" | ".join(each)) for each in matched]
    figure = go.Figure()
    for number, name in enumerate(comparison.names):
        sides = [row[number] for row in comparison.rows]
        figure.add_bar(
            name=chart_text(name),
            x=names,
            y=[None if side is None else getattr(side, metric) for side in sides],
            marker_color=COLOURS[number],
            opacity=1 if number == shown else GHOST_OPACITY,
            hovertemplate="%{x}<br>%{y:,}<extra></extra>",
        )
    figure.update_layout(barmode="group")
    figure.update_xaxes(
        title="stage, from the picture to the classes",
        tickvals=names,
        ticktext=[  # all names on hover
            f"{chart_text(first, 20)}{' …' if others else ''}" for first, *others in matched
        ],
        autotickangles=[-45, -90],
    )
    figure.update_yaxes(title={"params": "parameters", "macs": "MACs", "peak_bytes": "bytes"}[metric], tickformat="~s")
    return styled(figure, 420)
