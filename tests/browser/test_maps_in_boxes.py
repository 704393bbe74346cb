"""Maps in the diagram's boxes, in Chromium: they appear, follow an edit in their places, and lead to their values."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.components.diagram import Diagram, near
from tests.browser.visits import settled

SLOW_MS = 60_000  # the first forward pass on a busy machine
REDUCE, AFTER = "inception3a.branch3x3.reduce", "inception3a.branch3x3.conv"


def thumbnail(page: Page, path: str) -> Locator:
    return page.locator(f'.view g[id="{path}"] image')


def place_of(diagram: Diagram, path: str) -> tuple[float, float]:
    """Of a box, from the corner of the diagram. Both are measured at once: the page may be scrolling."""
    x, y = diagram.place(path).evaluate(
        """e => {
          const box = e.getBoundingClientRect(), canvas = e.closest(".canvas").getBoundingClientRect()
          return [box.x - canvas.x, box.y - canvas.y]
        }"""
    )
    return x, y


def test_maps_appear_follow_an_edit_and_lead_to_their_values(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?variant=googlenet_bn")
    diagram = Diagram(page)
    expect(diagram.place(REDUCE)).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".view image")).to_have_count(0)
    drawn = page.locator(".view").first.element_handle()
    page.locator(".st-key-diagram-choices").get_by_role("button", name="Maps").click()
    page.get_by_text("Maps in boxes").click()
    expect(thumbnail(page, REDUCE)).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Escape")
    settled(page)
    before, place = thumbnail(page, AFTER).get_attribute("href"), place_of(diagram, REDUCE)

    field = page.locator(".st-key-table1").get_by_label(f"filters of {REDUCE},").first
    field.fill("48")
    field.press("Enter")
    expect(diagram.place(REDUCE)).to_contain_text("→ 48")
    expect(thumbnail(page, AFTER)).not_to_have_attribute("href", before or "", timeout=SLOW_MS)
    expect(page.locator(".view[data-outdated]")).to_have_count(0)
    settled(page)
    assert near(place_of(diagram, REDUCE), place)
    assert drawn.evaluate("view => view.isConnected"), "the diagram was begun anew"

    strongest = re.compile(r"Map: channel (\d+), the strongest of 48")
    expect(diagram.place(REDUCE)).to_have_attribute("aria-label", strongest)
    channel = strongest.search(diagram.place(REDUCE).get_attribute("aria-label") or "")
    assert channel
    thumbnail(page, REDUCE).click()
    words = page.locator("aside .words")
    expect(words).to_contain_text(f"branch3x3.reduce, channel {channel[1]}, row ", timeout=SLOW_MS)
    agrees = page.get_by_role("status").filter(has_text="In the feature map:")
    expect(agrees).to_be_visible(timeout=SLOW_MS)
    expect(agrees).not_to_contain_text("differ")
