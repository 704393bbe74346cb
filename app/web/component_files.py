"""The files of the page's components as one script, which a browser keeps, and loads while it connects.

Streamlit would send them with each first drawing, and a browser would compile them anew. Its own server does not give
out this script; there each component's part of it comes with the component's first message.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # another text has another address


class ComponentFiles:
    """``served``: whether this process gives them out."""

    def __init__(self) -> None:
        self.served = False
        self._parts: dict[str, str] = {}  # by the component's name
        self._scripts: dict[str, str] = {}  # by address: there may be more components when a page asks for one

    def add(self, name: str, script: str, style: str, markup: str) -> None:
        """``script``: an ES module as text, whose default export is a function that draws the component."""
        text = script.replace("export default function", "const draw = function", 1)
        dress = f"style: {json.dumps(style)}, markup: {json.dumps(markup)}"
        self._parts[name] = f"{name}: (() => {{\n{text}\nreturn {{ draw, {dress} }}\n}})()"

    def source(self, name: str) -> dict[str, str]:
        """Where loader.js finds a component, and the script that puts it there where it is not served."""
        if self.served:
            return {"name": name, "address": self.address}
        address, script = _written((self._parts[name],))
        return {"name": name, "address": address, "script": script}

    @property
    def address(self) -> str:
        """That of the script with all components that there are so far, below the page's."""
        address, script = _written((*self._parts.values(),))
        self._scripts[address] = script
        return address

    def script(self, path: str) -> str | None:
        """The script whose address ``path`` is."""
        return self._scripts.get(path.rpartition("/")[2])


@cache
def _written(parts: tuple[str, ...]) -> tuple[str, str]:
    """A script's address and text."""
    components = "".join(["{\n", ",\n".join(parts), "\n}"])
    address = f"components.{hashlib.sha256(components.encode()).hexdigest()[:16]}.js"
    return address, f'(globalThis.inceptionComponents ??= {{}})["{address}"] = {components}\n'


FILES = ComponentFiles()


class ServedComponentFiles:
    """Gives out the script."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        FILES.served = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        script = FILES.script(scope["path"]) if scope["type"] == "http" else None
        answer = self._app if script is None else Response(script, media_type="text/javascript", headers=_FOR_EVER)
        await answer(scope, receive, send)
