"""Changes instead of the whole: whatever gets lost on the way, the browser never shows anything but what was sent."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.frontend.components.shared import component as shared
from app.frontend.components.shared.component import Component
from app.web.component_files import FILES

NODE = str(Path(sys.executable).with_name("node"))
DRIVER = Path(__file__).with_name("received_driver.js")
KEY = "drawing"
Json = dict[str, object]


class Browser:
    """received.js in Node, with one component on its page."""

    def __init__(self) -> None:
        self._node = subprocess.Popen((NODE, DRIVER), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, act: str, data: object = None) -> tuple[object, list[object]]:
        """What it shows afterwards (None if it waits for the whole), and what it told Python."""
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps({"act": act, "data": data}) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        return answer["data"], answer["told"]

    def close(self) -> None:
        self._node.kill()
        self._node.communicate()


class Server:
    """The real wrapper in a made-up session."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.streamlit = SimpleNamespace(session_state={})
        self._component = Component.__new__(Component)
        self._component._name = "made_up"
        FILES.add("made_up", script="", style="", markup="")
        self._component._mount = self._mounted
        patch.setattr(shared, "st", self.streamlit)

    def run(self, data: Json) -> Json:
        """One run of the script; returns the component's message."""
        self._component(key=KEY, data=data)
        return self._message

    def hear(self, message: object) -> None:
        self.streamlit.session_state[KEY] = {"events": message}
        self._on_message()

    def _mounted(self, *, key: str, data: bytes, on_events_change: object) -> None:
        assert key == KEY
        assert callable(on_events_change)
        self._message, self._on_message = json.loads(data), on_events_change


@pytest.fixture
def browser() -> Iterator[Browser]:
    it = Browser()
    yield it
    it.close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    return Server(monkeypatch)


def drawing(dice: random.Random) -> Json:
    items = [{"id": f"item{i}", "svg": "<g/>", "tip": None} for i in range(dice.randrange(1, 6))]
    return {"topology": dice.random(), "items": items, "legend": {"low": 0, "high": [1, 2]}, "selected": None}


def edited(data: Json, dice: random.Random) -> Json:
    """``data`` itself with other values, sometimes ones that were there before, sometimes other keys or lengths."""
    items, legend = data["items"], data["legend"]
    assert isinstance(items, list)
    assert isinstance(legend, dict)
    for _ in range(dice.randrange(3)):
        match dice.randrange(6):
            case 0 | 1:
                dice.choice(items)["svg"] = dice.choice(("<g/>", "<path/>", "<rect/>"))
            case 2:
                dice.choice(items).update(tip=dice.choice((None, "a tip")))
            case 3:
                data["selected"] = dice.choice((None, "item0", "item1"))
            case 4:
                legend[dice.choice(("low", "middle"))] = dice.randrange(3)
                legend["high"] = [dice.randrange(3) for _ in range(dice.randrange(3))]
            case _:
                return drawing(dice)
    return data


@pytest.mark.parametrize("seed", range(8))
def test_what_is_shown_is_what_was_sent_whatever_gets_lost(browser: Browser, server: Server, seed: int) -> None:
    dice = random.Random(seed)
    lost = dice.choice((0.1, 0.4, 0.8))
    data, shown, changes = drawing(dice), 0, 0
    for _ in range(400):
        data = edited(data, dice)
        message = server.run(data)
        told: list[object] = []
        if dice.random() > lost:
            changes += "changes" in message
            for _ in range(dice.choice((1, 1, 2))):  # a change of the theme shows the same again
                after, told = browser("receive", message)
                assert after in (None, data)
                shown += after is not None
        if dice.random() < 0.5:
            told += browser("tell")[1]
        for each in told:
            if dice.random() > lost:
                server.hear(each)
        if dice.random() < 0.05:
            browser(dice.choice(("leave", "reload")))
        if dice.random() < 0.02:
            server.streamlit.session_state.clear()
    for _ in range(2):  # nothing gets lost any more
        after, told = browser("receive", server.run(data))
        for each in told:
            server.hear(each)
    assert after == data
    assert shown > 50  # else the test shows nothing
    assert changes > 20


def test_a_change_is_sent_alone_until_the_browser_has_it(browser: Browser, server: Server) -> None:
    data: Json = {"rows": [{"cells": {"a": 1, "b": 2}}, {"cells": {"a": 3}}], "selected": None}
    assert "whole" in server.run(data)
    browser("receive", server.run(data))
    server.hear(browser("tell")[1][0])
    server.run({**data, "selected": "a"})  # does not arrive
    data = {"rows": [{"cells": {"a": 1, "b": 5}}, {"cells": {"a": 3}}], "selected": "a"}
    message = server.run(data)
    assert message["since"] == 1
    assert message["changes"] == [[0, "selected", "a"], [0, "rows", 0, "cells", "b", 5]]
    assert browser("receive", message)[0] == data
    server.hear(browser("tell")[1][0])
    assert server.run(data)["changes"] == []


@pytest.mark.parametrize("since, told", [(3, []), (4, [{"client": "", "events": [], "seen": {KEY: None}}])])
def test_changes_of_a_version_that_is_not_here_ask_for_the_whole(
    browser: Browser, since: int, told: list[object]
) -> None:
    here = {"key": KEY, "series": "a", "version": 3, "whole": {"b": 1}, "files": {"style": "", "markup": ""}}
    browser("receive", here)
    message = {"key": KEY, "series": "a", "version": 5, "since": since, "changes": [[0, "b", 2]]}
    assert browser("receive", message) == (None if told else {"b": 2}, told)


@pytest.mark.parametrize(
    "seen",
    [
        None,
        1,
        [],
        {KEY: 1},
        {KEY: ["other", 1]},
        {KEY: ["own", 99]},
        {KEY: ["own", "1"]},
        {"other": None},
        {KEY: ["own"]},
    ],
)
def test_a_browser_that_says_anything_else_gets_the_whole(server: Server, seen: object) -> None:
    own = server.run({"a": 1})["series"]
    server.hear(json.loads(json.dumps({"seen": seen}).replace("own", str(own))))
    assert "whole" in server.run({"a": 2})
