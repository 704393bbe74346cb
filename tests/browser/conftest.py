"""Fixtures for the tests that drive the real page: one app, one browser and one page for all."""

import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, ViewportSize, sync_playwright

from tests.app_server import free_port, served
from tests.browser import chromium
from tests.browser.components.static_page import StaticPage
from tests.browser.visits import forget

WINDOW: ViewportSize = {"width": 1440, "height": 900}
MOTION: Literal["reduce"] = "reduce"  # where nothing is animated, a browser that waits leaves the server the processor
LONGEST = (
    "test_accessibility.py",
    "test_pages.py",
    "test_weights.py",
    "test_train.py",
    "test_memory.py",
    "test_costs.py",
    "test_replicas.py",
    "test_own_network.py",
    "test_compare.py",
    "test_search.py",
)

HEALTH = "/_stcore/health"  # an empty page of the app: at about:blank Chromium throws away what it has compiled

# Console errors that are not ours, each with its reason. Everything else fails the test that caused it.
HARMLESS: tuple[tuple[str, str], ...] = ()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark this folder's tests, and run them last: a running Playwright keeps an event loop in the main thread.

    The longest files first, so that no worker is left alone with one of them at the end.
    """

    def in_browser(item: pytest.Item) -> bool:
        return Path(__file__).parent in item.path.parents

    def place(item: pytest.Item) -> int:
        if not in_browser(item):
            return -1
        return LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST)

    for item in filter(in_browser, items):
        item.add_marker("browser")
    items.sort(key=place)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real app, started for these tests on a free port."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = (sys.executable, "-m", "app", "serve", "--port", str(port))
    with served(command, url, tmp_path_factory.mktemp("app") / "server.log"):
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = chromium.launch(playwright)
        if launched is None:
            pytest.fail(chromium.MISSING, pytrace=False)
        yield launched[1]
        launched[1].close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=WINDOW, reduced_motion=MOTION)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of 1440 x 900 that knows nothing of earlier ones. An error in it or its console fails the test."""
    alone = bool({"static_page", "no_history"} & set(request.fixturenames))
    page = context.new_page() if alone else _reused(context)
    errors: list[str] = []

    def on_console(said: ConsoleMessage) -> None:
        if said.type == "error":
            errors.append(f"{said.text} ({said.location['url']})")

    def on_error(error: Error) -> None:
        errors.append(str(error))

    page.on("console", on_console)
    page.on("pageerror", on_error)
    yield page
    page.remove_listener("console", on_console)
    page.remove_listener("pageerror", on_error)
    if "static_page" not in request.fixturenames:
        _clean(page)
    if alone:
        page.close()
    ours = [error for error in errors if not any(re.search(pattern, error) for pattern, _ in HARMLESS)]
    assert not ours, "The page reported errors:\n" + "\n".join(ours)


def _reused(context: BrowserContext) -> Page:
    """The page that all tests of an app share: what it has compiled of Streamlit is half of the work of opening it."""
    return context.pages[0] if context.pages else context.new_page()


def _clean(page: Page) -> None:
    """All that a test may have left behind."""
    try:
        forget(page)
        page.goto(urljoin(page.url, HEALTH) if page.url.startswith("http") else "about:blank")
        for key in ("Control", "Shift", "Alt", "Meta"):
            page.keyboard.up(key)
        page.mouse.up()
        page.mouse.move(0, 0)
        page.unroute_all()
        page.set_viewport_size(WINDOW)
        page.emulate_media(media="null", color_scheme="null", reduced_motion=MOTION)
        page.context.clear_permissions()
    except Error:  # such as a page that hangs or has crashed: the next test gets another
        page.close()


@pytest.fixture
def no_history() -> None:
    """Gives a test a page of its own: the shared one soon has the 50 entries of history that Chromium counts."""


@pytest.fixture
def static_page(page: Page, monkeypatch: pytest.MonkeyPatch) -> Callable[..., StaticPage]:
    """Opens a component on a page of its own; takes what StaticPage takes after the page."""
    return partial(StaticPage, page, monkeypatch)
