"""The Train page in Chromium: a run to its end, one that is cancelled, and the sweep of the demo network."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from safetensors.torch import load_file

from app.backend.training.sweep import sweep_widths
from inception_models import ARCHITECTURES, Arch, build, widths
from inception_models.checkpoints.demo import demo
from inception_models.edits.input_output import with_classes, with_input_size
from tests.browser.visits import SLOW_MS, fits, open_page, settled, shows_network
from tests.models.tiny import tiny


@pytest.fixture
def train(page: Page, app_url: str) -> Callable[[Arch], Page]:
    """Opens the Train page of a network."""

    def go(arch: Arch) -> Page:
        open_page(page, app_url, arch, "Train", "Accuracy against MACs")
        return page

    return go


def epochs(page: Page, number: int) -> None:
    page.get_by_role("spinbutton", name="Epochs").fill(str(number))
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{number} × 1,437 pictures")).to_be_visible(timeout=SLOW_MS)


def test_a_run_goes_on_over_another_page_and_a_reload_and_leaves_weights_and_curves(
    train: Callable[[Arch], Page], tmp_path: Path
) -> None:
    arch = tiny()
    page = train(arch)
    epochs(page, 3)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Costs").click()
    expect(page.get_by_role("tab", name="Sensitivity")).to_be_visible(timeout=SLOW_MS)
    page.reload()
    page.get_by_role("link", name="Train").click()
    expect(page.get_by_text("of 360 test pictures right")).to_be_visible(timeout=2 * SLOW_MS)
    expect(page.locator(".scatterlayer .trace")).to_have_count(3, timeout=SLOW_MS)
    with page.expect_download() as download:
        page.get_by_role("button", name="Weights").click()
    download.value.save_as(tmp_path / "net.safetensors")
    build(arch).load_state_dict(load_file(tmp_path / "net.safetensors"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Curves").click()
    assert download.value.suggested_filename == "googlenet_bn.digits.csv"
    assert Path(download.value.path()).read_text().count("\n") == 4
    page.set_viewport_size({"width": 390, "height": 844})
    settled(page)
    fits(page)


def test_a_run_from_the_demo_is_tried_on_a_picture_and_its_weights_follow_an_edit(
    train: Callable[[Arch], Page],
) -> None:
    page = train(with_input_size(demo().arch, 32))
    page.get_by_role("combobox", name="Initialisation").click()
    page.get_by_role("option", name="Demo, Fashion-MNIST").click()
    epochs(page, 1)
    whole = page.get_by_text("1 × 1,437 pictures").inner_text()
    page.get_by_role("combobox", name="Frozen stages").click()
    page.get_by_role("option", name="conv1").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("1 × 1,437 pictures")).not_to_have_text(whole)  # it takes less
    page.get_by_role("button", name="Start").click()
    result = page.get_by_text("of 360 test pictures right")
    expect(result).to_be_visible(timeout=4 * SLOW_MS)
    accuracy = re.search(r"[\d.]+%", result.inner_text())
    assert accuracy is not None
    page.get_by_role("button", name="Try it on a picture").click()
    expect(page.get_by_text("all feature maps kept")).to_be_visible(timeout=SLOW_MS)
    weights = page.get_by_role("combobox", name="Weights")
    expect(weights).to_have_value(f"Just trained, {accuracy[0]}")
    page.get_by_role("spinbutton", name="Input size").fill("80")
    page.keyboard.press("Enter")
    shows_network(page, size_px=80, classes=10)
    settled(page)
    expect(weights).to_have_value(f"Just trained, {accuracy[0]}")
    expect(page.get_by_text("The weights are random")).to_have_count(0)
    page.get_by_role("link", name="Train").click()
    expect(result).to_be_visible(timeout=SLOW_MS)


def test_a_large_network_is_made_small_first_and_a_run_is_cancelled_after_a_reload(
    train: Callable[[Arch], Page],
) -> None:
    page = train(ARCHITECTURES["inception_v3"])
    expect(page.get_by_text("has 1,000 outputs")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Only change outputs to 10").click()
    expect(page.get_by_text("A training step would need")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Start")).to_be_disabled()
    page.get_by_role("button", name="Make it small enough").click()
    shows_network(page, size_px=75, classes=10)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=SLOW_MS)
    page.reload()
    page.get_by_role("button", name="Cancel").click(timeout=SLOW_MS)
    expect(page.get_by_text("Cancelled.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("test pictures right")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    shows_network(page, size_px=299, classes=10)


def test_the_sweep_of_an_edited_demo_network(train: Callable[[Arch], Page]) -> None:
    page = train(with_classes(ARCHITECTURES["googlenet_bn"], 7))
    page.get_by_role("tab", name="Accuracy against MACs").click()
    page.get_by_role("button", name="Edit the demo network").click()
    shows_network(page, size_px=112, classes=10)
    page.get_by_role("spinbutton", name="Input size").fill("32")
    page.keyboard.press("Enter")
    shows_network(page, size_px=32, classes=10)
    settled(page)
    number = widths(demo().arch)["conv2"]
    expect(page.get_by_role("combobox", name="Width", exact=True)).to_have_value(f"conv2 ({number})", timeout=SLOW_MS)
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_text(f"of {number} filters.")).to_be_visible(timeout=3 * SLOW_MS)
    expect(page.locator(".scatterlayer .point")).to_have_count(len(sweep_widths(number)), timeout=SLOW_MS)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert Path(download.value.path()).read_text().count("\n") == len(sweep_widths(number)) + 1
