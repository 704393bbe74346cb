"""The diagram component, driven in Chromium on the made-up network of graph_view_app.py."""

import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.app_server import free_port, served

APP = "tests/browser/graph_view_app.py"
REDUCE = "inception1.branch3x3.reduce"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    # The developer's toolbar brings the one-letter shortcuts that a search must keep its letters from.
    command = (
        *(sys.executable, "-m", "streamlit", "run", APP),
        *("--server.port", str(port), "--client.toolbarMode", "developer"),
    )
    with served(command, address, tmp_path_factory.mktemp("graph_view") / "server.log"):
        yield address


@dataclass(frozen=True)
class Box:
    """A place on the screen, in px."""

    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def top(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y

    def holds(self, other: "Box") -> bool:
        across = self.x <= other.x and other.x + other.width <= self.x + self.width
        return across and self.y <= other.y and other.y + other.height <= self.y + self.height


class Diagram:
    """What a person sees and does. Motion is off, so nothing has to be waited for but the server."""

    def __init__(self, page: Page, url: str, query: str = "modules=3") -> None:
        self.page = page
        page.emulate_media(reduced_motion="reduce")
        page.goto(f"{url}/?{query}")
        expect(self.place("input")).to_be_attached(timeout=30_000)

    def place(self, path: str) -> Locator:
        return self.page.locator(f'.view g[id="{path}"]')

    def box(self, path: str) -> Box:
        return Box(
            *self.place(path).evaluate(
                "e => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height] }"
            )
        )

    def of(self, css: str) -> Box:
        found = self.page.locator(f".view {css}").bounding_box()
        assert found
        return Box(**found)

    def click(self, path: str, at: tuple[float, float] | None = None) -> None:
        self.page.mouse.click(*(at or self.box(path).center))

    def drag(self, start: tuple[float, float], *path: tuple[float, float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for point in path:
            self.page.mouse.move(*point)
        self.page.mouse.up()

    def button(self, name: str) -> Locator:
        return self.page.locator(".view .bar").get_by_title(name)

    def expect_chosen(self, *paths: str) -> None:
        marked = self.page.locator('.view g[aria-current="true"]')
        expect(marked).to_have_count(len(paths))
        for path in paths:
            expect(self.place(path)).to_have_attribute("aria-current", "true")

    def focused(self) -> str:
        found: str = self.page.locator(".view :focus").evaluate("e => e.id || e.className || e.tagName")
        return found

    def expect_said(self, *lines: str) -> None:
        """Exactly these events reached Python, and their rerun is on the page."""
        expect(self.page.get_by_test_id("stCode")).to_have_text(
            re.compile("^" + "\n".join([*lines, r"width \d+"]) + r"\s*$")
        )


@pytest.fixture
def small(page: Page, url: str) -> Diagram:
    return Diagram(page, url)


def near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) < 1 and abs(a[1] - b[1]) < 1


# ---- Selection


def test_a_click_is_shown_at_once_and_told_once(small: Diagram) -> None:
    small.page.evaluate(
        "() => addEventListener('click', e => { window.atOnce = e.composedPath()"
        ".find(n => n.classList?.contains('node'))?.getAttribute('aria-current') })"
    )
    small.click("inception1")
    assert small.page.evaluate("window.atOnce") == "true"  # in the click itself, before any message
    small.expect_said("select inception1")
    small.expect_chosen("inception1")


def test_the_background_selects_nothing(small: Diagram) -> None:
    small.click("inception1")
    canvas = small.of(".canvas")
    small.page.mouse.click(canvas.x + 40, canvas.y + 200)
    small.click("inception2")
    small.expect_said("select inception1", "select inception2")


SHOWN = {
    "modules=3": {
        "inception1": ["inception1"],
        "inception1.branch3x3.conv": ["inception1"],
        "inception": [],
        "inception2": ["inception2"],
        "nowhere": [],
    },
    "modules=3&open=all": {
        "inception1": ["inception1"],
        REDUCE: [REDUCE],
        "inception1.branch3x3": ["inception1.branch3x3.conv", REDUCE],
        "inception1.branch9x9.conv": ["inception1"],
        "nowhere.at.all": [],
    },
}


@pytest.mark.parametrize("query", SHOWN)
def test_a_selection_stands_for_what_is_shown_of_it(page: Page, url: str, query: str) -> None:
    diagram = Diagram(page, url, query)
    for path, chosen in SHOWN[query].items():
        page.get_by_label("Select").fill(path)
        page.keyboard.press("Enter")
        diagram.expect_chosen(*chosen)


def test_a_selection_from_elsewhere_is_brought_into_sight(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=12&open=all")
    last = "inception11.concat"
    assert not diagram.of(".canvas").holds(diagram.box(last))
    page.get_by_label("Select").fill(last)
    page.keyboard.press("Enter")
    expect(diagram.place(last)).to_have_attribute("aria-current", "true")
    assert diagram.of(".canvas").holds(diagram.box(last))


# ---- Camera


def test_a_small_network_opens_as_a_whole_and_a_tall_one_at_its_input(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=3")
    canvas = diagram.of(".canvas")
    assert all(canvas.holds(diagram.box(path)) for path in ("input", "inception0", "inception2"))
    assert not page.locator(".view .map").is_visible()
    diagram = Diagram(page, url, "modules=12&open=all")
    size = diagram.place("input").locator("text").first.evaluate("e => 11 * e.getScreenCTM().a")
    assert size >= 8
    assert canvas.holds(diagram.box("input"))
    assert diagram.box("input").y < canvas.y + 100
    assert page.locator(".view .map").is_visible()


def test_dragging_pans_and_does_nothing_else(small: Diagram) -> None:
    x, y = small.box("inception1").center
    small.drag((x, y), (x + 30, y + 10), (x + 70, y - 25))
    assert near(small.box("inception1").center, (x + 70, y - 25))
    before = small.box("inception1")
    small.drag((x + 70, y - 25), (x + 90, y - 25), (x + 71, y - 25))
    small.drag((x + 71, y - 25), (x + 91, y - 25), (x + 71, y - 25))  # two quick ones are no double click
    assert small.box("inception1").width == before.width
    small.click("inception2")
    small.expect_said("select inception2")


def test_the_wheel_scrolls_the_page_until_the_diagram_has_the_focus(small: Diagram) -> None:
    page = small.page
    before = small.box("inception1")
    page.mouse.move(*before.center)
    page.mouse.wheel(0, 60)
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 0")
    expect(page.locator(".view .hint")).to_have_text("Click the diagram to zoom with the wheel, or hold Ctrl")
    assert small.box("inception1").width == pytest.approx(before.width)
    small.click("inception1")
    still = small.box("inception1")
    scrolled = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"() => document.querySelector('[data-testid=stMain]').scrollTop === {scrolled}")
    expect(page.locator(".view .map")).to_be_visible()
    assert small.box("inception1").width > 1.2 * still.width
    assert near(small.box("inception1").center, still.center)  # the point under the pointer stays


def test_ctrl_and_the_wheel_zoom_without_focus(small: Diagram) -> None:
    before = small.box("inception2")
    small.page.mouse.move(*before.center)
    small.page.keyboard.down("Control")
    small.page.mouse.wheel(0, -200)
    expect(small.page.locator(".view .map")).to_be_visible()
    assert small.box("inception2").width > 1.2 * before.width
    assert near(small.box("inception2").center, before.center)


def test_the_buttons_zoom_and_fit(small: Diagram) -> None:
    before = small.box("inception1")
    small.button("Zoom in").click()
    small.button("Zoom in").click()
    assert small.box("inception1").width == pytest.approx(2.25 * before.width, rel=0.01)
    small.button("Zoom out").click()
    assert small.box("inception1").width == pytest.approx(1.5 * before.width, rel=0.01)
    small.button("Fit the diagram").click()
    assert small.box("inception1") == before


def test_zoom_has_ends_and_the_drawing_stays_in_sight(small: Diagram) -> None:
    canvas = small.of(".canvas")
    for name in ("Zoom out", "Zoom in"):
        for _ in range(20):
            small.button(name).click()
        assert 8 < small.box("inception1").height < canvas.height
    small.button("Fit the diagram").click()
    for _ in range(4):
        small.drag((canvas.x + 10, canvas.y + 60), (canvas.x + canvas.width - 10, canvas.y + canvas.height - 10))
    corner = small.of(".drawn > svg")
    assert near((corner.x, corner.y), (canvas.x + canvas.width - 80, canvas.y + canvas.height - 80))


def test_the_small_map_moves_the_camera(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=12&open=all")
    assert not diagram.of(".canvas").holds(diagram.box("inception11.concat"))
    small_map = diagram.of(".map canvas")
    diagram.drag(small_map.top, (small_map.center[0], small_map.y + small_map.height - 2))
    assert diagram.of(".canvas").holds(diagram.box("inception11.concat"))
    assert diagram.of(".map .frame").y > small_map.center[1]


def test_a_diagram_in_a_closed_tab_is_placed_when_the_tab_opens(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=3&tabs")
    page.get_by_role("tab", name="Behind").click()
    expect(page.locator(".view .canvas")).to_be_visible()
    page.wait_for_function("e => e.getBoundingClientRect().width > 50", arg=diagram.place("input").element_handle())
    assert all(diagram.of(".canvas").holds(diagram.box(path)) for path in ("input", "inception0", "inception2"))
    diagram.button("Zoom in").click()
    before = diagram.box("inception1")
    page.get_by_role("tab", name="Before").click()
    expect(page.locator(".view .canvas")).to_be_hidden()
    page.get_by_role("tab", name="Behind").click()
    expect(page.locator(".view .canvas")).to_be_visible()
    assert diagram.box("inception1") == before


# ---- Nothing jumps


def test_an_edit_patches_the_standing_drawing(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=3&open=all")
    diagram.button("Zoom out").click()
    page.emulate_media(reduced_motion="no-preference")
    diagram.place("inception2.concat").evaluate("e => { e.untouched = e.firstElementChild }")
    diagram.place(REDUCE).evaluate("e => { e.standing = true }")
    page.locator(".view .flashes").evaluate("""e => { window.lit = []
        const log = (record) => record.addedNodes.forEach(ring => lit.push(ring.getAttribute('class')))
        new MutationObserver(records => records.forEach(log)).observe(e, {childList: true}) }""")
    before = diagram.box(REDUCE), diagram.box("inception2.concat")
    page.get_by_test_id("stNumberInputStepUp").click()
    expect(diagram.place(REDUCE)).to_contain_text("104")
    assert diagram.place(REDUCE).evaluate("e => e.standing")
    assert diagram.place("inception2.concat").evaluate("e => e.untouched === e.firstElementChild")
    assert (diagram.box(REDUCE), diagram.box("inception2.concat")) == before
    assert page.evaluate("lit") == ["edited"]  # one place lights up, where the edit landed
    assert "104 filters" in (diagram.place(REDUCE).get_attribute("aria-label") or "")


def test_nothing_lights_up_for_people_who_want_less_motion(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=3&open=all")
    page.get_by_test_id("stNumberInputStepUp").click()
    expect(diagram.place(REDUCE)).to_contain_text("104")
    assert page.locator(".view .flashes rect").count() == 0


def test_all_colours_can_change_without_a_jump(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=3&open=all")
    diagram.click(REDUCE)
    before = diagram.box(REDUCE)
    page.get_by_text("Heat", exact=True).click()
    expect(page.locator(".view .legend")).to_have_text("01.2 G MACs")
    assert diagram.place(REDUCE).locator("path").get_attribute("fill") != "#E69F00"
    assert diagram.box(REDUCE) == before
    diagram.expect_chosen(REDUCE)


@pytest.mark.parametrize("how", ["double click", "button", "key"])
def test_expanding_and_folding_keep_the_place(small: Diagram, how: str) -> None:
    page = small.page
    small.button("Zoom out").click()
    node = small.box("inception1")
    if how == "double click":
        page.mouse.dblclick(*node.center)
    else:
        small.click("inception1")
        small.button("Expand").click() if how == "button" else page.keyboard.press("+")
    expect(small.place(REDUCE)).to_be_attached()
    small.expect_said("select inception1", "expand inception1")
    cluster = small.box("inception1")
    assert near(cluster.top, node.top)
    assert small.box("inception2").height == pytest.approx(node.height, rel=0.01)
    if how != "button":
        assert small.focused() == "inception1"
    if how == "double click":
        page.mouse.dblclick(cluster.x + 8, cluster.y + 8)
    else:
        small.button("Fold").click() if how == "button" else page.keyboard.press("-")
    expect(small.place(REDUCE)).not_to_be_attached()
    small.expect_said("select inception1", "expand inception1", "expand inception1")
    assert near(small.box("inception1").top, node.top)


def test_the_view_outlives_a_visit_to_another_page(small: Diagram) -> None:
    small.button("Zoom in").click()
    before = small.box("inception1")
    small.page.get_by_role("link", name="Other").click()
    expect(small.page.get_by_role("heading", name="Another page")).to_be_visible()
    small.page.get_by_role("link", name="Diagram").click()
    expect(small.place("inception1")).to_be_attached()
    assert near(small.box("inception1").center, before.center)
    assert small.box("inception1").width == pytest.approx(before.width)


def test_without_expanding_a_double_click_zooms(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=3&fixed")
    before = diagram.box("inception1")
    page.mouse.dblclick(*before.center)
    assert diagram.box("inception1").width == pytest.approx(2 * before.width, rel=0.01)
    assert not diagram.button("Expand").is_visible()


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


def test_arrows_walk_the_network_and_enter_selects(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=3&open=all")
    for keys, path in WALKS.items():
        diagram.place("input").focus()
        for key in keys.split():
            page.keyboard.press(key)
        assert diagram.focused() == path
    diagram.expect_said()
    page.keyboard.press("Enter")
    diagram.expect_said("select input")


def test_arrows_bring_what_they_reach_into_sight(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=6&open=all")
    diagram.click("input")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
        assert diagram.of(".canvas").holds(diagram.box(diagram.focused()))
    assert diagram.focused().startswith("inception4.")


def test_tab_brings_its_place_back_into_sight(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=12&open=all")
    page.get_by_label("Select").fill("inception11.concat")
    page.keyboard.press("Enter")
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


def test_one_place_takes_the_tab_and_carries_a_name(small: Diagram) -> None:
    page = small.page
    assert page.locator('.view .canvas [tabindex="0"]').count() == 1
    page.get_by_label("Select").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    assert small.focused() == "input"
    expect(small.place("input")).to_have_accessible_name("input, 40 filters <b>of 3x3</b>")
    expect(page.locator(".view .tip")).to_have_text("input\n40 filters <b>of 3x3</b>", use_inner_text=True)
    expect(page.locator(".view .rings .focused")).to_have_count(1)
    page.keyboard.press("Tab")
    assert small.focused() == "INPUT"


def test_keys_fit(small: Diagram) -> None:
    before = small.box("input")
    for key in ("0", "f"):
        small.button("Zoom in").click()
        small.place("inception1").focus()
        small.page.keyboard.press(key)
        assert small.box("input") == before


# ---- Search


FOUND = {"3x3": 6, "3X3 RED": 3, "inception1.": 8, "inception 1": 9, REDUCE: 1, "104": 0, "96": 1, "c": 27}


def test_search_counts_paths_and_labels(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=3&open=all")
    search = page.get_by_label("Search the diagram")
    for query, count in FOUND.items():
        search.clear()
        search.press_sequentially(query)
        expect(page.locator(".view .count")).to_have_text(str(count))
        assert page.locator(".view g[data-match]").count() == count
    assert page.get_by_role("dialog").count() == 0  # "c" and "r" are Streamlit's shortcuts
    diagram.expect_said()


def test_enter_goes_from_match_to_match(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=8&open=all")
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


def test_a_tip_shows_the_title_as_text(small: Diagram) -> None:
    small.page.mouse.move(*small.box("inception1").center)
    tip = small.page.locator(".view .tip")
    expect(tip).to_be_visible()
    expect(tip).to_have_text("inception1\n80 filters <b>of 3x3</b>", use_inner_text=True)
    small.page.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_an_edge_has_a_tip_and_lets_clicks_through(page: Page, url: str) -> None:
    diagram = Diagram(page, url, "modules=3&open=all")
    above, below = diagram.box("inception0.branch3x3.reduce"), diagram.box("inception0.branch3x3.conv")
    middle = (above.center[0] + 3, (above.y + above.height + below.y) / 2)  # beside the line, which is 1 px wide
    page.mouse.move(*middle)
    expect(page.locator(".view .tip")).to_have_text("inception0.branch3x3.reduce->inception0.branch3x3.conv")
    page.mouse.click(*middle)
    diagram.expect_said("select inception0")


def test_full_screen_and_back(small: Diagram) -> None:
    small.button("Full screen").click()
    expect(small.button("Full screen")).to_have_attribute("aria-pressed", "true")
    view = small.of(".canvas")
    assert (view.width, view.height) == (1440, 900)
    assert all(view.holds(small.box(path)) for path in ("input", "inception2"))
    small.click("inception1")
    small.page.keyboard.press("Escape")
    expect(small.button("Full screen")).to_have_attribute("aria-pressed", "false")
    assert small.of(".canvas").height < 600


def test_full_screen_works_where_the_browser_has_none(small: Diagram) -> None:
    small.page.evaluate("() => { Element.prototype.requestFullscreen = undefined }")  # as on an iPhone
    small.button("Full screen").click()
    expect(small.button("Full screen")).to_have_attribute("aria-pressed", "true")
    assert small.of(".canvas").height == 900
    small.click("inception1")
    small.page.keyboard.press("Escape")
    expect(small.button("Full screen")).to_have_attribute("aria-pressed", "false")
    assert small.of(".canvas").height < 600


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2) of `rgb(r, g, b)` or `color(srgb r g b)`."""
    numbers = [float(n) for n in re.findall(r"[\d.]+", color)[:3]]
    parts = numbers if color.startswith("color") else [n / 255 for n in numbers]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_no_colour_follows_the_theme(page: Page, url: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    Diagram(page, url, "modules=3&open=all")
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
def phone(browser: Browser, url: str) -> Iterator[Diagram]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield Diagram(context.new_page(), url, "modules=3&open=all")
    context.close()


def touch(diagram: Diagram, *steps: Sequence[tuple[float, float]]) -> None:
    """Put as many fingers down as a step has points, move them from step to step; a step without points lifts them."""
    session = diagram.page.context.new_cdp_session(diagram.page)
    down = 0
    start = time.time()
    for number, points in enumerate((*steps, ())):
        kind = "touchEnd" if not points else "touchMove" if down else "touchStart"
        fingers = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        event = {
            "type": kind,
            "touchPoints": fingers,
            "timestamp": start + 0.02 * number,
        }  # a slow machine is no slow hand
        session.send("Input.dispatchTouchEvent", event)
        down = len(points)


def test_it_fits_a_phone(phone: Diagram) -> None:
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390
    view = phone.of("")
    assert view.x >= 0
    assert view.x + view.width <= 390
    assert view.height < 0.75 * 844
    bar = [phone.button(name) for name in ("Expand", "Fold", "Zoom out", "Zoom in", "Fit", "Full screen")]
    tools = [phone.page.locator(".view .search"), *bar]
    assert all(view.holds(Box(**box)) for tool in tools if (box := tool.bounding_box()))
    assert phone.of(".canvas").holds(phone.box("input"))


def test_one_finger_pans_two_zoom_a_tap_selects(phone: Diagram) -> None:
    phone.place("inception0.concat").scroll_into_view_if_needed()
    before = phone.box("inception0.concat")
    x, y = before.center
    touch(phone, [(x, y)], [(x, y - 20)], [(x + 30, y - 60)])
    assert near(phone.box("inception0.concat").center, (x + 30, y - 60))
    x, y = x + 30, y - 60
    touch(phone, [(x - 20, y), (x + 20, y)], [(x - 20, y), (x + 40, y)], [(x - 20, y), (x + 60, y)])
    after = phone.box("inception0.concat")
    assert after.width == pytest.approx(2 * before.width, rel=0.05)
    assert near(after.center, (x + 20, y))  # what lies under a finger stays under it
    phone.page.touchscreen.tap(*after.center)
    phone.expect_said("select inception0.concat")


def test_a_double_tap_folds(phone: Diagram) -> None:
    phone.place("inception0").scroll_into_view_if_needed()
    x, y = phone.box("inception0").top
    label = (x, y + 8)
    touch(phone, [label], [], [label])
    expect(phone.place("inception0.concat")).not_to_be_attached()
    phone.expect_said("select inception0", "expand inception0")


def test_a_drawing_cannot_run_or_load_anything(page: Page, url: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    diagram = Diagram(page, url, "modules=3&hostile")
    hostile = diagram.place("hostile")
    expect(hostile).to_have_text("kept")
    assert hostile.locator("script, foreignObject, image, a, img").count() == 0
    names = hostile.evaluate("e => [e, ...e.querySelectorAll('*')].flatMap(n => n.getAttributeNames())")
    assert not [name for name in names if name.startswith("on") or "href" in name or name == "style"]
    hostile.dispatch_event("click")
    diagram.expect_said("select hostile")
    assert page.title() == "Diagram"
    assert all(request.startswith((url, "blob:", "data:")) for request in requests)
