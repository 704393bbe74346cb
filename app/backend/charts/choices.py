"""Charts for choosing: the family by cost and error, stages of several networks, the trials of a search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from ..common.quantity import exact
from ..common.text import chart_text
from ..decide.comparing.comparison import Comparison
from ..decide.family_map import FamilyPoint
from ..decide.searching.search import SearchResult
from .style import BLUE, GREEN, ORANGE, PINK, styled

GHOST_OPACITY = 0.35
COLOURS = (BLUE, ORANGE, GREEN, PINK, "#56B4E9", "#D55E00")  # Okabe and Ito's, one for each of six networks


def family_scatter(points: Sequence[FamilyPoint]) -> go.Figure:
    """MACs against top-1 error, a mark as large as the parameters are many; the Pareto front is a line."""
    known = [point for point in points if point.error_percent is not None]
    front = sorted((point for point in known if point.on_front), key=lambda point: point.macs)
    most = max((point.params for point in known), default=1)
    figure = go.Figure()
    figure.add_scatter(
        name="Pareto front",
        x=[point.macs for point in front],
        y=[point.error_percent for point in front],
        mode="lines",
        line={"color": ORANGE, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        name="variants",
        x=[point.macs for point in known],
        y=[point.error_percent for point in known],
        mode="markers+text",
        text=[chart_text(point.title) for point in known],
        textposition="top center",
        textfont_size=10,
        marker={
            "color": BLUE,
            "size": [8 + 24 * (point.params / most) ** 0.5 for point in known],
            "symbol": ["diamond" if point.on_front else "circle" for point in known],
        },
        customdata=[[exact(p.params, "parameters"), exact(p.macs, "MACs"), chart_text(p.source)] for p in known],
        hovertemplate="%{text}<br>%{y:.2f} % error<br>%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}"
        "<extra></extra>",
    )
    figure.update_xaxes(title="MACs", type="log", dtick="D2", tickformat="~s")
    figure.update_yaxes(title="top-1 error of published weights (%)")
    return styled(figure, 480)


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


def search_scatter(result: SearchResult, x: str, y: str) -> go.Figure:
    """Every trial by two of its numbers; those on the Pareto front are diamonds. ``customdata``: a trial's position."""
    front = set(result.front)
    figure = go.Figure()
    for name, places, colour, symbol in (
        ("tried", [i for i in range(len(result.trials)) if i not in front], BLUE, "circle"),
        ("Pareto front", sorted(front), ORANGE, "diamond"),
    ):
        trials = [(i, result.trials[i].numbers) for i in places if not result.trials[i].problem]
        figure.add_scatter(
            name=name,
            x=[numbers[x] for _, numbers in trials],
            y=[numbers[y] for _, numbers in trials],
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 8 if symbol == "diamond" else 5},
            customdata=[i for i, _ in trials],
            hovertemplate=f"{x} %{{x:,}}<br>{y} %{{y:,.4~g}}<extra></extra>",
        )
    figure.update_xaxes(title=x, tickformat="~s")
    figure.update_yaxes(title=y, tickformat="~g")
    return styled(figure, 440)
