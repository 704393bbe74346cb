"""Uploads are refused before they are in memory: by their kind, and by what their person and the server hold."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from inception_models.checkpoints.card import MAX_CARD_BYTES

from ..backend.common.limits import (
    MAX_ONNX_BYTES,
    MAX_SERVER_UPLOAD_BYTES,
    MAX_SESSION_UPLOAD_BYTES,
    MAX_UPLOAD_BYTES,
    MAX_WEIGHTS_BYTES,
)
from ..backend.common.log import noted
from ..backend.picture.images import EXTENSIONS

FRAME_BYTES = 4096  # what a browser writes around a file
LIMIT_OF = {"picture": MAX_UPLOAD_BYTES, "card": MAX_CARD_BYTES, "onnx": MAX_ONNX_BYTES, "weights": MAX_WEIGHTS_BYTES}
MAX_BYTES = max(LIMIT_OF.values()) + FRAME_BYTES  # of any upload
_ADDRESS = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/[^/]+$")
_FILE_NAME = re.compile(rb'\r\ncontent-disposition:[^\r\n]*\bfilename="([^"\r\n]*)"', re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


class BoundedUploads:
    """Lets an upload through if it is short enough and there is room for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arriving: Counter[str] = Counter()  # bytes, by session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = _ADDRESS.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if address is None or not runtime.get_instance().is_active_session(address["session"]):
            await self._app(scope, receive, send)  # Streamlit refuses what belongs to nobody, and reads none of it
            return
        session, length = address["session"], Headers(scope=scope).get("content-length", "")
        if not length.isdecimal():
            await PlainTextResponse("The length of an upload must be given.", 411)(scope, receive, send)
            return
        size = int(length[:18])
        head, kind = await _head(receive)
        receive = _replay(head, receive)
        refusal = self._too_much(session, size, kind)
        if not refusal:
            self._arriving[session] += size
            try:
                await self._app(scope, receive, send)
                return
            finally:
                self._arriving[session] -= size
                self._arriving += Counter()  # without sessions of which nothing arrives
        noted("upload refused", kind=kind, bytes=size)
        if size <= MAX_BYTES:
            while (await receive()).get("more_body"):  # a browser reads no answer before it has sent everything
                pass
        await PlainTextResponse(refusal, 413, {"Connection": "close"})(scope, receive, send)

    def _too_much(self, session: str, size: int, kind: str) -> str:
        """Why it is too long, or there is no room; empty if there is."""
        if size > LIMIT_OF[kind] + FRAME_BYTES:
            return f"At most {LIMIT_OF[kind] // 2**20} MB are allowed for such a file."
        person = self._arriving[session] + size - FRAME_BYTES
        _make_room(session, MAX_SESSION_UPLOAD_BYTES - person)
        kept = _kept()
        if kept[session] + person > MAX_SESSION_UPLOAD_BYTES:
            return f"At most {MAX_SESSION_UPLOAD_BYTES // 2**20} MB are kept for one person; remove a file first."
        if kept.total() + self._arriving.total() + size - FRAME_BYTES > MAX_SERVER_UPLOAD_BYTES:
            return "The server keeps as many files as it can; try again in a minute."
        return ""


def _files() -> MemoryUploadedFileManager:
    """What Streamlit keeps."""
    files = runtime.get_instance().uploaded_file_mgr
    assert isinstance(files, MemoryUploadedFileManager)
    return files


def _kept() -> Counter[str]:
    """The bytes of the files that are kept, by session."""
    sessions = [*_files().file_storage.items()]
    return Counter({session: sum(len(file.data) for file in [*kept.values()]) for session, kept in sessions})


def _make_room(session: str, room: int) -> None:
    """Drop a person's oldest weights, until what they have fits into ``room``.

    They were read when they came. The page asks for a picture's file again.
    """
    kept = [*_files().file_storage.get(session, {}).values()]
    total = sum(len(file.data) for file in kept)
    for file in kept:
        if total > room and _suffix(file.name) not in EXTENSIONS:
            _files().remove_file(session, file.file_id)
            total -= len(file.data)


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower().removeprefix(".")


async def _head(receive: Receive) -> tuple[list[Message], str]:
    """The first messages of an upload, up to its file's name, and of which kind a file of such a name is."""
    messages, text = [await receive()], b""
    while True:
        text += messages[-1].get("body", b"")
        if _HEAD_END in text or len(text) > FRAME_BYTES or not messages[-1].get("more_body"):
            break
        messages.append(await receive())
    named = _FILE_NAME.search(text.partition(_HEAD_END)[0])
    suffix = _suffix(named[1].decode("utf-8", "replace")) if named else ""
    if suffix in EXTENSIONS:
        return messages, "picture"
    return messages, {"json": "card", "onnx": "onnx"}.get(suffix, "weights")


def _replay(messages: list[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def next_message() -> Message:
        return next(waiting, None) or await receive()

    return next_message
