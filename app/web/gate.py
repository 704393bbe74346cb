"""Who is answered, and what every answer says about its own use."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from ..backend.common.limits import PREFIX
from .page_head import IN_HEAD, before_streamlit

FRAMES = f"{PREFIX}FRAMES"
"""The environment variable with the addresses of the pages that may show this one in a frame; none may by default."""

_HEALTH = "/_stcore/health"  # load balancers ask by address, not by name
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class Gate:
    """Answers by the server's own names only, as Streamlit does for the page's connection, and adds headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in security_headers().items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].endswith(_HEALTH) or is_host_allowed(Headers(scope=scope).get("host")):
            await self._app(scope, receive, send_with_headers)
        else:
            refusal = PlainTextResponse("This server does not answer by that name.", 421)
            await refusal(scope, receive, send_with_headers)


@cache
def security_headers() -> dict[str, str]:
    """What browsers are told with every answer."""
    return {
        "Content-Security-Policy": "; ".join(f"{what} {where}" for what, where in _policy().items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # a link holds the network, which is nobody else's business
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    }


def _policy() -> dict[str, str]:
    """What the page may load: its own files alone.

    Streamlit writes styles into the page, and gives the scripts of components as `blob:`.
    """
    return {
        "default-src": "'self'",
        "script-src": f"'self' blob: {_inline_scripts()}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": os.environ.get(FRAMES) or "'self'",
    }


def _inline_scripts() -> str:
    """The check sums of the scripts that the page has in itself: Streamlit's and ours."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = *_INLINE_SCRIPT.findall(page), *IN_HEAD, before_streamlit()
    sums = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return " ".join(f"'sha256-{base64.b64encode(value).decode()}'" for value in sums)
