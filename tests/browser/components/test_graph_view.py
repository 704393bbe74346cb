"""The diagram component in Chromium: what is selected, what the camera shows, and that nothing jumps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.components.diagram import REDUCE, DiagramAlone, DiagramInApp, ScreenBox, near

Opens = Callable[..., DiagramAlone]


# ---- Selection


def test_a_click_is_shown_at_once_and_told_once(small: DiagramAlone) -> None:
    small.page.evaluate(
        "() => addEventListener('click', e => { window.atOnce = e.composedPath()"
        ".find(n => n.classList?.contains('node'))?.getAttribute('aria-current') })"
    )
    small.click("inception1")
    assert small.page.evaluate("window.atOnce") == "true"  # in the click itself, before any message
    small.expect_said("select inception1")
    small.expect_chosen("inception1")


def test_the_background_selects_nothing(small: DiagramAlone) -> None:
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
def test_a_selection_stands_for_what_is_shown_of_it(alone: Opens, query: str) -> None:
    diagram = alone(query)
    for path, chosen in SHOWN[query].items():
        diagram.select_elsewhere(path)
        diagram.expect_chosen(*chosen)


def test_a_selection_from_elsewhere_is_brought_into_sight(alone: Opens) -> None:
    diagram = alone("modules=12&open=all")
    last = "inception11.concat"
    assert not diagram.of(".canvas").holds(diagram.box(last))
    diagram.select_elsewhere(last)
    expect(diagram.place(last)).to_have_attribute("aria-current", "true")
    assert diagram.of(".canvas").holds(diagram.box(last))


# ---- Camera


def test_a_small_network_opens_as_a_whole_and_a_tall_one_at_its_input(page: Page, alone: Opens) -> None:
    diagram = alone("modules=3")
    canvas = diagram.of(".canvas")
    assert all(canvas.holds(diagram.box(path)) for path in ("input", "inception0", "inception2"))
    assert not page.locator(".view .map").is_visible()
    diagram = alone("modules=12&open=all")
    size = diagram.place("input").locator("text").first.evaluate("e => 11 * e.getScreenCTM().a")
    assert size >= 8
    assert canvas.holds(diagram.box("input"))
    assert diagram.box("input").y < canvas.y + 100
    assert page.locator(".view .map").is_visible()


def test_dragging_pans_and_does_nothing_else(small: DiagramAlone) -> None:
    x, y = small.box("inception1").center
    small.drag((x, y), (x + 30, y + 10), (x + 70, y - 25))
    assert near(small.box("inception1").center, (x + 70, y - 25))
    before = small.box("inception1")
    small.drag((x + 70, y - 25), (x + 90, y - 25), (x + 71, y - 25))
    small.drag((x + 71, y - 25), (x + 91, y - 25), (x + 71, y - 25))  # two quick drags are not a double click
    assert small.box("inception1").width == before.width
    small.click("inception2")
    small.expect_said("select inception2")


def test_the_wheel_scrolls_the_page_until_the_diagram_has_the_focus(page: Page, url: str) -> None:
    small = DiagramInApp(page, url)
    before = small.box("inception1")
    page.mouse.move(*before.center)
    page.mouse.wheel(0, 60)
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop === 60")  # it may glide
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


def test_ctrl_and_the_wheel_zoom_without_focus(small: DiagramAlone) -> None:
    before = small.box("inception2")
    small.page.mouse.move(*before.center)
    small.page.keyboard.down("Control")
    small.page.mouse.wheel(0, -200)
    small.page.keyboard.up("Control")  # the tests share a page
    expect(small.page.locator(".view .map")).to_be_visible()
    assert small.box("inception2").width > 1.2 * before.width
    assert near(small.box("inception2").center, before.center)


def test_the_buttons_zoom_and_fit(small: DiagramAlone) -> None:
    before = small.box("inception1")
    small.button("Zoom in").click()
    small.button("Zoom in").click()
    assert small.box("inception1").width == pytest.approx(2.25 * before.width, rel=0.01)
    small.button("Zoom out").click()
    assert small.box("inception1").width == pytest.approx(1.5 * before.width, rel=0.01)
    small.button("Fit the diagram").click()
    assert small.box("inception1") == before


def test_zoom_has_ends_and_the_drawing_stays_in_sight(small: DiagramAlone) -> None:
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


def test_the_small_map_moves_the_camera(alone: Opens) -> None:
    diagram = alone("modules=12&open=all")
    assert not diagram.of(".canvas").holds(diagram.box("inception11.concat"))
    small_map = diagram.of(".map canvas")
    diagram.drag(small_map.top, (small_map.center[0], small_map.y + small_map.height - 2))
    assert diagram.of(".canvas").holds(diagram.box("inception11.concat"))
    assert diagram.of(".map .frame").y > small_map.center[1]


def test_a_diagram_in_a_closed_tab_is_placed_when_the_tab_opens(page: Page, url: str) -> None:
    diagram = DiagramInApp(page, url, "modules=3&tabs")
    page.get_by_role("tab", name="Second").click()
    expect(page.locator(".view .canvas")).to_be_visible()
    page.wait_for_function("e => e.getBoundingClientRect().width > 50", arg=diagram.place("input").element_handle())
    diagram.expect_in_sight("input", "inception0", "inception2")
    diagram.button("Zoom in").click()
    before = diagram.box("inception1")
    page.get_by_role("tab", name="First").click()
    expect(page.locator(".view .canvas")).to_be_hidden()
    page.get_by_role("tab", name="Second").click()
    diagram.expect_at("inception1", before)


# ---- Nothing jumps


def test_an_edit_patches_the_drawing_on_the_page(page: Page, alone: Opens) -> None:
    diagram = alone("modules=3&open=all")
    diagram.button("Zoom out").click()
    page.emulate_media(reduced_motion="no-preference")
    diagram.place("inception2.concat").evaluate("e => { e.untouched = e.firstElementChild }")
    diagram.place(REDUCE).evaluate("e => { e.kept = true }")
    page.locator(".view .flashes").evaluate("""e => { window.lit = []
        const log = (record) => record.addedNodes.forEach(ring => lit.push(ring.getAttribute('class')))
        new MutationObserver(records => records.forEach(log)).observe(e, {childList: true}) }""")
    before = diagram.box(REDUCE), diagram.box("inception2.concat")
    diagram.widen()
    expect(diagram.place(REDUCE)).to_contain_text("104")
    assert diagram.place(REDUCE).evaluate("e => e.kept")
    assert diagram.place("inception2.concat").evaluate("e => e.untouched === e.firstElementChild")
    assert (diagram.box(REDUCE), diagram.box("inception2.concat")) == before
    assert page.evaluate("lit") == ["edited"]  # one place lights up, where the edit landed
    assert "104 filters" in (diagram.place(REDUCE).get_attribute("aria-label") or "")


def test_a_number_that_is_being_typed_stays_in_its_box_in_another_drawing(page: Page, alone: Opens) -> None:
    diagram = alone("modules=3&open=all")
    diagram.network.numbered = True
    diagram.static.rerun()
    number = diagram.place(REDUCE).locator("text").last
    number.click()
    field = page.get_by_label(f"filters of {REDUCE}, in the diagram")
    expect(field).to_be_focused()
    page.keyboard.type("8")
    diagram.network.opened -= {0}
    diagram.static.rerun()
    expect(diagram.place("inception0.concat")).not_to_be_attached()
    places = [locator.bounding_box() for locator in (field, number)]
    at, in_box = [ScreenBox(**box).center for box in places if box]
    assert near(at, in_box)
    expect(field).to_be_focused()
    expect(field).to_have_value("8")


def test_nothing_lights_up_for_people_who_want_less_motion(page: Page, alone: Opens) -> None:
    diagram = alone("modules=3&open=all")
    diagram.widen()
    expect(diagram.place(REDUCE)).to_contain_text("104")
    assert page.locator(".view .flashes rect").count() == 0


def test_all_colours_can_change_without_a_jump(page: Page, alone: Opens) -> None:
    diagram = alone("modules=3&open=all")
    diagram.click(REDUCE)
    before = diagram.box(REDUCE)
    diagram.show_heat()
    expect(page.locator(".view .legend")).to_have_text("01.2 G MACs")
    assert diagram.place(REDUCE).locator("path").get_attribute("fill") != "#E69F00"
    assert diagram.box(REDUCE) == before
    diagram.expect_chosen(REDUCE)


@pytest.mark.parametrize("how", ["double click", "button", "key"])
def test_expanding_and_folding_keep_the_place(small: DiagramAlone, how: str) -> None:
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


def test_the_view_outlives_a_visit_to_another_page(page: Page, url: str) -> None:
    small = DiagramInApp(page, url)
    small.button("Zoom in").click()
    before = small.box("inception1")
    small.page.get_by_role("link", name="Other").click()
    expect(small.page.get_by_role("heading", name="Another page")).to_be_visible()
    small.page.get_by_role("link", name="Diagram").click()
    small.expect_at("inception1", before)


def test_without_expanding_a_double_click_zooms(page: Page, alone: Opens) -> None:
    diagram = alone("modules=3&fixed")
    before = diagram.box("inception1")
    page.mouse.dblclick(*before.center)
    assert diagram.box("inception1").width == pytest.approx(2 * before.width, rel=0.01)
    assert not diagram.button("Expand").is_visible()
