"""The page's own style and words in the first bytes of the page.

Streamlit brings the style with the page's content, which then jumps to its place; and a link that is sent to somebody
shows no words of a page that a script makes.
"""

from __future__ import annotations

from functools import cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inception_models.shipped import ASSETS

DESCRIPTION = (
    "Pick a network of the Inception family, change any filter count, see at once what it costs and what it sees."
)
_UNWANTED = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")  # the whole text is needed


class FirstBytes:
    """Adds them to every HTML page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def send_page(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            headers = MutableHeaders(scope=start)
            if headers.get("content-type", "").startswith("text/html") and b"</head>" in body:
                described = body.replace(b"</head>", words() + b"</head>", 1)
                body[:] = described.replace(
                    b"</body>", style() + b"</body>", 1
                )  # after Streamlit's, which it overrides
                headers["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": bytes(body)})

        kept = [(name, value) for name, value in scope["headers"] if name not in _UNWANTED]
        await self._app({**scope, "headers": kept}, receive, send_page)


def words() -> bytes:
    """What a search engine or a chat shows of the page."""
    named = (("name", "description"), ("property", "og:description"))
    metas = "".join(f'<meta {kind}="{name}" content="{DESCRIPTION}">' for kind, name in named)
    return f'{metas}<meta property="og:title" content="Inception Explorer">'.encode()


@cache
def style() -> bytes:
    """The page's own style."""
    return f"<style>{(ASSETS / 'app.css').read_text(encoding='utf-8')}</style>".encode()
