"""What the server logs as JSON: every event on a line of its own, and nothing that a person typed, sent or is."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from websockets.exceptions import WebSocketException

from app.backend.common.limits import PREFIX
from app.backend.common.log import LOG
from benchmarks.crowd import photograph
from benchmarks.visitor import VisitError, Visitor
from tests.app_server import ROOT, free_port, wait_until_healthy
from tests.web.visitor import visiting

MARKER = "Zwetschgenkuchen"
ADDRESS = "127.0.0.1:"  # with a person's port

# A server in which everything goes wrong, with the marker in every message.
SERVER = f"""
import asyncio, logging, sys, threading, warnings
from app.backend.common.jobs import JOBS, Job
from app.commands.serve import serve

def fails(progress):
    try:
        open("/no/{MARKER}.jpg")
    except OSError as problem:
        raise RuntimeError("{MARKER} cannot be read") from problem

def uncaught():
    threading.Event().wait(3)
    warnings.warn("{MARKER}")
    logging.getLogger("streamlit.runtime.late").warning("{MARKER} %s", "{MARKER}")
    logging.getLogger("uvicorn.error").info("127.0.0.1:4711 - {MARKER}")
    JOBS.put(Job("{MARKER}", "failing", fails))
    raise KeyError("{MARKER}")

threading.Thread(target=uncaught).start()
serve("127.0.0.1", int(sys.argv[1]))
"""


async def use(url: str) -> None:
    """Pages, links and uploads of somebody who has the marker everywhere."""
    for query in (f"googlenet&edits={MARKER}", MARKER, f"googlenet&weights={MARKER}"):
        with suppress(VisitError, WebSocketException):
            async with Visitor(url, query):
                pass
    for content in (photograph("googlenet", 1).file, MARKER.encode() * 50):
        with suppress(VisitError):
            async with Visitor(url, "googlenet", "picture") as visitor:
                await visitor.show_picture(f"{MARKER}.jpg", content)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    log, port = tmp_path_factory.mktemp("log") / "server.log", free_port()
    environment = os.environ | {LOG: "json", f"{PREFIX}PICTURE_MB": "1", f"{PREFIX}WEIGHTS_MB": "2"}
    with log.open("wb") as output:
        command = [sys.executable, "-c", SERVER, str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_healthy(server, f"http://127.0.0.1:{port}", log)
        asyncio.run(use(f"http://127.0.0.1:{port}"))
        with visiting(port, f"edits={quote(MARKER)}") as person:
            assert person.upload(f"{MARKER}.jpg", 2 * 2**20)[0] == 413
            assert person.upload(f"{MARKER}.pt", 3 * 2**20)[0] == 413
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
    finally:
        server.kill()
        server.wait()
    return log.read_text().splitlines()


def test_nothing_of_any_person_is_in_the_log(lines: list[str]) -> None:
    assert [line for line in lines if MARKER in line or ADDRESS in line] == []


def test_every_line_is_an_event(lines: list[str]) -> None:
    events = [json.loads(line) for line in lines]
    assert all({"time", "level", "event"} <= event.keys() for event in events)
    names = [event["event"] for event in events]
    assert names[0] == "start"
    assert names[-1] == "stop"
    refused = [(event["kind"], event["bytes"] // 2**20) for event in events if event["event"] == "upload refused"]
    assert refused == [("picture", 2), ("weights", 3)]
    began = [event for event in events if event["event"] == "job began" and event["kind"] == "failing"]
    ended = [event for event in events if event["event"] == "job ended" and event["kind"] == "failing"]
    assert len(began) == len(ended) == 1
    assert ended[0]["outcome"] == "failed"
    assert 0 <= ended[0]["seconds"] < 10


def test_a_failure_has_its_stack_and_its_cause(lines: list[str]) -> None:
    failures = [event for event in map(json.loads, lines) if event["event"] == "failure"]
    [job] = [event for event in failures if event["error"] == "RuntimeError"]
    assert job["what"] == "The job failing"
    assert any(frame.startswith("app.backend.common.jobs:") for frame in job["stack"])
    assert job["cause"]["error"] == "FileNotFoundError"
    assert "KeyError" in [event["error"] for event in failures]  # of a thread


def test_what_libraries_say_is_told_by_its_place(lines: list[str]) -> None:
    messages = [event for event in map(json.loads, lines) if event["event"] == "message"]
    assert {"streamlit.runtime.late", "py.warnings"} <= {event["logger"] for event in messages}
    assert all(event["at"] for event in messages)


def test_a_format_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "serve", "--port", str(free_port())]
    ended = subprocess.run(command, cwd=ROOT, env=os.environ | {LOG: "xml"}, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"{LOG} is 'xml'; text or json is allowed.\n"
