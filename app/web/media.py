"""Pictures and downloads under names that nobody can guess.

Streamlit names a file after its content, and gives it to whoever asks. Who has a picture could ask whether somebody is
looking at the same one now. So the page is told other names, which only this process can tell from the files' own.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections import OrderedDict

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FILE = re.compile(rb"(?<=/media/)[0-9a-f]{32,64}")  # the check sum of a content
_REQUEST = re.compile(r"(?P<start>.*(?<!/static)/media/)(?P<name>[0-9a-f]{32,64})(?P<suffix>[^/]*)")
MAX_NAMES = 20_000  # of which each takes some 300 bytes


class SecretMedia:
    """Renames media files on their way to the page, and back in its requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._key = secrets.token_bytes(32)
        self._files: OrderedDict[str, str] = OrderedDict()  # by the names that pages know

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_renamed(message: Message) -> None:
            if message["type"] == "websocket.send" and message.get("bytes"):
                message = {**message, "bytes": _FILE.sub(self._renamed, message["bytes"])}
            await send(message)

        async def send_private(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "private"
            await send(message)

        asked = _REQUEST.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if scope["type"] == "websocket":
            await self._app(scope, receive, send_renamed)
        elif asked is None:
            await self._app(scope, receive, send)
        elif (file := self._files.get(asked["name"])) is None:
            await PlainTextResponse("File not found", 404)(scope, receive, send)
        else:
            path = f"{asked['start']}{file}{asked['suffix']}"
            await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send_private)

    def _renamed(self, found: re.Match[bytes]) -> bytes:
        """A name of the same length, so that what it is part of stays valid."""
        name = hmac.new(self._key, found[0], "sha256").hexdigest()[: len(found[0])]
        self._files[name] = found[0].decode()
        self._files.move_to_end(name)
        if len(self._files) > MAX_NAMES:
            self._files.popitem(last=False)
        return name.encode()
