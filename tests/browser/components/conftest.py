"""Fixtures for the tests of the diagram component."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Page

from tests.browser.components.diagram import DiagramAlone, demo
from tests.browser.components.static_page import StaticPage


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo(tmp_path_factory.mktemp("graph_view")) as address:
        yield address


@pytest.fixture
def alone(page: Page, static_page: Callable[..., StaticPage]) -> Callable[..., DiagramAlone]:
    """Opens the diagram alone on a page; takes what MadeUp.asked takes in an address."""
    return partial(DiagramAlone, page, static_page)


@pytest.fixture
def small(alone: Callable[..., DiagramAlone]) -> DiagramAlone:
    return alone()
