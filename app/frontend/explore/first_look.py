"""Explore as a link shows it at first: what of it is drawn before Streamlit is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache

from ...backend import analyze
from ...backend.common.colours import ThemeName
from ...web.component_files import FILES
from ..components.network_strip import strip_data
from ..session import opened
from . import diagram_panel, overview

CHOICES = "choices"
"""What the query has besides the link: as JSON, what the browser has kept of the controls."""


def first_look(query: Mapping[str, str], theme: ThemeName) -> str | None:
    """``FirstLook`` of the components' messages.d.ts as JSON, for a link's ``query``.

    None where the page begins with something else, such as a refusal.
    """
    return _first_look(tuple(query.items()), theme)


@lru_cache(maxsize=64)
def _first_look(query: tuple[tuple[str, str], ...], theme: ThemeName) -> str | None:
    link = dict(query)
    brought = _choices(link.pop(CHOICES, "{}"))
    state = opened(link)
    if state.refusal or state.goal or "embed" in link:
        return None
    analysis, reference = analyze(state.arch), analyze(state.original)
    strip = strip_data(overview.stages(analysis, reference, {}), state.selected_stage)
    diagram = diagram_panel.first_data(state, analysis, reference, theme, brought)
    if diagram is None:
        return None
    look = {
        "address": FILES.address,
        "whole": diagram["walk"] is None,
        "parts": [
            {"key": overview.STRIP, "name": "network_strip", "data": strip},
            {"key": diagram_panel.DIAGRAM, "name": "graph_view", "data": diagram},
        ],
    }
    return json.dumps(look, ensure_ascii=False, separators=(",", ":"))


def _choices(text: str) -> Mapping[str, object]:
    with suppress(ValueError, RecursionError):
        match json.loads(text):
            case dict() as choices:
                return choices
            case _:
                pass
    return {}
