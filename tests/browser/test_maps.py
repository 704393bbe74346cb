"""The Picture page in Chromium: values under the pointer, the pixels a cell sees, and every tab."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from app.backend.picture.forward import forward
from app.backend.picture.images import SAMPLES, open_image
from app.backend.picture.receptive_pixels import reach
from inception_models import ARCHITECTURES
from tests.browser.visits import fits, settled

SLOW_MS = 60_000  # the first forward pass on a busy machine
ARCH = ARCHITECTURES["googlenet_bn"]
PATH = "inception3a.branch3x3"
GRID, GAP, CELLS = 8, 1, 28  # 64 tiles in rows of eight, 28 x 28 cells each


@pytest.fixture
def picture(page: Page, app_url: str) -> Page:
    page.goto(f"{app_url}/picture?variant=googlenet_bn")
    expect(mosaic(page)).to_be_visible(timeout=SLOW_MS)
    expect(mosaic(page).locator("img")).to_have_js_property("complete", True)
    settled(page)  # nothing moves under the pointer any more
    return page


def mosaic(page: Page, name: str = "branch3x3") -> Locator:
    return page.get_by_role("application", name=re.compile(f"^{name}, "))


def cell_at(page: Page, channel: int, row: int, column: int) -> dict[str, float]:
    """Where a cell of branch3x3's mosaic is drawn."""
    box = mosaic(page).bounding_box()
    assert box
    pixel = box["width"] / (GRID * CELLS + (GRID - 1) * GAP)
    across = channel % GRID * (CELLS + GAP) + column + 0.5
    down = channel // GRID * (CELLS + GAP) + row + 0.5
    return {"x": across * pixel, "y": down * pixel}


def values() -> np.ndarray:
    image = open_image(SAMPLES["cat"].path.read_bytes())
    return forward(ARCH, image).activations.outputs[PATH].numpy()


def box_on_picture(page: Page) -> Locator:
    return page.locator("aside svg[data-box]")


def test_hover_reads_the_value_and_a_click_keeps_the_cell(picture: Page) -> None:
    page = picture
    maps = values()
    channel, row, column = 10, 5, 20
    sees = " ".join(map(str, reach(ARCH, PATH).box(row, column)))
    value = f"{maps[channel, row, column]:.6g}"
    mosaic(page).hover(position=cell_at(page, channel, row, column))
    expect(page.locator(".maps ~ .tip")).to_have_text(f"channel 10, row 5, column 20: {value}")
    expect(box_on_picture(page)).to_have_attribute("data-box", sees)
    page.mouse.move(5, 5)
    expect(box_on_picture(page)).to_have_attribute("data-box", "")

    mosaic(page).click(position=cell_at(page, channel, row, column))
    page.mouse.move(5, 5)
    expect(box_on_picture(page)).to_have_attribute("data-box", sees)
    expect(page.get_by_role("img", name="Channel 10 of branch3x3, enlarged")).to_be_visible()
    expect(page.locator("aside .words")).to_contain_text(f"channel 10, row 5, column 20: {value}")
    agrees = page.get_by_role("status").filter(has_text="In the feature map:")
    expect(agrees).to_contain_text(f"In the feature map: {maps[channel, row, column]:.6g}.", timeout=SLOW_MS)
    expect(agrees).not_to_contain_text("differ")

    page.get_by_role("tab", name="Channels").click()  # what was picked is still so afterwards
    expect(page.get_by_text("Filters of the first layer")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("tab", name="Maps").click()
    expect(page.locator("aside .words")).to_contain_text("channel 10, row 5, column 20", timeout=SLOW_MS)


def test_the_keyboard_and_the_enlarged_channel_reach_every_cell(picture: Page) -> None:
    page = picture
    mosaic(page).focus()
    page.keyboard.press("ArrowDown")
    words = page.locator("aside .words")
    expect(words).to_contain_text("branch3x3, channel 0, row 14, column 14")
    for key in ("ArrowDown", "ArrowRight", "PageDown", "PageDown", "PageUp", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    expect(words).to_contain_text("branch3x3, channel 1, row 15, column 13")
    page.keyboard.press("Enter")
    expect(page.get_by_text("How this value is computed: inception3a.branch3x3, channel 1")).to_be_visible(
        timeout=SLOW_MS
    )
    expect(mosaic(page)).to_be_focused()

    mosaic(page).click(position=cell_at(page, 3, 2, 2))
    large = page.get_by_role("img", name="Channel 3 of branch3x3, enlarged")
    box = large.bounding_box()
    assert box
    large.click(position={"x": box["width"] * 27.5 / CELLS, "y": box["height"] * 0.5 / CELLS})
    page.mouse.move(5, 5)
    expect(page.locator("aside .words")).to_contain_text("channel 3, row 0, column 27")
    expect(page.get_by_title("padding").first).to_be_visible(timeout=SLOW_MS)  # its window hangs over the corner


PICTURE_TABS = {
    "Channels": "How much each branch carries",
    "Attribution": "Where the feature maps of inception3a speak for the class",
    "Ablation": "everything after it is computed again",
    "Visualise": "Gradient ascent from noise",
    "Side by side": "Both sides of a branch share one scale",
}


def test_every_tab_opens_on_a_phone_at_night(page: Page, app_url: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app_url}/picture?variant=googlenet_bn&edits=v:2,x:0.25")
    expect(mosaic(page)).to_be_visible(timeout=SLOW_MS)
    for tab, sentence in PICTURE_TABS.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(sentence).first).to_be_visible(timeout=SLOW_MS)
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
        fits(page, "html")


def test_a_picture_is_found_for_a_channel_and_other_work_is_cancelled(picture: Page) -> None:
    page = picture
    page.get_by_role("tab", name="Visualise").click()
    steps = page.get_by_role("slider", name="Steps")
    steps.press("ArrowLeft")
    page.get_by_role("button", name="Find the picture").click()
    expect(page.get_by_text("inception3a.branch1x1, channel 0")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="PNG")).to_be_visible()

    page.get_by_role("tab", name="Attribution").click()
    page.get_by_role("radio", name="Occlusion").click(timeout=SLOW_MS)
    expect(page.get_by_role("slider", name="Square")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Compute").click(timeout=SLOW_MS)
    page.get_by_role("button", name="Cancel").click(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Compute")).to_be_visible(timeout=SLOW_MS)
