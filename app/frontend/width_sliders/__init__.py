"""Sliders for a stage's widths, as a Streamlit component: the network follows while the thumb is still moving.

Streamlit's own sliders speak only when they are let go. These send the newest values as soon as Python has answered the
last ones, so a drag never queues up; Python answers with the number of the last message that it handled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from ..events import handled, new_events

_HERE = Path(__file__).parent
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


_component = st.components.v2.component(
    "inception_width_sliders",
    css=(_HERE / "sliders.css").read_text(encoding="utf-8"),
    js=(_HERE / "sliders.js").read_text(encoding="utf-8"),
)


def width_sliders(sliders: Sequence[WidthSlider], *, key: str, on_edit: Callable[[Mapping[str, str]], None]) -> None:
    """Show the sliders under one another. ``on_edit`` gets {path: text}, before the next script run, not validated."""
    _component(
        key=key,
        data={
            "sliders": [vars(slider) for slider in sliders],
            "handled": handled(key),
        },
        on_events_change=partial(_dispatch, key, frozenset(slider.path for slider in sliders), on_edit),
    )


def _dispatch(key: str, shown: frozenset[str], on_edit: Callable[[Mapping[str, str]], None]) -> None:
    for event in new_events(key):
        match event:
            case {"typed": dict() as typed}:
                if known := {path: str(text)[:_MAX_TYPED] for path, text in typed.items() if path in shown}:
                    on_edit(known)
            case _:
                pass
