"""What a click sets off, where it fails: one sentence, and the page as it was.

Streamlit calls what a widget got as ``on_click`` or ``on_change`` before the script, outside every panel, and shows the
exception in place of the page. It has no setting for this, so its one method that calls them is replaced, where it is
there: a test notices when a newer Streamlit has another.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from streamlit.runtime.state.session_state import SessionState

from ...backend.common.log import note_failure
from ..state import current
from .panel import reason_of

CALLER = "_run_callback_and_record_rerun"


@cache
def guard_callbacks() -> None:
    """From now on a callback that fails leaves a sentence in the page's header. Once for the whole process."""
    call = getattr(SessionState, CALLER, None)
    if call is not None:
        setattr(SessionState, CALLER, lambda session, votes, run: call(session, votes, partial(_say_if_it_fails, run)))


def _say_if_it_fails(run: Callable[[], None]) -> None:
    try:
        run()
    except Exception as problem:  # Streamlit's own signals, such as for a rerun, are none
        note_failure("A callback")
        current().refusal = "link", ValueError(f"That could not be done. {reason_of(problem)}")
