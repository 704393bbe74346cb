"""A component of the page: its files, and what each session's browser has of its data.

Streamlit would send script, style and data of a component with every run. All it gets of the script is a loader; where
the files are comes with the first message of a series (see :mod:`app.frontend.components.shared.sent`), the data as
changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

import streamlit as st

from ....web.component_files import FILES
from .files import joined, script
from .sent import Sent

_PLAIN = frozenset({str, int, float, bool, type(None)})


class Component:
    """A folder of this package as a Streamlit component.

    ``module``: the ``__file__`` beside its files. With ``isolate_styles=False`` it lies in the page itself, not in a
    shadow tree.
    """

    def __init__(
        self, module: str, name: str, entry: str, *, style: str = "", markup: str = "", isolate_styles: bool = True
    ) -> None:
        self._name = name
        dress = (joined(module, text) if text else "" for text in (style, markup))
        FILES.add(name, script(module, entry), *dress)
        self._mount = st.components.v2.component(
            f"inception_{name}", js=script(__file__, "loader.js"), isolate_styles=isolate_styles
        )

    def __call__(
        self, *, key: str, data: Mapping[str, object], on_events_change: Callable[[], None] | None = None
    ) -> None:
        """Show ``data``, which is JSON. ``on_events_change`` is called when the browser sent events."""
        all_sent = _all_sent()
        before = all_sent.get(key)
        now = {name: _copied(value) for name, value in data.items()}
        sent = all_sent[key] = before.followed_by(now) if before else Sent(now)
        message = {"key": key, **sent.message()}
        if "whole" in message:
            message["source"] = FILES.source(self._name)
        # As bytes it is hashed once; Streamlit writes other data twice, and looks for tables in them.
        packed = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        self._mount(key=key, data=packed, on_events_change=partial(_on_message, key, on_events_change))


def _copied(value: object) -> object:
    """Its dicts and lists anew: the caller may change them later, which would hide what changed."""
    if isinstance(value, dict):
        return {key: each if type(each) in _PLAIN else _copied(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [each if type(each) in _PLAIN else _copied(each) for each in value]
    return value


def _all_sent() -> dict[str, Sent]:
    """What this session's browser was sent, by the components' keys."""
    return cast("dict[str, Sent]", st.session_state.setdefault("components", {}))


def _on_message(key: str, on_events_change: Callable[[], None] | None) -> None:
    """Note what the browser says it has, of this component and of the others; then its events."""
    match st.session_state[key].get("events"):
        case {"seen": dict() as seen}:
            _note(_all_sent(), seen)
        case _:
            pass
    if on_events_change:
        on_events_change()


def _note(sent: dict[str, Sent], seen: Mapping[str, object]) -> None:
    for key, has in seen.items():
        match has:
            case [series, int() as version] if key in sent and sent[key].series == series:
                sent[key] = sent[key].seen_at(version)
            case None:
                sent.pop(key, None)
            case _:
                pass
