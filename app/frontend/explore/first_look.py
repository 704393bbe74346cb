"""Explore as a link shows it at first: what of it is drawn before Streamlit is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from ...backend import analyze
from ...backend.common.colours import ThemeName
from ...web.component_files import FILES
from ..components.network_strip import strip_data
from ..maps_in_boxes import MAPS_SWITCH
from ..session import opened
from . import diagram_panel, overview


def first_look(query: Mapping[str, str], theme: ThemeName) -> str | None:
    """``FirstLook`` of the components' messages.d.ts as JSON, for a link's ``query``.

    None where something else comes first, such as a refusal, or where the page is to be as somebody has set it.
    """
    return _first_look(tuple(query.items()), theme)


@lru_cache(maxsize=64)
def _first_look(query: tuple[tuple[str, str], ...], theme: ThemeName) -> str | None:
    state = opened(dict(query))
    if state.refusal or state.goal or state.asked:
        return None
    analysis, reference = analyze(state.arch), analyze(state.original)
    strip = strip_data(overview.stages(analysis, reference, {}), state.selected_stage)
    diagram = diagram_panel.first_data(state, analysis, reference, theme)
    look = {
        "address": FILES.address,
        "controls": {**diagram_panel.FIRST_CHOICES, MAPS_SWITCH: False},
        "parts": [
            {"key": overview.STRIP, "name": "network_strip", "data": strip},
            {"key": diagram_panel.DIAGRAM, "name": "graph_view", "data": diagram},
        ],
    }
    return json.dumps(look, ensure_ascii=False, separators=(",", ":"))
