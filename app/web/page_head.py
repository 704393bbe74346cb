"""What the page is before Streamlit has drawn anything: its name, its style sheets, and where its server is.

Streamlit's own page is called Streamlit, gets a style sheet only after its first drawing, which then moves, and looks
for its server below a page's address first, which the browser reports as errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path

import streamlit
from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.responses import FileResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.config import get_option

from inception_models.shipped import ASSETS

from ..backend.common.thumbnail import png_uri
from .component_files import FILES

NAME = "Inception Explorer"
DESCRIPTION = (
    "Pick a network of the Inception family, change any filter count, and see at once what that does to the diagram,"
    " parameters, MACs and memory; push a picture through it and look at what every branch sees."
)
PREVIEW = "preview.png"  # what a chat shows of a link
IN_HEAD = tuple(
    Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("connecting.js", "first_look.js")
)
"""Scripts that run before all others."""
SHEETS = ("app.css", "learn.css", "compare.css")
_COLOURS = {
    "text": "textColor",
    "background": "backgroundColor",
    "secondary-background": "secondaryBackgroundColor",
    "primary": "primaryColor",
    "border": "borderColor",
}
SKIP = '<a class="skip" hidden href="#stMain">Skip to the widths</a>'
"""The first that Tab reaches; width_sliders/sliders.js leads it to the sliders, and session_memory/focus.js shows it
where there are any."""
WIDGETS = (
    *("BidiComponent", "Button", "ButtonGroup", "Checkbox", "DownloadButton", "FileUploader", "Html", "MenuButton"),
    *("NumberInput", "PageLink", "Radio", "Selectbox", "Slider", "StreamlitMarkdown", "TextInput"),
)
"""Those of every page's first drawing, by Streamlit's names."""
WIDGETS_OF: Mapping[str, tuple[str, ...]] = {
    "picture": ("Progress",),
    "costs": ("PlotlyChart",),
    "compare": ("PlotlyChart", "StreamlitSyntaxHighlighter"),
    "search": ("Multiselect", "PlotlyChart"),
    "own-network": ("StreamlitSyntaxHighlighter",),
}
"""Those of one page's besides, by the page's address. Who comes from another page has them by then: widgets.js."""
REACT = "emotion-is-prop-valid.esm"
"""Streamlit's script that has React in it; widgets.js has the name under which it gives that out."""


class PageHead:
    """Completes the head of each page. The address of the first page is the server's own; /explore leads there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith(f"/{PREVIEW}"):
            return await FileResponse(ASSETS / PREVIEW)(scope, receive, send)
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            return await self._app(scope, receive, send)
        if scope["path"].endswith("/explore"):
            query = scope["query_string"].decode("latin-1")
            return await RedirectResponse(f"./?{query}")(scope, receive, send)
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        preview = str(URL(scope=scope).replace(path=f"{scope.get('root_path', '')}/{PREVIEW}", query=""))
        name = scope["path"].rpartition("/")[2]
        return await self._app({**scope, "headers": headers}, receive, _Completing(send, preview, name))


class _Completing:
    """Sends a page with its head completed, and anything else as it is."""

    def __init__(self, send: Send, preview: str, name: str) -> None:
        self._send = send
        self._preview = preview
        self._name = name
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = completed(self._body.decode(), self._preview, self._name).encode() if self._body else b""
        headers = MutableHeaders(scope=start)
        if body:
            headers["content-length"] = str(len(body))
        del headers["etag"]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    return start["status"] == 200 and Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")


def completed(page: str, preview: str, name: str) -> str:
    """Streamlit's page with our head. The style sheet is last, so that it prevails over Streamlit's.

    ``preview``: the address of the picture that a chat shows beside a link. ``name``: the end of the page's address.
    """
    head, style = _additions()
    head = f'{head}<meta property="og:image" content="{escape(preview, quote=True)}">'
    page = page.replace("<title>Streamlit</title>", head, 1).replace("./favicon.png", _icon(), 1)
    page = page.replace("<body>", f"<body>{SKIP}", 1)
    own = f'<script type="module" async src="./{FILES.address}"></script>'
    return page.replace("</body>", f"{style}{_scripts(WIDGETS_OF.get(name, ()))}{own}</body>", 1)


@cache
def _additions() -> tuple[str, str]:
    name, description = escape(NAME, quote=True), escape(DESCRIPTION, quote=True)
    first = "".join(f"<script>{script}</script>" for script in IN_HEAD)
    head = (
        f'<title>{name}</title><meta name="description" content="{description}">'
        f'<meta property="og:title" content="{name}"><meta property="og:description" content="{description}">'
        f'<meta property="og:type" content="website">{first}'
        f'<script type="module">{before_streamlit()}</script>'
    )
    sheets = "".join((ASSETS / name).read_text(encoding="utf-8") for name in SHEETS)
    return head, f"<style>{sheets}{_theme()}</style>"


def _theme() -> str:
    """What Streamlit tells a component of the theme, for those that are drawn before it has (first_look.py)."""
    colours = {
        f"--st-{name}-color": f"light-dark({get_option(f'theme.light.{key}')}, {get_option(f'theme.dark.{key}')})"
        for name, key in _COLOURS.items()
    }
    told = colours | {"--st-font": get_option("theme.font"), "--st-base-radius": "0.35rem"}  # which it calls "small"
    return f".first-look {{ {'; '.join(f'{name}: {value}' for name, value in told.items())} }}"


@cache
def _scripts(more: tuple[str, ...]) -> str:
    """Streamlit would ask for the script of a widget when it first draws one, and show a grey bar until it comes."""
    names = (name for widget in (*WIDGETS, *more) for name in _streamlits(widget))
    return "".join(f'<script type="module" src="./static/js/{name}"></script>' for name in names)


@cache
def before_streamlit() -> str:
    """The script that Streamlit's own comes after; empty where Streamlit has no such script to go with it."""
    text = Path(__file__).with_name("widgets.js").read_text(encoding="utf-8")
    return "".join(text.replace("REACT", name) for name in _streamlits(REACT))


def _streamlits(script: str) -> list[str]:
    """The files of one of Streamlit's scripts, with the check sum in their names."""
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    return sorted(path.name for path in folder.glob(f"{script}.*.js"))


@cache
def _icon() -> str:
    return png_uri((ASSETS / "icon.png").read_bytes())
