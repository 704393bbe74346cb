"""Tabs of a page. A page switch and a reload make the browser forget which tab was open; this does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from .controls import remembered
from .panel import panel


def remembered_tabs(name: str, tabs: Mapping[str, Callable[[], None]]) -> None:
    """Render a tab for each label; only the open one is computed. ``name`` tells several sets of tabs apart."""
    key, kept = f"{name}_tab", f"{name}_open"

    def remember() -> None:
        st.session_state[kept] = st.session_state[key]

    first = remembered(kept, list(tabs), next(iter(tabs)))
    places = st.tabs(list(tabs), key=key, on_change=remember, default=st.session_state.get(kept, first))
    for place, (label, render) in zip(places, tabs.items(), strict=True):
        if place.open:
            with place, panel(label):
                render()
