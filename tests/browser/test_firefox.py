"""Explore, an edit, Picture and Costs in Firefox, over WebDriver BiDi, which Firefox speaks without a helper program.

Only with ``-m firefox``: Firefox takes 300 MB, too much for every run. `apt-get install firefox-esr` brings it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
pytestmark = [
    pytest.mark.firefox,
    pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed"),
]
ANSWER_SECONDS = 60
DEEP = """const deep = (css, root = document) => root.querySelector(css)
  ?? [...root.querySelectorAll("*")].map((e) => e.shadowRoot && deep(css, e.shadowRoot)).find(Boolean)
const seen = (condition) => new Promise((resolve) => {
  const look = () => {
    try { const found = condition(); if (found) return resolve(found) } catch {}
    setTimeout(look, 50)
  }
  look()
})
"""


class Firefox:
    """One window."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)
        self.command("session.new", capabilities={})
        self._window = self.command("browsingContext.getTree")["contexts"][0]["context"]

    def command(self, method: str, **params: object) -> dict:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._connection.recv(timeout=ANSWER_SECONDS))
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, url: str) -> None:
        self.command("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def waits_for(self, condition: str) -> object:
        """The value of this expression of JavaScript, once there is one."""
        answer = self.command(
            "script.evaluate",
            expression=f"(() => {{ {DEEP} return seen(() => {condition}) }})()",
            target={"context": self._window},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        return answer["result"].get("value")

    def types(self, text: str) -> None:
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": keys}]
        self.command("input.performActions", context=self._window, actions=actions)


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    assert FIREFOX is not None
    options = ("--headless", "--no-remote", "--profile", str(tmp_path), "--remote-debugging-port", "0")
    with subprocess.Popen((FIREFOX, *options), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stderr is not None
            found = next(filter(None, (re.search(r"ws://\S+", line) for line in process.stderr)))
            with connect(f"{found[0]}/session", max_size=None, open_timeout=ANSWER_SECONDS) as connection:
                yield Firefox(connection)
        finally:
            process.kill()


def test_the_pages_and_an_edit_work(firefox: Firefox, app_url: str) -> None:
    field = 'deep(\'input[aria-label^="filters of inception3a.branch1x1.conv,"]\', deep(".st-key-table1"))'
    firefox.open(f"{app_url}/?variant=googlenet")
    firefox.waits_for(f'({field}.focus(), {field}.value === "64")')
    firefox.types("96\ue007")  # Enter
    firefox.waits_for('deep("g.node[id=\'inception3a.branch1x1.conv\']").textContent.includes("96")')
    assert "96" in str(firefox.waits_for("location.search.includes('edits') && decodeURIComponent(location.search)"))
    firefox.open(f"{app_url}/picture?variant=googlenet")
    firefox.waits_for('deep(".mosaic img").complete && deep(".mosaic img").naturalWidth > 0')
    firefox.open(f"{app_url}/costs?variant=googlenet")
    firefox.waits_for('document.querySelectorAll(".barlayer .point path").length > 0')
    assert firefox.waits_for('document.querySelectorAll("[data-testid=stException]").length === 0')
