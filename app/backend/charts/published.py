"""The published network in a chart of an edited one: an outline around each bar, and the difference on hover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap

import plotly.graph_objects as go

from ..common.quantity import exact, percent_change

PUBLISHED_NAME = "published"
MOST_OUTLINES = 30
NAME_LETTERS = 14  # of a line of a name beside bars: more would leave a phone no room for the bars
OUTLINE_COLOUR = "#7F8790"  # 3:1 on the light page and on the dark one


def beside_published(now: int, before: int | None, unit: str) -> str:
    """``now`` with every digit and, where it differs from ``before``, the signed difference.

    >>> beside_published(90, 100, "MACs")
    '90 MACs<br>−10 (−10.0%) from the published 100'
    """
    text = exact(now, unit)
    if before is None or now == before:
        return text
    sign = "+" if now > before else ""
    return f"{text}<br>{sign}{exact(now - before)} ({percent_change(now, before)}) from the published {exact(before)}"


def names_of_both(now: Iterable[str], before: Iterable[str]) -> list[str]:
    """The names in ``now``, and after what it followed each that is only in ``before``."""
    names, place = list(now), 0
    for name in before:
        if name not in names:
            names.insert(place, name)
        place = names.index(name) + 1
    return names


def add_outlines(figure: go.Figure, now: Mapping[str, int], published: Mapping[str, int]) -> None:
    """Around each bar of ``figure`` that of the published network where it differs, by the name on the x axis.

    Where there are many bars a line at its height: on a phone outlines would cover what is in them.
    """
    different = {name: value for name, value in published.items() if now.get(name) != value}
    trace = {
        "name": PUBLISHED_NAME,
        "x": list(different),
        "y": list(different.values()),
        "hoverinfo": "skip",
        "showlegend": True,
    }
    line = {"color": OUTLINE_COLOUR, "width": 2}
    if len(different) > MOST_OUTLINES:
        figure.add_scatter(**trace, mode="markers", marker={"symbol": "line-ew", "size": 6, "line": line})
    else:  # the base, so that it is not stacked on the others
        figure.add_bar(**trace, base=0, marker={"color": "rgba(0,0,0,0)", "line": line})


def name_bars(figure: go.Figure, titles: Sequence[str]) -> None:
    """Let the y axis name its bars in short lines, and one of the published network, below its own, by that word."""
    ends = f", {PUBLISHED_NAME}"
    names = [PUBLISHED_NAME if title.endswith(ends) else "<br>".join(wrap(title, NAME_LETTERS)) for title in titles]
    figure.update_yaxes(tickvals=list(titles), ticktext=names)
