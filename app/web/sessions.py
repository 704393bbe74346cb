"""What a person had is forgotten soon after they left, even where nobody comes after them."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLsRequest
from streamlit.starlette import App

from ..backend.common.freed import give_memory_back
from ..backend.common.limits import GONE_SECONDS
from ..backend.common.log import note_failure

EVERY_SECONDS = 5
PATIENCE_SECONDS = 30  # for an answer of Streamlit


class Departures:
    """When people left whose sessions are still kept."""

    def __init__(self) -> None:
        self.times: deque[float] = deque()

    @asynccontextmanager
    async def forgetting(self, app: App) -> AsyncIterator[None]:
        """Sees to it, for as long as the server runs, that expired sessions are forgotten."""
        task = asyncio.create_task(self._forget(app))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _forget(self, app: App) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            expired = time.monotonic() - GONE_SECONDS - 1
            if self.times and self.times[0] < expired:
                while self.times and self.times[0] < expired:
                    self.times.popleft()
                try:
                    await _visit(app)
                except Exception:
                    note_failure("Forgetting the expired sessions")
                gc.collect()  # a session refers to itself, and shuts down in this thread
                await asyncio.to_thread(give_memory_back)


class NotingDepartures:
    """Notes the end of every page's connection."""

    def __init__(self, app: ASGIApp, departures: Departures) -> None:
        self._app, self._departures = app, departures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            if scope["type"] == "websocket" and scope["client"] is not None:
                self._departures.times.append(time.monotonic())


async def _visit(app: App) -> None:
    """Open the page's connection, ask something small, and leave.

    Streamlit drops expired sessions, with their files and arrays, when it puts the next one away, and its loop holds
    the last one until it answers another.
    """
    host = (st.get_option("server.allowedHosts") or ["localhost"])[0].replace("*", "localhost")
    scope: Scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": "/_stcore/stream",
        "raw_path": b"/_stcore/stream",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", host.encode())],
        "client": None,
        "server": None,
        "subprotocols": ["streamlit"],
    }
    question = BackMsg(file_urls_request=FileURLsRequest(request_id="1"))
    says = iter(
        [{"type": "websocket.connect"}, {"type": "websocket.receive", "bytes": question.SerializeToString()}],
    )
    answered = asyncio.Event()

    async def receive() -> Message:
        if (message := next(says, None)) is not None:
            return message
        with suppress(TimeoutError):
            await asyncio.wait_for(answered.wait(), PATIENCE_SECONDS)
        return {"type": "websocket.disconnect", "code": 1001}

    async def send(message: Message) -> None:
        if message["type"] != "websocket.accept":
            answered.set()

    await app(scope, receive, send)
