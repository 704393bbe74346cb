"""The interactive diagram, as a Streamlit component: a drawing that one can zoom, walk and search.

The browser keeps the camera. A drawing with the same ``topology`` is patched into the one on the page, so an edit
changes text and colours and nothing moves; with another topology, what the person looks at keeps its place on the
screen.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ..shared.component import Component
from ..shared.events import NEVER, handled, new_events

if TYPE_CHECKING:  # the backend needs seconds to import, and the component only reads its values
    from ....backend.diagram import Drawing

_MAX_TYPED = 200  # characters; longer text is cut before anything looks at it


@dataclass(frozen=True)
class BoxNumber:
    """The filters of a box, which are edited in it. With an ``error``, ``typed`` is shown beside it."""

    width: int
    original: int
    error: str | None = None
    typed: str | None = None


_component = Component(__file__, "graph_view", "view.js", style="view.css", markup="view.html")


def graph_view(
    drawing: Drawing,
    *,
    network: str,
    selected: str | None,
    key: str,
    on_select: Callable[[str], None],
    on_expand: Callable[[str], None] | None = None,
    numbers: Mapping[str, BoxNumber] | None = None,
    on_edit: Callable[[Mapping[str, str]], None] | None = None,
    walk: tuple[str, str] | None = None,
    on_map: Callable[[str], None] | None = None,
    outdated: bool = False,
    height: str = "min(520px, 72svh)",
) -> None:
    """Show ``drawing`` with its legend.

    ``selected`` is a path; where the drawing does not have it, what lies in it or, failing that, around it is marked.
    ``numbers``: by the paths of boxes. ``walk``: the paths before and after what is drawn, empty at an end; without it
    the drawing is the whole. ``outdated``: whether its thumbnails are those of before an edit. ``height`` is CSS. Each
    ``network`` has a camera of its own, which also outlives a visit to another page. What has no colour gets the
    theme's, so text on a filled node needs its own. Nothing in the drawing can run or load anything.

    The callbacks run before the next script run and only get ids of items of ``drawing``. ``on_select`` should make it
    the selection. ``on_expand`` gets a node that should be expanded, or a cluster that should be folded. ``on_edit``
    gets {path: text}, not validated. ``on_map`` gets the box whose thumbnail was clicked.
    """
    ids = {item.id for item in drawing.items} | {*(walk or ())}
    _component(
        key=key,
        data=view_data(
            drawing,
            network=network,
            selected=selected,
            expandable=on_expand is not None,
            numbers=numbers,
            walk=walk,
            outdated=outdated,
            height=height,
            handled=handled(key),
        ),
        on_events_change=partial(_dispatch, key, ids, on_select, on_expand, frozenset(numbers or ()), on_edit, on_map),
    )


def view_data(
    drawing: Drawing,
    *,
    network: str,
    selected: str | None,
    expandable: bool,
    numbers: Mapping[str, BoxNumber] | None = None,
    walk: tuple[str, str] | None = None,
    outdated: bool = False,
    height: str,
    handled: tuple[str, int] = NEVER,
) -> dict[str, object]:
    """What the script is told, on the page and in a notebook: ``GraphViewData`` of messages.d.ts."""
    return {
        "network": network,
        "drawing": {
            "topology": drawing.topology,
            "width": drawing.width,
            "height": drawing.height,
            "shift": drawing.shift,
            "items": [
                {"id": item.id, "kind": item.kind, "classes": item.classes, "svg": item.svg, "tip": item.tip}
                for item in drawing.items
            ],
        },
        "legend": _legend(drawing),
        "selected": selected,
        "expandable": expandable,
        "numbers": {path: vars(number) for path, number in (numbers or {}).items()},
        "walk": walk,
        "outdated": outdated,
        "height": height,
        "handled": handled,
    }


def _legend(drawing: Drawing) -> object:
    legend = drawing.legend
    if isinstance(legend, tuple):
        return legend
    return {"colours": legend.colours, "low": legend.low, "high": legend.high}


def _dispatch(
    key: str,
    ids: Container[str],
    on_select: Callable[[str], None],
    on_expand: Callable[[str], None] | None,
    numbers: Container[str],
    on_edit: Callable[[Mapping[str, str]], None] | None,
    on_map: Callable[[str], None] | None,
) -> None:
    for event in new_events(key):
        match event:
            case {"select": str() as path} if path in ids:
                on_select(path)
            case {"expand": str() as path} if path in ids and on_expand is not None:
                on_expand(path)
            case {"map": str() as path} if path in ids and on_map is not None:
                on_map(path)
            case {"typed": dict() as typed} if on_edit is not None:
                if known := {path: str(text)[:_MAX_TYPED] for path, text in typed.items() if path in numbers}:
                    on_edit(known)
            case _:
                pass
