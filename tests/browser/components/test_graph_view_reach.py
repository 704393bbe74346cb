"""The diagram component in Chromium: keys, search, tips, full screen, themes, phones and hostile drawings."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.components.diagram import REDUCE, DiagramAlone, DiagramInApp, ScreenBox, near, touch
from tests.browser.components.static_page import StaticPage

Opens = Callable[..., DiagramAlone]


# ---- Keys


WALKS = {
    "ArrowDown": "inception0.branch3x3.reduce",
    "ArrowDown ArrowRight": "inception0.branch5x5.reduce",
    "ArrowDown ArrowRight ArrowRight": "inception0.pool.pool",
    "ArrowDown ArrowRight ArrowDown ArrowDown": "inception0.concat",
    "ArrowDown ArrowDown ArrowLeft": "inception0.branch1x1.conv",
    "ArrowDown ArrowDown ArrowLeft ArrowUp": "input",
    "ArrowDown ArrowDown ArrowDown ArrowUp ArrowUp ArrowUp ArrowUp": "input",
}


def test_arrows_walk_the_network_and_enter_selects(page: Page, alone: Opens) -> None:
    diagram = alone("modules=3&open=all")
    for keys, path in WALKS.items():
        diagram.place("input").focus()
        for key in keys.split():
            page.keyboard.press(key)
        assert diagram.focused() == path
    diagram.expect_said()
    page.keyboard.press("Enter")
    diagram.expect_said("select input")


def test_arrows_bring_what_they_reach_into_sight(page: Page, alone: Opens) -> None:
    diagram = alone("modules=6&open=all")
    diagram.click("input")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
        assert diagram.of(".canvas").holds(diagram.box(diagram.focused()))
    assert diagram.focused().startswith("inception4.")


def test_tab_brings_its_place_back_into_sight(page: Page, alone: Opens) -> None:
    diagram = alone("modules=12&open=all")
    diagram.select_elsewhere("inception11.concat")
    expect(diagram.place("inception11.concat")).to_have_attribute("tabindex", "0")
    small_map = diagram.of(".map canvas")
    page.mouse.click(small_map.center[0], small_map.y + 2)
    assert not diagram.of(".canvas").holds(diagram.box("inception11.concat"))
    page.get_by_label("Search the diagram").focus()
    page.keyboard.press("Shift+Tab")
    assert diagram.focused() == "inception11.concat"
    page.wait_for_function(
        "e => e.scrollTop === 0 && e.scrollLeft === 0", arg=page.locator(".view .canvas").element_handle()
    )
    assert diagram.of(".canvas").holds(diagram.box("inception11.concat"))


def test_one_place_takes_the_tab_and_carries_a_name(page: Page, url: str) -> None:
    small = DiagramInApp(page, url)
    assert page.locator('.view .canvas [tabindex="0"]').count() == 1
    for name in ("Heat", "Sideways"):  # they come in files of their own
        expect(page.get_by_label(name)).to_be_attached()
    page.get_by_label("Select").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    assert small.focused() == "input"
    expect(small.place("input")).to_have_accessible_name("input 40: input, 40 filters <b>of 3x3</b>")
    expect(page.locator(".view .tip")).to_have_text("input\n40 filters <b>of 3x3</b>", use_inner_text=True)
    expect(page.locator(".view .rings .focused")).to_have_count(1)
    page.keyboard.press("Tab")
    assert small.focused() == "INPUT"


def test_keys_fit(small: DiagramAlone) -> None:
    before = small.box("input")
    for key in ("0", "f"):
        small.button("Zoom in").click()
        small.place("inception1").focus()
        small.page.keyboard.press(key)
        assert small.box("input") == before


# ---- Search


FOUND = {"3x3": 6, "3X3 RED": 3, "inception1.": 8, "inception 1": 9, REDUCE: 1, "104": 0, "96": 1, "c": 27}


def test_search_counts_paths_and_labels(page: Page, url: str) -> None:
    diagram = DiagramInApp(page, url, "modules=3&open=all")
    search = page.get_by_label("Search the diagram")
    for query, count in FOUND.items():
        search.clear()
        search.press_sequentially(query)
        expect(page.locator(".view .count")).to_have_text(str(count))
        assert page.locator(".view g[data-match]").count() == count
    assert page.get_by_role("dialog").count() == 0  # "c" and "r" are Streamlit's shortcuts
    diagram.expect_said()


def test_enter_goes_from_match_to_match(page: Page, alone: Opens) -> None:
    diagram = alone("modules=8&open=all")
    diagram.click("input")
    diagram.expect_said("select input")
    page.keyboard.press("/")
    page.keyboard.type("5x5 conv")
    seen = []
    for _ in range(9):
        page.keyboard.press("Enter")
        seen.append(
            next(n for n in range(8) if diagram.of(".rings .found").holds(diagram.box(f"inception{n}.branch5x5.conv")))
        )
        assert diagram.of(".canvas").holds(diagram.of(".rings .found"))
    assert seen == [0, 1, 2, 3, 4, 5, 6, 7, 0]
    expect(page.locator(".view .count")).to_have_text("1/8")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Escape")
    assert diagram.focused() == "inception7.branch5x5.conv"
    assert page.locator(".view g[data-match]").count() == 0
    diagram.expect_said("select input")


# ---- Tips, full screen, themes, small screens, hostile input


def test_a_tip_is_shown_as_text(small: DiagramAlone) -> None:
    small.page.mouse.move(*small.box("inception1").center)
    tip = small.page.locator(".view .tip")
    expect(tip).to_be_visible()
    expect(tip).to_have_text("inception1\n80 filters <b>of 3x3</b>", use_inner_text=True)
    small.page.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_an_edge_has_a_tip_and_lets_clicks_through(page: Page, alone: Opens) -> None:
    diagram = alone("modules=3&open=all")
    above, below = diagram.box("inception0.branch3x3.reduce"), diagram.box("inception0.branch3x3.conv")
    middle = (above.center[0] + 3, (above.y + above.height + below.y) / 2)  # beside the line, which is 1 px wide
    page.mouse.move(*middle)
    expect(page.locator(".view .tip")).to_have_text("inception0.branch3x3.reduce->inception0.branch3x3.conv")
    page.mouse.click(*middle)
    diagram.expect_said("select inception0")


def test_full_screen_and_back(small: DiagramAlone) -> None:
    small.button("Full screen").click()
    expect(small.button("Full screen")).to_have_attribute("aria-pressed", "true")
    small.expect_height("", 900, 900)
    assert small.of("").width == 1440
    small.expect_in_sight("input", "inception2")
    small.click("inception1")
    small.page.keyboard.press("Escape")
    expect(small.button("Full screen")).to_have_attribute("aria-pressed", "false")
    small.expect_height(" .canvas", 0, 599)


def test_full_screen_works_where_the_browser_has_none(small: DiagramAlone) -> None:
    small.page.evaluate("() => { Element.prototype.requestFullscreen = undefined }")  # as on an iPhone
    small.button("Full screen").click()
    expect(small.button("Full screen")).to_have_attribute("aria-pressed", "true")
    small.expect_height("", 900, 900)
    small.click("inception1")
    small.page.keyboard.press("Escape")
    expect(small.button("Full screen")).to_have_attribute("aria-pressed", "false")
    small.expect_height(" .canvas", 0, 599)


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2) of `rgb(r, g, b)` or `color(srgb r g b)`."""
    numbers = [float(n) for n in re.findall(r"[\d.]+", color)[:3]]
    parts = numbers if color.startswith("color") else [n / 255 for n in numbers]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_no_colour_follows_the_theme(page: Page, alone: Opens, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    alone("modules=3&open=all")
    style = "(e, name) => getComputedStyle(e)[name]"
    paper = luminance(page.locator(".view").evaluate(style, "backgroundColor"))
    assert (paper < 0.1) == (scheme == "dark")
    for css, name, least in [
        (".cluster text", "fill", 4.5),
        (".edge path", "stroke", 3),
        (".edge polygon", "fill", 3),
        (".legend li", "color", 4.5),
        (".bar button:enabled", "color", 4.5),
    ]:
        ink = luminance(page.locator(f".view {css}").first.evaluate(style, name))
        assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= least, css


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(phone_page: Page, monkeypatch: pytest.MonkeyPatch) -> DiagramAlone:
    return DiagramAlone(phone_page, partial(StaticPage, phone_page, monkeypatch), "modules=3&open=all")


@pytest.fixture
def app_phone(phone_page: Page, url: str) -> DiagramInApp:
    return DiagramInApp(phone_page, url, "modules=3&open=all")


def test_it_fits_a_phone(app_phone: DiagramInApp) -> None:
    assert app_phone.page.evaluate("document.documentElement.scrollWidth") == 390
    view = app_phone.of("")
    assert view.x >= 0
    assert view.x + view.width <= 390
    assert view.height < 0.75 * 844
    bar = [app_phone.button(name) for name in ("Expand", "Fold", "Zoom out", "Zoom in", "Fit", "Full screen")]
    tools = [app_phone.page.locator(".view .search"), *bar]
    assert all(view.holds(ScreenBox(**box)) for tool in tools if (box := tool.bounding_box()))
    app_phone.expect_in_sight("input")


def test_one_finger_scrolls_the_page_two_zoom_a_tap_selects(phone: DiagramAlone) -> None:
    phone.place("inception0.concat").scroll_into_view_if_needed()
    before = phone.box("inception0.concat")
    x, y = before.center
    touch(phone, [(x - 20, y), (x + 20, y)], [(x - 20, y), (x + 40, y)], [(x - 20, y), (x + 60, y)])
    after = phone.box("inception0.concat")
    assert after.width == pytest.approx(2 * before.width, rel=0.05)
    assert near(after.center, (x + 20, y))  # what lies under a finger stays under it
    phone.page.wait_for_timeout(1000)  # right after a pinch, Chromium itself swallows about one tap in four
    phone.page.touchscreen.tap(*after.center)
    phone.expect_said("select inception0.concat")
    camera = phone.page.locator(".view .drawn > svg").get_attribute("style")
    touch(phone, [after.center], [(x + 20, y - 20)], [(x + 50, y - 60)])
    assert phone.page.locator(".view .drawn > svg").get_attribute("style") == camera


def test_a_double_tap_folds(phone: DiagramAlone) -> None:
    phone.place("inception0").scroll_into_view_if_needed()
    x, y = phone.box("inception0").top
    label = (x, y + 8)
    touch(phone, [label], [], [label])
    expect(phone.place("inception0.concat")).not_to_be_attached()
    phone.expect_said("select inception0", "expand inception0")


def test_a_drawing_cannot_run_or_load_anything(page: Page, url: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    diagram = DiagramInApp(page, url, "modules=3&hostile")
    hostile = diagram.place("hostile")
    expect(hostile).to_have_text("kept")
    assert hostile.locator("script, foreignObject, image, a, img").count() == 0
    names = hostile.evaluate("e => [e, ...e.querySelectorAll('*')].flatMap(n => n.getAttributeNames())")
    assert not [name for name in names if name.startswith("on") or "href" in name or name == "style"]
    hostile.dispatch_event("click")
    diagram.expect_said("select hostile")
    assert page.title() == "Diagram"
    assert all(request.startswith((url, "blob:", "data:")) for request in requests)


def test_an_item_cannot_leave_its_group(page: Page, alone: Opens) -> None:
    alone("modules=3&escaping")
    expect(page.locator(".view .hint")).to_have_text("This diagram cannot be drawn.")
    assert page.locator(".view .drawn *").count() == 0
