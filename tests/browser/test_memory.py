"""The server is killed and started again, and nobody's network is lost, whatever page they are on."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, expect

from app.backend import analyze
from app.backend.common.links import to_query
from app.backend.picture.images import SAMPLES
from inception_models import ARCHITECTURES, Arch, with_widths
from tests.app_server import free_port, served
from tests.browser.visits import SLOW_MS, settled

GOOGLENET = ARCHITECTURES["googlenet"]
EDITED = "inception3a.branch1x1.conv"
PAGES = {"Explore": 71, "Picture": 72, "Costs": 73, "Train": 74}  # each in a tab of its own, with a width of its own
SESSION = "window.inceptionMemory.session"  # the screen alone does not tell whether a new one has drawn it


def edited(width: int) -> Arch:
    return with_widths(GOOGLENET, {EDITED: width})


def shows(page: Page, arch: Arch) -> None:
    parameters = page.locator(".metric", has=page.get_by_text("Parameters", exact=True))
    expect(parameters.and_(page.locator(f'[data-tip^="{analyze(arch).params:,} "]'))).to_be_visible(timeout=SLOW_MS)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page).to_have_url(re.compile(r"/\?" if name == "Explore" else rf"/{name.lower()}\?"), timeout=SLOW_MS)
    settled(page)


def with_a_step(page: Page, url: str, width: int, name: str) -> None:
    """The page called ``name``, after the ``width`` was typed in a network that a link had brought."""
    page.goto(f"{url}/?{urlencode(to_query(edited(width + 100)))}")
    settled(page)
    field = page.locator(".st-key-table1").get_by_label(f"filters of {EDITED},", exact=False).first
    field.fill(str(width))
    field.press("Enter")
    shows(page, edited(width))
    go(page, name)


def same_choices(page: Page) -> None:
    expect(page.get_by_role("tab", name="Layers")).to_have_attribute("aria-selected", "true", timeout=SLOW_MS)
    expect(page.get_by_role("radio", name="bf16")).to_be_checked()


def test_a_killed_server_loses_nobodys_network_on_any_page(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    url, log = f"http://127.0.0.1:{port}", tmp_path / "server.log"
    command = (sys.executable, "-m", "app", "serve", "--port", str(port))
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tabs = {name: context.new_page() for name in PAGES}
    with served(command, url, log) as server:
        for name, width in PAGES.items():
            with_a_step(tabs[name], url, width, name)
        costs = tabs["Costs"]
        costs.get_by_role("tab", name="Layers").click()
        costs.get_by_role("radio", name="bf16").click()
        expect(costs.get_by_text("bytes for bf16, one picture")).to_be_visible(timeout=SLOW_MS)
        settled(costs)
        picture = tabs["Picture"]
        picture.locator(".st-key-upload input").set_input_files(SAMPLES["coffee"].path)
        expect(picture.get_by_text("Your picture: coffee.jpg")).to_be_visible(timeout=SLOW_MS)
        lost = {name: page.evaluate(SESSION) for name, page in tabs.items()}
        server.send_signal(signal.SIGKILL)
        server.wait()
    with served(command, url, log):
        for name, width in PAGES.items():
            page = tabs[name]
            page.bring_to_front()
            page.wait_for_function(f"(lost) => {SESSION} !== lost", arg=lost[name], timeout=SLOW_MS)
            settled(page)
            shows(page, edited(width))
            if name == "Costs":
                same_choices(page)
            if name == "Picture":
                expect(page.get_by_text("The server no longer has your picture coffee.jpg")).to_be_visible()
            other = "Costs" if name == "Train" else "Train"
            go(page, other)
            shows(page, edited(width))
            page.reload()
            settled(page)
            shows(page, edited(width))
            page.get_by_role("button", name="Undo").click()
            shows(page, edited(width + 100))
        go(costs, "Costs")
        same_choices(costs)
    context.close()
