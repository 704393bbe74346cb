"""A part of the page that may fail without taking the rest with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from streamlit.errors import FragmentHandledException

from ...backend.common.failures import machine_failure
from ...backend.common.log import note_failure
from ...backend.diagram import LayoutError
from ..session import current
from .notice import WayOut, refusal, refused

AROUND = "link"  # the place under the network bar, for what belongs to no panel
_PLACE = ContextVar("place", default=AROUND)
_AGAIN = WayOut("Try again", lambda: None)  # any click draws the part again


def place_now() -> str:
    """Where to say that a click on what is being rendered has failed: at the innermost panel around it."""
    return _PLACE.get()


@contextmanager
def panel(name: str, place: str = "") -> Iterator[None]:
    """Render what is inside. If it fails, one sentence that begins with ``name`` takes its place.

    What the page could not have foreseen is logged. Streamlit's own signals, such as for a rerun, are no failures.
    ``place``: where it is said that a click in it has failed, if not at its own beginning.
    """
    outside = _PLACE.set(place or name)
    try:
        if not place:
            refusal(current(), name)
        yield
    except FragmentHandledException:
        raise
    except LayoutError as problem:
        refused(str(problem), f"{name}, failed", _AGAIN)
    except Exception as problem:
        note_failure(name)
        refused(f"{name} cannot be shown. {reason_of(problem)}", f"{name}, failed", _AGAIN)
    finally:
        _PLACE.reset(outside)


def reason_of(problem: Exception) -> str:
    """One sentence on what the page could not have foreseen."""
    return machine_failure(problem) or "This is a fault of this program; the server's log has the details."
