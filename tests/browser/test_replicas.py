"""Two servers behind nginx: one is killed, or nobody can be reached for a while, and the person goes on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from app.backend import analyze
from app.backend.common.limits import PREFIX
from app.backend.common.links import to_query
from app.backend.picture.images import SAMPLES
from deploy.replicas import nginx_program
from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.edits.input_output import with_classes
from tests.app_server import served
from tests.browser.visits import SLOW_MS, settled

GOOGLENET = ARCHITECTURES["googlenet"]
EDITED = "inception3a.branch1x1.conv"
LINKED = with_widths(GOOGLENET, {EDITED: 71})
OTHER = with_classes(LINKED, 10)
OFFLINE = with_widths(OTHER, {EDITED: 79})
SELECTED = "inception 3b"
NGINX = "off;"  # the end of its command line
SESSION = "window.inceptionMemory.session"
GONE_SECONDS = 5  # after which a session without a connection is forgotten


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The address of nginx, and the process that has started everything."""
    try:
        nginx_program()
    except ValueError as missing:
        pytest.skip(str(missing))
    port = next(port for port in range(18_000, 32_000, 10) if all(map(is_free, range(port, port + 3))))
    url = f"http://127.0.0.1:{port}"
    limited = ("env", f"{PREFIX}GONE_SECONDS={GONE_SECONDS}")
    command = (*limited, sys.executable, "-m", "deploy.replicas", "--count", "2", "--port", str(port))
    with served(command, url, tmp_path_factory.mktemp("replicas") / "log") as started:
        yield url, started.pid
        programs = list(processes(started.pid).values())
        started.terminate()
        assert started.wait(timeout=30) == 0
    assert len(programs) == 3
    assert [pid for pid in programs if is_running(pid)] == []


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def processes(parent: int) -> dict[str, int]:
    """The servers by the ends of their command lines, and nginx."""
    listed = subprocess.run(["ps", "-axwwo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return {args.split()[-1]: int(pid) for pid, ppid, args in rows if int(ppid) == parent}


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def page(browser: Browser, service: tuple[str, int]) -> Iterator[Page]:
    """Explore with one edit after the link's, and a stage selected."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{service[0]}/?{urlencode(to_query(LINKED))}")
    settled(page)
    field = page.get_by_role("spinbutton", name="Classes")
    field.fill("10")
    field.press("Enter")
    shows(page, OTHER)
    page.get_by_role("option", name=SELECTED).click(timeout=SLOW_MS)
    expect(page.locator(".inspector h2").first).to_have_text(SELECTED, timeout=SLOW_MS)
    settled(page)
    yield page
    context.close()


def shows(page: Page, arch: Arch) -> None:
    parameters = page.locator(".metric", has=page.get_by_text("Parameters", exact=True))
    expect(parameters.and_(page.locator(f'[data-tip^="{analyze(arch).params:,} "]'))).to_be_visible(timeout=SLOW_MS)


def replica_of(page: Page) -> str:
    return next(str(c["value"]) for c in page.context.cookies() if c["name"] == "inception_replica")  # type: ignore[typeddict-item]


def has_a_new_session(page: Page, lost: str) -> None:
    page.wait_for_function(f"(lost) => {SESSION} !== lost", arg=lost, timeout=SLOW_MS)


def everything_is_there(page: Page, arch: Arch, before: Arch) -> None:
    shows(page, arch)
    settled(page)
    expect(page.locator(".inspector h2").first).to_have_text(SELECTED, timeout=SLOW_MS)
    page.get_by_role("button", name="Undo").click()
    shows(page, before)


def test_the_other_server_goes_on_when_one_is_killed(page: Page, service: tuple[str, int]) -> None:
    url, starter = service
    first, lost = replica_of(page), page.evaluate(SESSION)
    killed = processes(starter)[str(int(url.rpartition(":")[2]) + int(first.removeprefix("replica")))]
    os.kill(killed, signal.SIGKILL)
    has_a_new_session(page, lost)
    everything_is_there(page, OTHER, LINKED)
    assert replica_of(page) != first
    while len(processes(starter)) < 3:  # the killed one is started again, and nobody is sent back to it
        time.sleep(0.1)
    page.get_by_role("link", name="Picture", exact=True).click()
    settled(page)
    page.locator(".st-key-upload input").set_input_files(SAMPLES["coffee"].path)
    expect(page.get_by_text("Your picture: coffee.jpg")).to_be_visible(timeout=SLOW_MS)
    broken = "[...document.images].filter(image => image.complete && !image.naturalWidth).length"
    assert page.evaluate(broken) == 0


def test_an_outage_longer_than_sessions_are_kept_loses_nothing(page: Page, service: tuple[str, int]) -> None:
    starter, lost = service[1], page.evaluate(SESSION)
    os.kill(starter, signal.SIGSTOP)  # so that nginx stays away
    try:
        os.kill(processes(starter)[NGINX], signal.SIGTERM)
        field = page.locator(".st-key-table1").get_by_label(f"filters of {EDITED},", exact=False).first
        field.fill("79")
        field.press("Enter")
        page.wait_for_timeout(1000 * (GONE_SECONDS + 2))
    finally:
        os.kill(starter, signal.SIGCONT)
    has_a_new_session(page, lost)
    everything_is_there(page, OFFLINE, OTHER)
