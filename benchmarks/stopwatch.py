"""A stopwatch inside a page in Chromium: from the person's event to the first frame that shows the result."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.app_server import free_port, served
from tests.browser import chromium

WATCH = """
([event, condition]) => {
  // Looking for the components' shadow roots takes milliseconds, so it is done again only when one has gone.
  const below = (root) => [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
    shadowRoot ? [shadowRoot, ...below(shadowRoot)] : [])
  let roots = below(document)
  const deep = (css) => {
    if (!event || roots.some(({ host }) => !host.isConnected)) roots = below(document) // they come one by one
    return [document, ...roots].flatMap((root) => [...root.querySelectorAll(css)])
  }
  const holds = new Function("deep", `return ${condition}`)
  let start = event ? null : 0 // since the navigation began
  const begin = () => { start = performance.now() }
  if (event) document.addEventListener(event, begin, { capture: true, once: true })
  const deadline = performance.now() + 40000
  window.watched = new Promise((done, fail) => {
    const look = () => {
      if (performance.now() > deadline) return fail(new Error(`never: ${condition}`))
      if (start !== null && holds(deep)) return done(performance.now() - start)
      requestAnimationFrame(look)
    }
    look()
  })
}
"""


def timed(page: Page, event: str, condition: str, act: Callable[[], None]) -> float:
    """Milliseconds from the DOM event ``event``, which ``act`` causes, until the JavaScript ``condition`` holds."""
    page.evaluate(WATCH, [event, condition])
    act()
    found: float = page.evaluate("() => window.watched")
    return found


def painted(page: Page, url: str, condition: str) -> float:
    """Milliseconds from the start of the navigation to ``url`` until the JavaScript ``condition`` holds."""
    page.goto(url, wait_until="commit")
    page.evaluate(WATCH, ["", condition])
    found: float = page.evaluate("() => window.watched")
    return found


@contextmanager
def pages(*command: str) -> Iterator[tuple[Page, str]]:
    """A page of 1440 x 900, and the address of the app that ``command`` starts on a free port."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        full = [sys.executable, "-m", *(part.replace("PORT", str(port)) for part in command)]
        stack.enter_context(served(full, url, logs / "server.log"))
        launched = chromium.launch(stack.enter_context(sync_playwright()))
        assert launched, chromium.MISSING
        stack.callback(launched[1].close)
        page = launched[1].new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(30_000)
        yield page, url
