"""The head of every page as one Streamlit component: a part of the page that no edit has to wait for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ..shared.component import Component
from ..shared.events import handled, new_events

_component = Component(
    __file__,
    "network_head",
    "head.js",
    style="head.css",
    markup="head.html",
    isolate_styles=False,  # Streamlit's icons are letters of a font that the page has
)


def network_head(
    title: str, about: str, changes: str, *, count: int, key: str, acts: Mapping[str, Callable[[], None] | None]
) -> None:
    """Show the title, the buttons Undo and Redo, and two that open cards: what was changed, and what the variant is.

    ``title``, ``about`` and ``changes`` are HTML, in which the caller has escaped all text. ``count`` is the number of
    changes. ``acts``: what ``undo``, ``redo`` and ``reset`` do, before the next script run; None where there is nothing
    to do.
    """
    _component(
        key=key,
        data={
            "title": title,
            "about": about,
            "changes": changes,
            "count": count,
            "can": [name for name, act in acts.items() if act],
            "handled": handled(key),
        },
        on_events_change=partial(_dispatch, key, acts),
    )


def _dispatch(key: str, acts: Mapping[str, Callable[[], None] | None]) -> None:
    for event in new_events(key):
        match event:
            case {"act": str() as name} if act := acts.get(name):
                act()
            case _:
                pass
