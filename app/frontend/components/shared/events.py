"""What a person did in a component: each event once, in order.

Streamlit keeps only the newest of several waiting triggers, and calls back once for each of them. So the browser
numbers its events and sends all that Python has not answered yet; Python answers with the highest number it handled.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator

import streamlit as st

NEVER = ("", 0)
"""The answer where no event was handled yet."""


def handled(key: str) -> tuple[str, int]:
    """The answer: the browser view that sent the last event, and that event's number."""
    client, number = st.session_state.get(f"{key}.handled", NEVER)
    return client, number


def new_events(key: str) -> Iterator[dict[str, object]]:
    """The events of the component's trigger ``events`` that were not handled yet. Anything else in it is ignored."""
    match st.session_state[key].get("events"):
        case {"client": str() as client, "events": list() as events}:
            pass
        case _:
            return
    for event in events:
        last_client, last_number = handled(key)
        match event:
            case {"number": int() as number} if client != last_client or number > last_number:
                # Noted before it is acted on: an event that raises must not come again with each later one.
                st.session_state[f"{key}.handled"] = (client, number)
                yield event
            case _:
                pass


def take_selection(key: str, ids: Container[str], on_select: Callable[[str], None]) -> None:
    """Of a component in which a person can only select: ``on_select`` gets each of ``ids`` that was."""
    for event in new_events(key):
        match event:
            case {"select": str() as id} if id in ids:
                on_select(id)
            case _:
                pass
