"""A part of the page that may fail without taking the rest with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.errors import FragmentHandledException

from ...backend.common.failures import machine_failure
from ...backend.common.log import note_failure
from ...backend.diagram import LayoutError
from .notice import refused


@contextmanager
def panel(name: str) -> Iterator[None]:
    """Render what is inside. If it fails, one sentence that begins with ``name`` takes its place.

    What the page could not have foreseen is logged. Streamlit's own signals, such as for a rerun, are no failures.
    """
    try:
        yield
    except FragmentHandledException:
        raise
    except LayoutError as problem:
        refused(str(problem))
    except Exception as problem:
        note_failure(name)
        refused(f"{name} cannot be shown. {reason_of(problem)}")


def reason_of(problem: Exception) -> str:
    """One sentence on what the page could not have foreseen."""
    return machine_failure(problem) or "This is a fault of this program; the server's log has the details."
