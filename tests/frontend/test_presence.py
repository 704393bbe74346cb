"""Who has a page open: a person is here while any of their sessions is connected."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.frontend.shell import presence


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The sessions that Streamlit's server has a connection to."""
    sessions: set[str] = set()
    server = SimpleNamespace(is_active_session=lambda session: session in sessions)
    monkeypatch.setattr(presence.runtime, "exists", lambda: True)
    monkeypatch.setattr(presence.runtime, "get_instance", lambda: server)
    monkeypatch.setattr(presence, "_person_of", {})
    return sessions


def opens(monkeypatch: pytest.MonkeyPatch, connected: set[str], who: str, session: str) -> str:
    connected.add(session)
    monkeypatch.setattr(presence, "visitor", lambda: who)
    monkeypatch.setattr(presence, "get_script_run_ctx", lambda: SimpleNamespace(session_id=session))
    return presence.person()


def test_a_person_is_here_while_any_of_their_pages_is_connected(
    connected: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opens(monkeypatch, connected, "ann", "1") == opens(monkeypatch, connected, "ann", "2") == "ann"
    opens(monkeypatch, connected, "bob", "3")
    connected.remove("1")
    assert presence.is_here("ann")
    connected.remove("2")
    assert not presence.is_here("ann")
    assert presence.is_here("bob")
    assert not presence.is_here("somebody else")
    connected.add("2")  # the connection is back, and no script has run
    assert presence.is_here("ann")


def test_sessions_are_not_remembered_for_ever(connected: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "MOST_SESSIONS", 3)
    for number in range(3):
        opens(monkeypatch, connected, f"visitor {number}", str(number))
    connected -= {"0", "2"}
    opens(monkeypatch, connected, "ann", "4")
    assert set(presence._person_of) == {"1", "4"}
