"""Whether anybody has a page open: a closed tab must not keep the machine busy."""

from __future__ import annotations

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from .visitor import visitor

MOST_SESSIONS = 4096

_person_of: dict[str, str] = {}  # by session


def person() -> str:
    """Whose page this is. They count as here for as long as it is connected."""
    context = get_script_run_ctx()
    assert context is not None, "only a page asks"
    session = context.session_id
    if session not in _person_of and len(_person_of) >= MOST_SESSIONS:
        for other in [other for other in _person_of if not _is_open(other)]:
            del _person_of[other]
    _person_of[session] = visitor()
    return _person_of[session]


def is_here(who: str) -> bool:
    """Whether a page of this person is connected at this moment. May be asked from any thread."""
    return any(_is_open(session) for session, owner in list(_person_of.items()) if owner == who)


def _is_open(session: str) -> bool:
    return not runtime.exists() or runtime.get_instance().is_active_session(session)  # without a server: a test
