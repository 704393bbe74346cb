"""axe-core on every page, tab and dialog, edited and refused, light and dark; and how much each page shifts at load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.visits import SLOW_MS, fits, settled

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = """async ([within, only]) => {
  const context = within ? document.querySelector(within) : document
  return (await axe.run(context, { resultTypes: ["violations"], ...only })).violations.flatMap(
    ({ id, nodes }) => nodes.map(({ target, html, any, all, none }) =>
      `${id}: ${html.slice(0, 300)} at ${JSON.stringify(target)}: ${[...any, ...all, ...none].map((c) => c.message)}`))
}"""
TARGETS = {"rules": {"target-size": {"enabled": True}}}  # of 24 px, beside all that axe looks at by itself
CONTRAST = {"runOnly": ["color-contrast"]}  # all that the theme can change
DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
WHOLE, MAIN, DIALOG, POPOVER = "", ".stMain", ".stDialog [role=dialog]", "[data-testid=stPopoverBody]"
State = tuple[str, str]
"""What it is called, and where on the page it differs from the ones before."""

# What is inside a widget of Streamlit's own and cannot be mended from outside, each with its reason.
STREAMLITS = (
    ("presentation-role-conflict", "stFileUploaderDropzone", "st.file_uploader names a section without a role"),
    ("region", "data-floating-ui-portal", "popovers are at the end of the body, outside of every landmark"),
)
TABS = {
    "Picture": ("Network", "Channels", "Attribution", "Ablation", "Visualise", "Side by side"),
    "Costs": ("Tree", "Layers", "Sensitivity", "Memory", "Time", "torchinfo"),
    "Compare": ("Stages", "Differences", "Time", "Picture", "Family map"),
    "Train": ("Accuracy against MACs", "Prune and heal"),
    "Search": (),
    "Your own network": (),
    "Learn": ("From v1 to v4", "Words"),
}
REFUSED_FILES = {"Picture": "no.png", "Your own network": "no.pth"}
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
SHIFTED = """() => {
  const observer = new PerformanceObserver(() => {})
  observer.observe({ type: "layout-shift", buffered: true })
  return observer.takeRecords().reduce((sum, shift) => sum + (shift.hadRecentInput ? 0 : shift.value), 0)
}"""


def violations(page: Page, name: str, within: str) -> list[str]:
    """In the theme that is on, light or dark, and what the other one adds, which stays on."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE.read_text(encoding='utf-8')};0")
    found = [f"{name}: {text}" for text in page.evaluate(VIOLATIONS, [within, TARGETS])]
    other: Literal["light", "dark"] = "light" if page.evaluate(DARK) else "dark"
    page.emulate_media(color_scheme=other)
    expect(page.locator(".stApp")).to_have_css("color-scheme", other)
    found += [f"{name}, {other}: {text}" for text in page.evaluate(VIOLATIONS, [within, CONTRAST])]
    return [text for text in found if not any(f": {rule}:" in text and part in text for rule, part, _ in STREAMLITS)]


def states(page: Page, app_url: str) -> Iterator[State]:
    """Leads the page through everything that can be seen."""
    page.goto(f"{app_url}/?variant=googlenet_bn")
    settled(page)
    expect(page.locator(".st-key-table1 table")).to_be_visible(timeout=SLOW_MS)
    yield "Explore", WHOLE
    page.goto(f"{app_url}/?variant=googlenet_bn&edits=v:2,x:0.25")  # a quarter of the channels to draw, in either theme
    settled(page)
    yield from edits(page)
    yield from dialogs(page)
    for name, tabs in TABS.items():
        yield from tabs_of(page, name, tabs)
    yield from lesson(page)
    yield from phone(page)


def edits(page: Page) -> Iterator[State]:
    """Edited and refused, in the table, the bar and a popover; the diagram as a whole, with maps; what explains it."""
    button(page, "Pin").click()
    for path, text in (("inception3a.branch1x1.conv", "96"), ("inception3a.branch3x3.conv", "many")):
        field = page.locator(".st-key-table1").get_by_label(f"filters of {path},", exact=False).first
        field.fill(text)
        field.press("Enter")
        settled(page)
    expect(page.locator(".st-key-table1")).to_contain_text("whole number", timeout=SLOW_MS)
    fill(page, page.get_by_role("spinbutton", name="Classes"), "0")
    expect(button(page, "Use 1 class")).to_be_visible(timeout=SLOW_MS)
    yield "Explore, edited and refused", MAIN
    for part in ("Structure", "Explain"):
        page.get_by_role("radio", name=part).click()
        settled(page)
        yield part, ".st-key-inspector"
    button(page, "Maps").click()
    page.get_by_text("Maps in boxes").click()
    expect(page.locator(".view image").first).to_be_visible(timeout=SLOW_MS)
    yield "Maps in boxes", POPOVER
    page.keyboard.press("Escape")
    yield "Maps in boxes, the diagram", ".st-key-focus"
    button(page, "Goal").click()
    fill(page, page.get_by_label("MACs, at most"), "many")
    expect(button(page, "Set no limit")).to_be_visible(timeout=SLOW_MS)
    yield "Goal, refused", POPOVER
    fill(page, page.get_by_label("MACs, at most"), "1 G")
    page.keyboard.press("Escape")


def dialogs(page: Page) -> Iterator[State]:
    button(page, "About").click()
    yield "About", ".network-head"
    page.keyboard.press("Escape")
    page.locator(".st-key-share").get_by_role("button").click()
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(without_content("no.json"))
    expect(button(page, "Take the file away")).to_be_visible(timeout=SLOW_MS)
    yield "Share, with a file that is none", DIALOG
    page.keyboard.press("Escape")
    button(page, "Take home").click()
    for tab in ("Code", "Weights and exchange", "Tables and figures", "Report"):
        page.get_by_role("dialog").get_by_role("tab", name=tab).click(timeout=SLOW_MS)
        drawn(page, tab)
        yield f"Take home, {tab}", DIALOG
    page.keyboard.press("Escape")
    button(page, "Fit to goal").click()
    expect(button(page, "Apply")).to_be_visible(timeout=SLOW_MS)
    yield "Fit to goal", DIALOG
    page.keyboard.press("Escape")  # where the other theme has not closed it: that draws the whole page again


def tabs_of(page: Page, name: str, tabs: Sequence[str]) -> Iterator[State]:
    """A page as it opens, with a file that is refused where it takes one, and each of its tabs."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=SLOW_MS)
    if file := REFUSED_FILES.get(name):
        page.locator(".stFileUploader input[type=file]").first.set_input_files(without_content(file))
        expect(page.get_by_test_id("stAlertContainer").first).to_be_visible(timeout=SLOW_MS)
    if name == "Picture":
        page.get_by_role("application").first.click(position={"x": 50, "y": 50}, timeout=SLOW_MS)
        expect(page.get_by_text("How this value is computed")).to_be_visible(timeout=SLOW_MS)
    yield name, WHOLE
    for tab in tabs:
        page.get_by_role("tab", name=tab, exact=True).click(timeout=SLOW_MS)
        yield f"{name}, {tab}", f"[id='{drawn(page, tab).get_attribute('id')}']"


def drawn(page: Page, tab: str) -> Locator:
    """What a tab shows, once it is there: a click does not begin the run that draws it at once."""
    panel = page.get_by_role("tabpanel", name=tab, exact=True)
    expect(panel.locator(".stElementContainer").first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=SLOW_MS)
    return panel


def lesson(page: Page) -> Iterator[State]:
    page.get_by_role("tab", name="Lessons", exact=True).click()
    page.locator(".st-key-lesson-list").get_by_role("button").first.click()
    page.locator(".lesson summary").click(timeout=SLOW_MS)
    yield "A lesson, its answer unfolded", ".st-key-lesson"


def phone(page: Page) -> Iterator[State]:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_test_id("stExpandSidebarButton").click()
    explore = page.get_by_test_id("stSidebarNavLink").first
    expect(explore).to_be_in_viewport()
    expect(explore).to_be_focused()
    yield "The menu on a phone", WHOLE
    explore.click()
    expect(explore).not_to_be_in_viewport()
    settled(page)
    yield "Explore on a phone", WHOLE


def without_content(name: str) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": b"no"}


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).first


def fill(page: Page, field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Enter")
    settled(page)


def test_axe_finds_nothing_in_any_state(page: Page, app_url: str) -> None:
    found = [text for state in states(page, app_url) for text in violations(page, *state)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width, height", [(1440, 900), (853, 480), (390, 844)])
def test_a_page_hardly_shifts_at_load_and_fits_the_window(page: Page, app_url: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for path, last in LAST_DRAWN.items():
        page.goto(f"{app_url}/{path}")
        expect(page.locator(last).first).to_be_visible(timeout=SLOW_MS)
        expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=SLOW_MS)
        assert page.evaluate(SHIFTED) <= 0.1, path
        fits(page, "html")


def test_the_widths_are_a_few_tab_stops_from_the_beginning(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?variant=googlenet")
    expect(page.get_by_role("slider").first).to_be_visible(timeout=SLOW_MS)
    settled(page)
    expect(page.locator("a.skip")).to_be_visible()  # in the frame after the sliders
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the widths")).to_be_focused()
    page.get_by_role("link", name="Skip to the widths").click(trial=True)  # nothing covers it
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="filters of inception3a.branch1x1.conv")).to_be_focused()
    expect(page).to_have_url(f"{app_url}/?variant=googlenet")
    page.get_by_role("radio", name="Structure").click()
    expect(page.locator("a.skip")).to_be_hidden()  # there are no widths now
    page.get_by_role("radio", name="Widths").click()
    expect(page.locator("a.skip")).to_be_visible()
    page.keyboard.press("Shift")
    page.get_by_role("link", name="Costs").focus()
    expect(page.get_by_role("link", name="Costs")).to_have_css("outline-style", "solid")


def test_the_focus_is_not_lost_where_what_had_it_goes(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?variant=googlenet")
    settled(page)
    fill(page, page.get_by_role("spinbutton", name="Input size"), "3")
    remedy = page.get_by_role("button", name="Use 31 pixels")
    remedy.press("Enter")
    expect(remedy).to_have_count(0, timeout=SLOW_MS)
    expect(page.locator(".network-head :focus")).to_have_count(1)
    share = page.locator(".st-key-share").get_by_role("button")
    share.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Escape")
    expect(share).to_be_focused()
    page.get_by_role("button", name="Take home").press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Escape")
    expect(page.get_by_text("This network as code")).to_be_visible()  # the tip of what has the focus, over the bar
    page.mouse.move(700, 400)
    page.get_by_role("button", name="About").click()
    page.keyboard.press("Escape")
    field = page.locator(".st-key-table1").get_by_label("filters of inception3a.branch3x3.conv,", exact=False).first
    fill(page, field, "many")
    expect(page.locator(".view .number")).to_contain_text("whole number", timeout=SLOW_MS)
    expect(page.locator(".view .number :focus")).to_have_count(0)
