"""A web server that misbehaves on request: one file on 127.0.0.1, in a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE_BYTES, PIECE_SECONDS = 1 << 18, 0.05


@dataclass
class Behaviour:
    """What the server does. ``cut_at``: it hangs up after so many bytes of each answer."""

    content: bytes
    etag: str = '"one"'
    cut_at: int | None = None
    status: int = 0
    redirect: str = ""
    ranges: bool = True
    wrong_range: bool = False
    length: bool = True
    gate: threading.Event | None = None  # the second half is sent, slowly, when it opens
    asked: list[str] = field(default_factory=list)  # the Range of every request, or ""


@dataclass(frozen=True)
class Served:
    url: str
    behaviour: Behaviour


@contextmanager
def serving(content: bytes) -> Iterator[Served]:
    behaviour = Behaviour(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, behaviour)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}/weights.pth", behaviour)
    finally:
        if behaviour.gate:
            behaviour.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: BaseHTTPRequestHandler, how: Behaviour) -> None:
    asked = request.headers.get("Range", "")
    how.asked.append(asked)
    if how.status or how.redirect:
        request.send_response(how.status or 302)
        request.send_header("Location", how.redirect)
        request.send_header("Content-Length", "0")
        request.end_headers()
        return
    start = 0
    if asked and how.ranges and request.headers.get("If-Range") == how.etag:
        start = int(asked.removeprefix("bytes=").rstrip("-"))
    if start >= len(how.content):
        request.send_error(416)
        return
    body = how.content[start:]
    request.send_response(206 if start else 200)
    if start:
        first = start + how.wrong_range
        request.send_header("Content-Range", f"bytes {first}-{len(how.content) - 1}/{len(how.content)}")
    if how.etag:
        request.send_header("ETag", how.etag)
    if how.length:
        request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    body = body[: how.cut_at]
    if how.gate is None or how.gate.is_set():
        request.wfile.write(body)
        return
    half = len(body) // 2
    request.wfile.write(body[:half])
    request.wfile.flush()
    how.gate.wait(30)
    with suppress(ConnectionError):  # whoever cancels hangs up
        for start in range(half, len(body), PIECE_BYTES):
            request.wfile.write(body[start : start + PIECE_BYTES])
            request.wfile.flush()
            threading.Event().wait(PIECE_SECONDS)  # long enough for a cancel to be handled before all has arrived
