"""Who has a page open: a person is here while any of their sessions is connected."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.frontend.kit import presence
from tests.app_server import ROOT, free_port, served
from tests.web.visitor import visiting


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


PAGE = """
import os, threading
from app.frontend.kit import presence

def watch(who):
    with open(os.environ["SEEN"], "w") as pipe:
        here = None
        while here is not False:
            if (now := presence.is_here(who)) != here:
                here = now
                print("here" if here else "gone", file=pipe, flush=True)

threading.Thread(target=watch, args=[presence.person()], daemon=True).start()
"""


def test_streamlits_own_server_knows_who_has_gone(tmp_path: Path) -> None:
    page, seen, port = tmp_path / "page.py", tmp_path / "seen", free_port()
    page.write_text(PAGE)
    os.mkfifo(seen)
    flags = ("--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}")
    command = ("env", f"SEEN={seen}", f"PYTHONPATH={ROOT}", sys.executable, "-m", "streamlit", "run", str(page), *flags)
    with served(command, f"http://127.0.0.1:{port}", tmp_path / "server.log", tmp_path), ExitStack() as person:
        person.enter_context(visiting(port))
        with seen.open() as pipe:
            assert pipe.readline() == "here\n"
            person.close()
            assert pipe.readline() == "gone\n"
