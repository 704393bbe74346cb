"""The server is killed and started again, and nobody's network is lost, whatever page they are on."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, Route, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from app.backend import analyze
from app.backend.common.links import to_query
from app.backend.picture.images import SAMPLES
from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.edits.input_output import with_classes
from tests.app_server import free_port, served
from tests.browser.visits import SLOW_MS, settled

GOOGLENET = ARCHITECTURES["googlenet"]
EDITED = "inception3a.branch1x1.conv"
PAGES = {"Explore": 71, "Picture": 72, "Costs": 73}  # each in a tab of its own, with a width of its own
CLASSES, OFFLINE = 10, 79
SESSION = "window.inceptionMemory.session"  # the screen alone does not tell whether a new one has drawn it


def linked(width: int) -> Arch:
    return with_widths(GOOGLENET, {EDITED: width})


def edited(width: int) -> Arch:
    return with_classes(linked(width), CLASSES)


def shows(page: Page, arch: Arch) -> None:
    parameters = page.locator(".metric", has=page.get_by_text("Parameters", exact=True))
    expect(parameters.and_(page.locator(f'[data-tip^="{analyze(arch).params:,} "]'))).to_be_visible(timeout=SLOW_MS)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page).to_have_url(re.compile(r"/\?" if name == "Explore" else rf"/{name.lower()}\?"), timeout=SLOW_MS)
    settled(page)


def open_and_edit(page: Page, url: str, page_path: str, width: int) -> None:
    """A network that a link has brought, and one edit."""
    page.goto(f"{url}/{page_path}?{urlencode(to_query(linked(width)))}")
    settled(page)
    field = page.get_by_role("spinbutton", name="Classes")
    field.fill(str(CLASSES))
    field.press("Enter")
    shows(page, edited(width))


def before_the_plug_is_pulled(tabs: dict[str, Page], url: str) -> None:
    """On each page a network that a link has brought, one edit, and what else a person does there."""
    for name, width in PAGES.items():
        open_and_edit(tabs[name], url, "" if name == "Explore" else name.lower(), width)
    tabs["Costs"].get_by_role("tab", name="Layers").click()
    tabs["Costs"].get_by_role("radio", name="Memory", exact=True).click()
    tabs["Costs"].get_by_role("radio", name="bf16").click()
    expect(tabs["Costs"].get_by_text("bytes for bf16, one picture")).to_be_visible(timeout=SLOW_MS)
    tabs["Picture"].locator(".st-key-upload input").set_input_files(SAMPLES["coffee"].path)
    expect(tabs["Picture"].get_by_text("Your picture: coffee.jpg")).to_be_visible(timeout=SLOW_MS)
    for page in tabs.values():
        settled(page)


def while_there_is_no_server(explore: Page) -> None:
    explore.bring_to_front()
    field = explore.locator(".st-key-table1").get_by_label(f"filters of {EDITED},", exact=False).first
    field.fill(str(OFFLINE))
    field.press("Enter")


def what_each_page_has_of_its_own(page: Page, name: str) -> None:
    if name == "Explore":
        shows(page, edited(OFFLINE))
        page.get_by_role("button", name="Undo").click()
    if name == "Picture":
        expect(page.get_by_text("The server no longer has your picture coffee.jpg")).to_be_visible(timeout=SLOW_MS)
    if name == "Costs":
        expect(page.get_by_role("tab", name="Layers")).to_have_attribute("aria-selected", "true", timeout=SLOW_MS)
        expect(page.get_by_role("radio", name="bf16")).to_be_checked()


def test_a_killed_server_loses_nobodys_network_on_any_page(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    url, log = f"http://127.0.0.1:{port}", tmp_path / "server.log"
    command = (sys.executable, "-m", "app", "serve", "--port", str(port))
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tabs = {name: context.new_page() for name in PAGES}
    with served(command, url, log) as server:
        before_the_plug_is_pulled(tabs, url)
        lost = {name: page.evaluate(SESSION) for name, page in tabs.items()}
        server.send_signal(signal.SIGKILL)
        server.wait()
        while_there_is_no_server(tabs["Explore"])
    with served(command, url, log):
        for name, page in tabs.items():
            width = PAGES[name]
            page.bring_to_front()
            page.wait_for_function(f"(lost) => {SESSION} !== lost", arg=lost[name], timeout=2 * SLOW_MS)
            what_each_page_has_of_its_own(page, name)
            shows(page, edited(width))
            go(page, "Train")
            shows(page, edited(width))
            if name == "Costs":
                page.reload()
                shows(page, edited(width))
                go(page, name)
                what_each_page_has_of_its_own(page, name)
            page.get_by_role("button", name="Undo").click()
            shows(page, linked(width))
    context.close()


def test_a_reloaded_tab_connects_with_what_it_had_and_never_goes_on_with_anothers(
    browser: Browser, app_url: str
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    first, second = context.new_page(), context.new_page()
    for page, width in ((first, 71), (second, 72)):
        open_and_edit(page, app_url, "", width)
        settled(page)
    runs = asked_runs(first)
    first.reload()
    shows(first, edited(71))
    settled(first)
    assert len(runs) == 1  # it was not asked first

    held: list[Route] = []
    first.route("**/static/js/index.*.js", lambda route: held.append(route))  # nothing connects without it
    first.reload(wait_until="commit")
    first.wait_for_function("'inceptionTold' in window")
    second.reload()  # the browser sends what the first has kept
    shows(second, edited(72))
    for route in held:
        route.continue_()
    for page, width in ((first, 71), (second, 72)):
        shows(page, edited(width))
        settled(page)
        page.get_by_role("button", name="Undo").click()
        shows(page, linked(width))
    context.close()


def asked_runs(page: Page) -> list[BackMsg]:
    """The runs that the page asks for from now on."""
    runs: list[BackMsg] = []

    def note(frame: str | bytes) -> None:
        if isinstance(frame, bytes) and (message := BackMsg.FromString(frame)).HasField("rerun_script"):
            runs.append(message)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    return runs
