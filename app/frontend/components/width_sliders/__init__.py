"""Sliders for the widths of the selected stage, as a Streamlit component: the network follows a thumb that moves.

Streamlit's own sliders send a value only when they are released. These send the newest values as soon as Python has
answered the last ones, so a drag never queues up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ..shared.component import Component
from ..shared.events import handled, new_events

_MAX_TYPED = 200  # characters; longer text is cut before anything looks at it


@dataclass(frozen=True)
class WidthSlider:
    """One width. ``high`` is where the slider ends; the field beside it takes any width. With an ``error``, ``typed``
    stays in the field and ``width`` is the last valid value."""

    path: str
    label: str
    width: int
    original: int
    high: int
    color: str
    error: str | None = None
    typed: str | None = None


_component = Component(__file__, "width_sliders", "sliders.js", style="sliders.css")


def width_sliders(
    sliders: Mapping[str, Sequence[WidthSlider]],
    *,
    selected: str,
    key: str,
    on_edit: Callable[[Mapping[str, str]], None],
) -> None:
    """Show the sliders of the stage called ``selected``, and any other's as soon as a component selects it.

    ``on_edit`` gets {path: text}, before the next script run, not validated.
    """
    shown = frozenset(slider.path for own in sliders.values() for slider in own)
    _component(
        key=key,
        data={
            "sliders": {stage: [vars(slider) for slider in own] for stage, own in sliders.items()},
            "selected": selected,
            "handled": handled(key),
        },
        on_events_change=partial(_dispatch, key, shown, on_edit),
    )


def _dispatch(key: str, shown: frozenset[str], on_edit: Callable[[Mapping[str, str]], None]) -> None:
    for event in new_events(key):
        match event:
            case {"typed": dict() as typed}:
                if known := {path: str(text)[:_MAX_TYPED] for path, text in typed.items() if path in shown}:
                    on_edit(known)
            case _:
                pass
