"""One component on a page of its own, without a server: the real script and the real wrapper, with a stand-in between.

Streamlit takes a second to open a page and a tenth of one for each answer. Here the browser calls the component's
Python wrapper in the test's own process, so a check of what the component does costs milliseconds. How Streamlit
treats the component, its messages and its keys is for the few tests that run an app.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Page, Route

from app.frontend.components.shared import component as shared_component
from app.frontend.components.shared import events

HTML = Path(__file__).with_suffix(".html")
URL = "http://localhost/"  # the clipboard is only for secure origins, which this name is; nothing is fetched from it

_MOUNTS: dict[str, Callable[..., object]] = {}  # of each component, as Streamlit made it
_OPEN: WeakKeyDictionary[Page, StaticPage] = WeakKeyDictionary()


class StaticPage:
    """``component``: a folder of app/frontend/components. ``run`` does what a script run does: it calls the wrapper,
    whose callbacks write into ``log``, which the page shows as an app would with ``st.code``."""

    def __init__(
        self,
        page: Page,
        patch: pytest.MonkeyPatch,
        component: ModuleType,
        run: Callable[[], None],
        log: list[str],
        work_seconds: float = 0,
    ) -> None:
        self.page = page
        self._run = run
        self._log = log
        self._session: dict[str, object] = {}
        made_of = inspect.getclosurevars(_MOUNTS.setdefault(component.__name__, component._component._mount)).nonlocals
        patch.setattr(component._component, "_mount", self._mount)
        for module in (events, shared_component):
            patch.setattr(module, "st", SimpleNamespace(session_state=self._session))
        if page not in _OPEN:
            page.route(URL, _fulfil)
            page.expose_function("python", lambda message: _OPEN[page]._answer(message))
        _OPEN[page] = self
        page.goto(URL, wait_until="domcontentloaded")
        parts = {"js": made_of["js"], "isolated": made_of["isolate_styles"], "workMs": 1000 * work_seconds}
        page.evaluate("parts => start(parts)", parts)

    def rerun(self) -> None:
        """Something else on the page made the script run again."""
        self.page.evaluate("send(null)")

    def _mount(self, *, key: str, data: bytes, on_events_change: Callable[[], None]) -> None:
        self._key, self._data, self._on_change = key, data, on_events_change

    def _answer(self, message: object) -> dict[str, object]:
        if message is not None:
            self._session[self._key] = message
            self._on_change()
        self._run()
        return {"data": self._data.decode(), "said": "\n".join(self._log)}


def _fulfil(route: Route) -> None:
    route.fulfill(body=HTML.read_text(), content_type="text/html")
