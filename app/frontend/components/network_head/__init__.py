"""The bar below the menu as one Streamlit component: what the network is, and the controls that concern all of it.

Streamlit's own widgets would be larger, and an edit would wait for the browser to lay all of them out again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class HeadText:
    """What the bar says: the page's heading, and as HTML, in which all text is escaped, its two cards."""

    heading: str
    about: str
    changes: str
    count: int  # of changes


@dataclass(frozen=True)
class HeadRefusal:
    """Why a setting was refused: the name of the setting, a sentence, and the labels of what can be done instead."""

    setting: str
    sentence: str
    remedies: Sequence[str]


Setting = bool | float | str | None


def network_head(
    text: HeadText,
    settings: Mapping[str, Setting],
    presets: Mapping[str, Mapping[str, str]],
    refusal: HeadRefusal | None,
    *,
    key: str,
    on_set: Callable[[str, object], None],
    on_remedy: Callable[[int], None],
    acts: Mapping[str, Callable[[], None] | None],
    pinned: bool,
) -> None:
    """Show the bar.

    ``settings``: the value of each control by its name in head.html; one that the network does not have is None.
    ``presets``: under a heading, labels by the value that ``on_set`` gets for the name ``preset``. ``on_set`` gets what
    the browser sent, not validated. ``acts``: what ``undo``, ``redo``, ``reset`` and ``pin`` do; None where there is
    nothing to do. ``pinned``: whether the network is kept for comparison. All callbacks run before the next script run.
    """
    _component(
        key=key,
        data={
            "text": vars(text),
            "settings": dict(settings),
            "presets": [[heading, list(labels.items())] for heading, labels in presets.items()],
            "refusal": vars(refusal) if refusal else None,
            "can": [name for name, act in acts.items() if act],
            "pinned": pinned,
            "handled": handled(key),
        },
        on_events_change=partial(_dispatch, key, on_set, on_remedy, acts),
    )


def _dispatch(
    key: str,
    on_set: Callable[[str, object], None],
    on_remedy: Callable[[int], None],
    acts: Mapping[str, Callable[[], None] | None],
) -> None:
    for event in new_events(key):
        match event:
            case {"act": str() as name} if act := acts.get(name):
                act()
            case {"set": str() as name, "to": value}:
                on_set(name, value)
            case {"remedy": int() as number}:
                on_remedy(number)
            case _:
                pass
