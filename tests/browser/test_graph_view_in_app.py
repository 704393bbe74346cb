"""The diagram component as part of an app: its messages, its place on the page, its theme, Streamlit's own keys."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.diagram import Diagram, demo, near
from tests.browser.small_network import REDUCE


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo(tmp_path_factory.mktemp("graph_view")) as address:
        yield address


def test_a_click_is_shown_at_once_and_told_once(page: Page, url: str) -> None:
    small = Diagram.in_app(page, url)
    small.page.evaluate(
        "() => addEventListener('click', e => { window.atOnce = e.composedPath()"
        ".find(n => n.classList?.contains('node'))?.getAttribute('aria-current') })"
    )
    small.click("inception1")
    assert small.page.evaluate("window.atOnce") == "true"  # in the click itself, before any message
    small.expect_said("select inception1")
    small.expect_chosen("inception1")


def test_a_diagram_in_a_closed_tab_is_placed_when_the_tab_opens(page: Page, url: str) -> None:
    diagram = Diagram.in_app(page, url, "tabs")
    page.get_by_role("tab", name="Second").click()
    expect(page.locator(".view .canvas")).to_be_visible()
    page.wait_for_function("e => e.getBoundingClientRect().width > 50", arg=diagram.place("input").element_handle())
    assert all(diagram.of(".canvas").holds(diagram.box(path)) for path in ("input", "inception0", "inception2"))
    diagram.button("Zoom in").click()
    before = diagram.box("inception1")
    page.get_by_role("tab", name="First").click()
    expect(page.locator(".view .canvas")).to_be_hidden()
    page.get_by_role("tab", name="Second").click()
    expect(page.locator(".view .canvas")).to_be_visible()
    assert diagram.box("inception1") == before


def test_an_edit_patches_the_drawing_on_the_page(page: Page, url: str) -> None:
    diagram = Diagram.in_app(page, url, "open=all")
    diagram.button("Zoom out").click()
    page.emulate_media(reduced_motion="no-preference")
    diagram.place("inception2.concat").evaluate("e => { e.untouched = e.firstElementChild }")
    diagram.place(REDUCE).evaluate("e => { e.kept = true }")
    page.locator(".view .flashes").evaluate("""e => { window.lit = []
        const log = (record) => record.addedNodes.forEach(ring => lit.push(ring.getAttribute('class')))
        new MutationObserver(records => records.forEach(log)).observe(e, {childList: true}) }""")
    before = diagram.box(REDUCE), diagram.box("inception2.concat")
    page.get_by_test_id("stNumberInputStepUp").click()
    expect(diagram.place(REDUCE)).to_contain_text("104")
    assert diagram.place(REDUCE).evaluate("e => e.kept")
    assert diagram.place("inception2.concat").evaluate("e => e.untouched === e.firstElementChild")
    assert (diagram.box(REDUCE), diagram.box("inception2.concat")) == before
    assert page.evaluate("lit") == ["edited"]  # one place lights up, where the edit landed
    assert "104 filters" in (diagram.place(REDUCE).get_attribute("aria-label") or "")


def test_the_view_outlives_a_visit_to_another_page(page: Page, url: str) -> None:
    small = Diagram.in_app(page, url)
    small.button("Zoom in").click()
    before = small.box("inception1")
    small.page.get_by_role("link", name="Other").click()
    expect(small.page.get_by_role("heading", name="Another page")).to_be_visible()
    small.page.get_by_role("link", name="Diagram").click()
    expect(small.place("inception1")).to_be_attached()
    assert near(small.box("inception1").center, before.center)
    assert small.box("inception1").width == pytest.approx(before.width)


FOUND = {"3x3": 6, "3X3 RED": 3, "inception1.": 8, "inception 1": 9, REDUCE: 1, "104": 0, "96": 1, "c": 27}


def test_search_counts_paths_and_labels(page: Page, url: str) -> None:
    diagram = Diagram.in_app(page, url, "open=all")
    search = page.get_by_label("Search the diagram")
    for query, count in FOUND.items():
        search.clear()
        search.press_sequentially(query)
        expect(page.locator(".view .count")).to_have_text(str(count))
        assert page.locator(".view g[data-match]").count() == count
    assert page.get_by_role("dialog").count() == 0  # "c" and "r" are Streamlit's shortcuts
    diagram.expect_said()


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2) of `rgb(r, g, b)` or `color(srgb r g b)`."""
    numbers = [float(n) for n in re.findall(r"[\d.]+", color)[:3]]
    parts = numbers if color.startswith("color") else [n / 255 for n in numbers]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_no_colour_follows_the_theme(page: Page, url: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    Diagram.in_app(page, url, "open=all")
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
