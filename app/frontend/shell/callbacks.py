"""What a click sets off, where it fails: one sentence at the panel that was clicked in, and the page as it was.

Streamlit calls what a widget got as ``on_click`` or ``on_change`` before the script, outside every panel, and shows the
exception in place of the page. It has no setting for this, so its one method that learns of every widget is replaced,
where it is there: a test notices when a newer Streamlit has another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import TypeVar

from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState

from ...backend.common.log import note_failure
from ..kit.panel import place_now, reason_of
from ..session import current

REGISTER = "register_widget"

_Value = TypeVar("_Value")


@cache
def guard_callbacks() -> None:
    """From now on a callback that fails leaves a sentence in its panel. Once for the whole process."""
    register = getattr(SessionState, REGISTER, None)
    if register is not None:
        setattr(SessionState, REGISTER, lambda session, metadata, key: register(session, _guarded(metadata), key))


def _guarded(metadata: WidgetMetadata[_Value]) -> WidgetMetadata[_Value]:
    guard = partial(partial, _say_if_it_fails, place_now())
    return replace(
        metadata,
        callback=metadata.callback and guard(metadata.callback),
        callbacks=metadata.callbacks and {event: guard(call) for event, call in metadata.callbacks.items()},
    )


def _say_if_it_fails(place: str, call: Callable[..., None], *args: object, **kwargs: object) -> None:
    try:
        call(*args, **kwargs)
    except Exception as problem:  # Streamlit's own signals, such as for a rerun, are none
        note_failure("A callback")
        current().refusal = place, ValueError(f"That could not be done. {reason_of(problem)}")
