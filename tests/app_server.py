"""Starts the real app for a test, waits until it answers, and always ends it."""

import http.client
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def served(command: Sequence[str], url: str, log: Path, folder: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """Runs command in folder until the block ends; fails the test if url does not become healthy."""
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_healthy(server, url, log)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def websocket_status(port: int, host: str) -> int:
    """The answer to a page that was loaded under the name host and opens Streamlit's socket."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    handshake = {
        "Host": f"{host}:{port}",
        "Origin": f"http://{host}:{port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    try:
        connection.request("GET", "/_stcore/stream", headers=handshake)
        return connection.getresponse().status
    finally:
        connection.close()


def wait_until_healthy(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
            return
        with suppress(subprocess.TimeoutExpired):
            code = server.wait(timeout=0.1)  # also the pause between two tries
            pytest.fail(f"The app ended with code {code} at start:\n{log.read_text()}", pytrace=False)
    pytest.fail(f"The app did not answer within {START_SECONDS} s:\n{log.read_text()}", pytrace=False)
