"""The network is on the screen before the page is connected, where and as it is afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.visits import SLOW_MS, settled

SEEN = """() => {
  const hosts = [...document.querySelectorAll("*")].filter(({ shadowRoot }) => shadowRoot)
  const shown = ".strip > .stage, .view, .node > :not(title)"
  const parts = hosts.flatMap(({ shadowRoot }) => [...shadowRoot.querySelectorAll(shown)])
  return parts.map((part) => {
    const { x, y, width, height } = part.getBoundingClientRect()
    const { fill, color, backgroundColor, fontSize, fontFamily } = getComputedStyle(part)
    const text = part.matches(".view") ? "" : part.textContent
    return [text, x, y, width, height].map((v) => v.toFixed?.(1) ?? v).join() + [fill, color, backgroundColor, fontSize]
  })
}"""


class Held:
    """The server's answers to ``page``, until they are let through."""

    def __init__(self, page: Page) -> None:
        self.waiting: list[str | bytes] | None = []
        page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, page: WebSocketRoute) -> None:
        self.page = page
        server = page.connect_to_server()
        page.on_message(server.send)
        server.on_message(self._answer)

    def _answer(self, message: str | bytes) -> None:
        if self.waiting is None:
            self.page.send(message)
        else:
            self.waiting.append(message)

    def let_through(self) -> None:
        waiting, self.waiting = self.waiting, None
        for message in waiting or ():
            self.page.send(message)


@pytest.mark.parametrize(
    "width, height, theme",
    [(1440, 900, "dark"), (853, 480, "light"), (390, 844, "light")],
    ids=lambda value: str(value),
)
def test_the_first_look_is_taken_over_as_it_is(
    browser: Browser, app_url: str, width: int, height: int, theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    held = Held(page)
    page.goto(f"{app_url}/?variant=googlenet")
    expect(page.locator('.first-look .view g[id="inception3a"]')).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".stAppHeader")).to_be_visible()  # Streamlit has come, and does not know yet what to show
    before = page.evaluate(SEEN)
    held.let_through()
    expect(page.locator(".first-look")).to_have_count(0)
    settled(page)
    assert page.evaluate(SEEN) == before
    context.close()


def test_what_is_done_in_the_first_look_is_not_lost(browser: Browser, app_url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    held = Held(page)
    page.goto(f"{app_url}/?variant=googlenet")
    page.locator('.view g[id="inception3b"]').click()
    held.let_through()
    expect(page.locator(".st-key-inspector h2")).to_have_text("inception 3b")
    expect(page.locator('.view g[id="inception3b.branch1x1.conv"]')).to_be_visible()
    context.close()
