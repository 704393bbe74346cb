"""axe-core on every page, tab and dialog, edited and refused, light and dark; and how much each page shifts at load."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visits import SLOW_MS, settled

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = """async (only) => (await axe.run(document, { resultTypes: ["violations"], ...only })).violations.flatMap(
  ({ id, nodes }) => nodes.map(({ target, html, any, all, none }) =>
    `${id}: ${html.slice(0, 300)} at ${JSON.stringify(target)}: ${[...any, ...all, ...none].map((c) => c.message)}`))"""
TARGETS = {"rules": {"target-size": {"enabled": True}}}  # of 24 px, beside all that axe looks at by itself
CONTRAST = {"runOnly": ["color-contrast"]}  # all that the theme can change

# What is inside a widget of Streamlit's own and cannot be mended from outside, each with its reason.
STREAMLITS = (
    ("presentation-role-conflict", "stFileUploaderDropzone", "st.file_uploader names a section without a role"),
)
TABS = {
    "Picture": ("Maps", "Channels", "Attribution", "Ablation", "Visualise", "Side by side"),
    "Costs": ("Overview", "Tree", "Layers", "Sensitivity", "Memory", "Time", "torchinfo"),
    "Compare": ("Stages", "Differences", "Picture"),
    "Train": ("Train", "Accuracy against MACs"),
    "Your own network": (),
}
LAST_DRAWN = {
    "": ".st-key-table1 table",
    "picture": ".mosaic",
    "costs": ".barlayer",
    "compare": ".st-key-compare-pairs button",
    "train": ".stHeading",
    "learn": ".st-key-lesson-list h3",
    "own-network": ".stCode",
}
# A shift in the half second after a click is not counted: the page is then what was asked for.
COUNT_SHIFTS = """new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted = (window.shifted ?? 0) + entry.value
}).observe({ type: "layout-shift", buffered: true })"""


def violations(page: Page, state: str) -> list[str]:
    """In the light theme, and what the dark one adds."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE.read_text(encoding='utf-8')};0")
    found = [f"{state}: {text}" for text in page.evaluate(VIOLATIONS, TARGETS)]
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".stApp")).to_have_css("color-scheme", "dark")
    found += [f"{state}, dark: {text}" for text in page.evaluate(VIOLATIONS, CONTRAST)]
    page.emulate_media(color_scheme="light")
    expect(page.locator(".stApp")).to_have_css("color-scheme", "light")
    return [text for text in found if not any(f": {rule}:" in text and part in text for rule, part, _ in STREAMLITS)]


def states(page: Page, app_url: str) -> Iterator[str]:
    """Leads the page through everything that can be seen, and names each state."""
    page.goto(f"{app_url}/?variant=googlenet_bn")
    settled(page)
    expect(page.locator(".st-key-table1 table")).to_be_visible(timeout=SLOW_MS)
    yield "Explore"
    page.get_by_role("button", name="Pin", exact=True).click()
    for path, text in (("inception3a.branch1x1.conv", "96"), ("inception3a.branch3x3.conv", "many")):
        field = page.locator(".st-key-table1").get_by_label(f"filters of {path},", exact=False).first
        field.fill(text)
        field.press("Enter")
        settled(page)
    expect(page.locator(".st-key-table1")).to_contain_text("whole number", timeout=SLOW_MS)
    yield "Explore, edited and refused"
    page.get_by_role("button", name="About").click()
    yield "About"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Take home").click()
    for tab in ("Code", "Weights and exchange", "Tables and figures", "Report"):
        page.get_by_role("dialog").get_by_role("tab", name=tab).click(timeout=SLOW_MS)
        settled(page)
        yield f"Take home, {tab}"
    page.keyboard.press("Escape")
    for name, tabs in TABS.items():
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
        settled(page)
        yield name
        for tab in tabs:
            page.get_by_role("tab", name=tab, exact=True).click(timeout=SLOW_MS)
            settled(page)
            if tab == "Maps":
                page.get_by_role("application").first.click(position={"x": 50, "y": 50}, timeout=SLOW_MS)
                expect(page.get_by_text("How this value is computed")).to_be_visible(timeout=SLOW_MS)
            yield f"{name}, {tab}"


def test_axe_finds_nothing_in_any_state(page: Page, app_url: str) -> None:
    found = [text for state in states(page, app_url) for text in violations(page, state)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width, height", [(1440, 900), (853, 480), (390, 844)])
def test_a_page_hardly_shifts_at_load(page: Page, app_url: str, width: int, height: int) -> None:
    fresh = page.context.new_page()  # its script must not stay in the page that other tests share
    fresh.set_viewport_size({"width": width, "height": height})
    fresh.add_init_script(COUNT_SHIFTS)
    for path, last in LAST_DRAWN.items():
        fresh.goto(f"{app_url}/{path}")
        expect(fresh.locator(last).first).to_be_visible(timeout=SLOW_MS)
        expect(fresh.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=SLOW_MS)
        assert fresh.evaluate("window.shifted ?? 0") <= 0.1, path
    fresh.close()


def test_the_widths_are_a_few_tab_stops_from_the_beginning(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?variant=googlenet")
    expect(page.get_by_role("slider").first).to_be_visible(timeout=SLOW_MS)
    settled(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the widths")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="filters of inception3a.branch1x1.conv")).to_be_focused()
    expect(page).to_have_url(f"{app_url}/?variant=googlenet")
