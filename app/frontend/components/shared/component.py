"""A component of the page: its files, and what each session's browser has of its data.

Streamlit would send script, style and data of a component with every run. All it gets of the script is a loader; the
files come with the first message of a series (see :mod:`app.frontend.components.shared.sent`), the data as changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from .files import joined, script
from .sent import Sent


@dataclass
class _Memory:
    """What a session's browser was sent, by the components' keys. Another page has other elements, and none of it."""

    page: str | None
    sent: dict[str, Sent] = field(default_factory=dict)


class Component:
    """A folder of this package as a Streamlit component.

    ``module``: the ``__file__`` beside its files. With ``isolate_styles=False`` it lies in the page itself, not in a
    shadow tree.
    """

    def __init__(
        self, module: str, name: str, entry: str, *, style: str = "", markup: str = "", isolate_styles: bool = True
    ) -> None:
        self._files = {
            "script": script(module, entry),
            "style": joined(module, style) if style else "",
            "markup": joined(module, markup) if markup else "",
        }
        self._mount = st.components.v2.component(
            f"inception_{name}", js=script(__file__, "loader.js"), isolate_styles=isolate_styles
        )

    def __call__(
        self, *, key: str, data: Mapping[str, object], on_events_change: Callable[[], None] | None = None
    ) -> None:
        """Show ``data``, which is JSON and must not be changed afterwards. ``on_events_change`` is called when the
        browser sent events."""
        memory = _memory()
        before = memory.sent.get(key)
        sent = memory.sent[key] = before.followed_by(data) if before else Sent(data)
        message = {"key": key, **sent.message()}
        if "whole" in message:
            message["files"] = self._files
        # As bytes it is hashed once; Streamlit writes other data twice, and looks for tables in them.
        packed = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        self._mount(key=key, data=packed, on_events_change=partial(_on_message, key, on_events_change))


def _memory() -> _Memory:
    memory = st.session_state.get("components")
    if not isinstance(memory, _Memory) or memory.page != st.context.url:
        memory = st.session_state["components"] = _Memory(st.context.url)
    return memory


def _on_message(key: str, on_events_change: Callable[[], None] | None) -> None:
    """Note what the browser says it has, of this component and of the others; then its events."""
    match st.session_state[key].get("events"):
        case {"seen": dict() as seen}:
            _note(_memory().sent, seen)
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
