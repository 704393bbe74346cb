"""What the page shows before Streamlit has drawn it: the network, from one small request that the head makes.

Streamlit loads its scripts, connects, begins a session and runs the page's script first. The network is on the screen
meanwhile, as the same components draw it, and Streamlit's elements take it over (received.js).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..backend.common.colours import ThemeName

IMPORT_SECONDS = 10
ADDRESSES: Mapping[str, ThemeName] = {"/first-look/light.json": "light", "/first-look/dark.json": "dark"}


class FirstLook:
    """What the page of a link shows in a theme. The page knows, once it is imported."""

    def __init__(self) -> None:
        self._imported = Event()

    def comes_from(self, made: Callable[[Mapping[str, str], ThemeName], str | None]) -> None:
        """``made`` gives it as JSON (``FirstLook`` in the components' messages.d.ts), or None where the page begins
        with something else."""
        self._made = made
        self._imported.set()

    def answer(self, query: str, theme: ThemeName) -> Response:
        """That of a link's ``query``."""
        look = self._made(dict(parse_qsl(query)), theme) if self._imported.wait(IMPORT_SECONDS) else None
        return Response(status_code=204) if look is None else Response(look, media_type="application/json")


FIRST_LOOK = FirstLook()


class ServedFirstLook:
    """Gives it out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        theme = next((theme for address, theme in ADDRESSES.items() if path.endswith(address)), None)
        if theme is None:
            return await self._app(scope, receive, send)
        answer = await run_in_threadpool(FIRST_LOOK.answer, scope["query_string"].decode("latin-1"), theme)
        return await answer(scope, receive, send)
