"""The interactive diagram, as a Streamlit component: an SVG made by Graphviz that one can zoom, walk and search.

The browser keeps the camera. A drawing with the same `topology` is patched into the standing one, so an edit changes
labels and colours and nothing moves; another topology leaves the place that the person looks at where it is on the
screen.

The browser numbers its events and sends all that Python has not answered yet: of several waiting triggers Streamlit
keeps only the newest, and calls back once for each. Python answers with the highest number handled.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from html import unescape
from typing import Protocol

import streamlit as st

from ..shared.events import handled, new_events
from ..shared.files import joined

_SCRIPTS = (
    "../shared/outbox.js",
    "../shared/selection.js",
    "drawing.js",
    "camera.js",
    "minimap.js",
    "tip.js",
    "search.js",
    "pointers.js",
    "keys.js",
    "view.js",
)
_component = st.components.v2.component(
    "inception_graph_view",
    html=joined(__file__, "view.html"),
    css=joined(__file__, "view.css"),
    js=joined(__file__, *_SCRIPTS),
)


class Scale(Protocol):
    """The legend of a heat map: CSS colours from low to high, and what the two ends stand for."""

    @property
    def colours(self) -> Sequence[str]: ...
    @property
    def low(self) -> str: ...
    @property
    def high(self) -> str: ...


def graph_view(
    svg: str,
    *,
    network: str,
    topology: str,
    selected: str | None,
    key: str,
    on_select: Callable[[str], None],
    on_expand: Callable[[str], None] | None = None,
    legend: Sequence[tuple[str, str]] | Scale = (),
    height_px: int = 520,
) -> None:
    """Show `svg`: nodes are `<g id="path" class="node ...">`, clusters likewise, edges `<g id="a->b" class="edge">`.

    `topology` names the layout: drawings with the same name have the same elements in the same places. `selected` is a
    path; where the drawing does not have it, what lies beneath or, failing that, around it is marked. `legend` holds
    (CSS colour, label) pairs or a `Scale`. The height gives way to a small window. Each `network` has a camera of its
    own, remembered also across pages. A `<title>` becomes a tip; what has no colour gets the theme's, so text on a
    filled node needs its own. Nothing in `svg` can run or load anything.

    The callbacks run before the next script run and only get paths of elements of `svg`. `on_select` should make it
    the selection. `on_expand` gets a node that should be expanded, or a cluster that should be folded.
    """
    _component(
        key=key,
        data={
            "network": network,
            "svg": svg,
            "topology": topology,
            "selected": selected,
            "expandable": on_expand is not None,
            "legend": list(legend) if isinstance(legend, Sequence) else _scale(legend),
            "height_px": height_px,
            "handled": handled(key),
        },
        on_events_change=partial(_dispatch, key, svg, on_select, on_expand),
    )


def _scale(scale: Scale) -> dict[str, object]:
    return {"colours": list(scale.colours), "low": scale.low, "high": scale.high}


def _dispatch(key: str, svg: str, on_select: Callable[[str], None], on_expand: Callable[[str], None] | None) -> None:
    paths = {unescape(path) for path in re.findall(r'\sid="([^"]*)"', svg)}
    for event in new_events(key):
        match event:
            case {"select": str() as path} if path in paths:
                on_select(path)
            case {"expand": str() as path} if path in paths and on_expand is not None:
                on_expand(path)
