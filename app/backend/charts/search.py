"""The networks that a search tried, as points over two of their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ..decide.searching.search import SearchResult
from .style import BLUE, ORANGE, styled

TITLES: Mapping[str, str] = {
    "macs": "MACs",
    "params": "parameters",
    "peak_bytes": "peak memory in bytes",
    "receptive_field_px": "receptive field in pixels",
    "kept": "share of the widths that stays",
    "accuracy": "accuracy",
}
SCATTER_HEIGHT_PX = 420


def search_plot(result: SearchResult) -> go.Figure:
    """All trials that fit together, those of the Pareto front joined. A point's ``customdata`` is its position."""
    x, y = (*result.objectives, *result.objectives)[:2]
    front = sorted(result.front, key=lambda i: result.trials[i].numbers[x])
    others = [i for i, trial in enumerate(result.trials) if trial.numbers and i not in set(front)]
    figure = go.Figure()
    _points(figure, result, others, "beaten by another", {"mode": "markers", "marker": {"color": ORANGE, "size": 6}})
    looks = {"mode": "lines+markers", "marker": {"color": BLUE, "size": 10, "symbol": "diamond"}, "line_width": 1}
    _points(figure, result, front, "Pareto front", looks)
    figure.update_xaxes(title=TITLES[x], tickformat="~s" if _format(x) == ".4s" else None)
    figure.update_yaxes(title=TITLES[y], tickformat="~s" if _format(y) == ".4s" else None)
    figure.update_layout(showlegend=True, hovermode="closest")
    return styled(figure, SCATTER_HEIGHT_PX, zoom_stays=False)


def _points(
    figure: go.Figure, result: SearchResult, positions: Sequence[int], name: str, looks: Mapping[str, object]
) -> None:
    x, y = (*result.objectives, *result.objectives)[:2]
    trials = [result.trials[i] for i in positions]
    numbers = f"{TITLES[x]}: %{{x:{_format(x)}}}<br>{TITLES[y]}: %{{y:{_format(y)}}}"
    figure.add_scatter(
        name=name,
        x=[trial.numbers[x] for trial in trials],
        y=[trial.numbers[y] for trial in trials],
        customdata=list(positions),
        text=[_words(trial.choice) for trial in trials],
        hovertemplate=f"%{{text}}<br>{numbers}<extra></extra>",
        **looks,
    )


def _format(name: str) -> str:
    return ".4s" if name in ("macs", "params", "peak_bytes") else "~r"


def _words(choice: Mapping[str, float]) -> str:
    listed = [f"{name} {value:g}" for name, value in choice.items()]
    return "<br>".join(listed[:8] + (["…"] if len(listed) > 8 else []))
