"""Weights on the Picture page: the demo's, a person's own, and published ones from a server on this machine."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from app.backend.common.links import link_text, to_query
from inception_models import ARCHITECTURES, build, with_widths
from inception_models.checkpoints.demo import demo
from tests.app_server import free_port, served
from tests.browser.visits import shows_network
from tests.models.file_server import Served, serving

SLOW_MS = 40_000  # a network is loaded, run, and its accuracy measured, on a busy machine
SMALL = replace(ARCHITECTURES["googlenet_torchvision"], aux=(), classes=7, input_size=64)
SMALL_LINK = '/picture?variant=googlenet_torchvision&edits={"v":1,"aux":false,"classes":7,"input":64}'


def choose(page: Page, option: str, control: str = "Weights") -> None:
    field = page.get_by_role("combobox", name=control, exact=control == "Weights")
    field.scroll_into_view_if_needed()
    page.evaluate("new Promise(requestAnimationFrame)")  # the list closes when the page scrolls
    field.click()
    page.get_by_role("option", name=re.compile(option)).click()


def said(page: Page, text: str) -> Locator:
    return page.locator(".stMain").get_by_text(text).first


def visible(locator: Locator) -> None:
    expect(locator).to_be_visible(timeout=SLOW_MS)


def ready(page: Page) -> None:
    visible(said(page, "all feature maps kept"))


def test_the_demo_brings_its_network_pictures_and_accuracy(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/picture")
    ready(page)
    visible(said(page, "The weights are random"))
    choose(page, "Demo")
    visible(said(page, "Test accuracy"))
    shows_network(page, demo().arch.about.title)
    expect(said(page, "The weights are random")).to_have_count(0)
    names = "|".join(map(re.escape, demo().class_names))
    expect(said(page, "The picture shows:")).to_have_text(re.compile(f"The picture shows: ({names})"))
    as_trained = page.locator("[data-testid=stMetricValue]").inner_text()
    assert float(as_trained.rstrip("%")) > 50

    assert "weights=demo" in page.url
    narrower = f"{app_url}/picture?{link_text(to_query(with_widths(demo().arch, {'conv1': 1})))}&weights=demo"
    page.get_by_role("button", name="Undo").click()
    visible(said(page, "The weights are random"))
    shows_network(page, "GoogLeNet (Inception v1)")
    assert "weights" not in page.url

    page.goto(narrower)  # a fresh session: the link alone
    visible(page.locator("[data-testid=stMetricDelta]"))
    expect(page.locator("[data-testid=stMetricDelta]")).to_contain_text("-")
    visible(said(page, "How your edits changed the weights"))


def test_an_own_file_is_used_on_every_page_and_a_wrong_one_is_explained(
    page: Page, app_url: str, tmp_path: Path
) -> None:
    torch.save(build(SMALL).state_dict(), tmp_path / "own.pth")
    torch.save(build(with_widths(SMALL, {"conv1": 5})).state_dict(), tmp_path / "other.pth")
    page.goto(app_url + SMALL_LINK)
    ready(page)
    upload = page.locator("[class*=own_weights_field] input[type=file]")
    upload.set_input_files(tmp_path / "own.pth")
    visible(said(page, "Your file: own.pth"))
    expect(said(page, "The weights are random")).to_have_count(0, timeout=SLOW_MS)

    page.get_by_role("link", name="Costs").click()
    visible(page.get_by_role("tab").first)
    page.get_by_role("link", name="Picture").click()
    visible(said(page, "Your file: own.pth"))
    ready(page)
    expect(said(page, "The weights are random")).to_have_count(0)

    upload.set_input_files({"name": "junk.pth", "mimeType": "application/octet-stream", "buffer": b"junk"})
    visible(said(page, "junk.pth is"))
    visible(said(page, "Your file: own.pth"))
    upload.set_input_files(tmp_path / "other.pth")
    visible(said(page, "with other filter counts, copies or kernels; open that network"))
    visible(said(page, "The weights are random"))
    page.get_by_role("button", name="Open that network").click()
    expect(said(page, "The weights are random")).to_have_count(0, timeout=SLOW_MS)
    visible(said(page, "Your file: other.pth"))
    assert "w:(conv1:5)" in page.url


def test_a_dropped_file_opens_as_its_network_and_what_is_saved_opens_as_itself(
    page: Page, app_url: str, tmp_path: Path
) -> None:
    state = build(SMALL).state_dict()
    torch.save({"student": state, "teacher": dict(state)}, tmp_path / "two.pth")
    page.goto(f"{app_url}/picture")
    ready(page)
    upload = page.locator("[class*=own_weights_field] input[type=file]")
    upload.set_input_files(tmp_path / "two.pth")
    visible(said(page, "two.pth contains 2 sets of weights"))
    choose(page, "teacher", "Which weights")
    visible(said(page, "Your file: two.pth, GoogLeNet (torchvision), 7 classes, 2 changes from the published network"))
    shows_network(page, "GoogLeNet (torchvision)")

    choose(page, "Caffe", "Preprocessing")
    visible(said(page, "Most probable classes"))
    said(page, "How the picture is prepared").click()
    visible(said(page, "Order the channels blue, green, red."))
    with page.expect_download() as download:
        page.get_by_role("button", name="Save these weights").click()
    saved = tmp_path / "saved.bin"
    download.value.save_as(saved)
    page.get_by_role("button", name="Undo").click()
    shows_network(page, "GoogLeNet (Inception v1)")
    visible(said(page, "The weights are random"))

    upload.set_input_files(saved)
    visible(said(page, "Your file: saved.bin, GoogLeNet (torchvision), 7 classes"))
    expect(said(page, "Order the channels blue, green, red.")).to_be_attached(timeout=SLOW_MS)


# ---- published


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    torch.manual_seed(4)
    file = BytesIO()
    torch.save(build(ARCHITECTURES["googlenet_torchvision"]).state_dict(), file)
    with serving(file.getvalue()) as running:
        yield running


@pytest.fixture(scope="module")
def patched(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, where torchvision's GoogLeNet lies on ``server`` and timm's Xception on a port where nobody listens."""
    folder = tmp_path_factory.mktemp("patched")
    port = free_port()
    rows = ("torchvision_googlenet", server.url, "timm_xception", f"http://127.0.0.1:{free_port()}/weights.pth")
    url = f"http://127.0.0.1:{port}"
    command = (sys.executable, "-m", "tests.browser.weights_app", str(port), *rows)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INCEPTION_EXPLORER_CACHE", str(folder / "cache"))
        with served(command, url, folder / "server.log"):
            yield url


def test_the_download_of_published_weights_is_cancelled_and_resumed(patched: str, page: Page, server: Served) -> None:
    server.behaviour.gate = threading.Event()
    page.goto(f"{patched}/picture?variant=googlenet_torchvision&weights=torchvision_googlenet")
    start = page.get_by_role("button", name="Download 52 MB")
    visible(start)
    visible(said(page, "BSD-3-Clause"))
    ready(page)
    start.click()
    visible(said(page, "Downloading: 2"))  # half of it is here, and the server sends no more
    page.get_by_role("button", name="Cancel").click()
    server.behaviour.gate.set()  # only what arrives tells the transfer that it was cancelled
    resume = page.get_by_role("button", name=re.compile(r"Resume download \(\d+ of 52 MB\)"))
    visible(resume)
    arrived = int(re.findall(r"\d+", resume.inner_text())[0])
    resume.click()
    visible(said(page, "About these weights"))
    expect(said(page, "The weights are random")).to_have_count(0)
    assert len(server.behaviour.asked) == 2
    resumed_at = int(server.behaviour.asked[1].removeprefix("bytes=").rstrip("-"))
    assert resumed_at >= len(server.behaviour.content) // 2
    assert round(resumed_at / 1e6) == arrived
    said(page, "About these weights").click()
    visible(page.locator(".stMain").get_by_text("69.778% top-1").locator("visible=true").first)  # About says it too
    visible(said(page, "transform_input"))


def test_without_a_connection_the_demo_is_offered(patched: str, page: Page) -> None:
    page.goto(f"{patched}/picture?variant=xception")
    ready(page)
    choose(page, "timm")
    page.get_by_role("button", name="Download 52 MB").click()
    visible(said(page, "127.0.0.1 could not be reached (Connection refused); is there a network?"))
    page.get_by_role("button", name="Use the demo network instead").click()
    visible(said(page, "The picture shows:"))
    shows_network(page, demo().arch.about.title)
