"""The sliders alone on a page: what a hand does, and what Python hears of it and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from app.frontend.components import width_sliders as component
from app.frontend.components.width_sliders import WidthSlider, width_sliders
from tests.browser.components.static_page import StaticPage

HIGH = 400


@dataclass
class Widths:
    """A network of two numbers."""

    widths: dict[str, int] = field(default_factory=lambda: {"a.one": 100, "a.two": 64})
    refused: dict[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def show(self) -> None:
        sliders = [self._slider(path, width) for path, width in self.widths.items()]
        width_sliders({"a": sliders, "b": []}, selected="a", key="sliders", on_edit=self.edit)

    def _slider(self, path: str, width: int) -> WidthSlider:
        typed = self.refused.get(path)
        error = None if typed is None else f"{typed} is not a width."
        return WidthSlider(path, path[2:], width, 100, HIGH, "#0072B2", error, typed)

    def edit(self, typed: Mapping[str, str]) -> None:
        self.log.append(f"edit {dict(typed)}")
        for path, text in typed.items():
            self.refused.pop(path, None)
            if text.isdecimal():
                self.widths[path] = int(text)
            else:
                self.refused[path] = text


@pytest.fixture
def opened(static_page: Callable[..., StaticPage]) -> Callable[..., StaticPage]:
    def go(work_seconds: float = 0) -> StaticPage:
        network = Widths()
        return static_page(component, network.show, network.log, work_seconds)

    return go


def slider(page: Page, path: str = "a.one") -> Locator:
    return page.get_by_role("slider", name=f"filters of {path}", exact=True)


def exact(page: Page, path: str = "a.one") -> Locator:
    return page.get_by_role("textbox", name=f"filters of {path}, exact")


def expect_said(page: Page, *lines: str) -> None:
    expect(page.get_by_test_id("stCode")).to_have_text("\n".join(lines), use_inner_text=True)


def move(page: Page, *values: tuple[str, int]) -> None:
    """Moves thumbs faster than any answer comes."""
    page.evaluate(
        """values => { for (const [path, width] of values) {
             const thumb = document.getElementById("component").shadowRoot
               .querySelector(`[aria-label="filters of ${path}"]`)
             thumb.value = width
             thumb.dispatchEvent(new Event("input", { bubbles: true })) } }""",
        values,
    )


def test_a_drag_does_not_queue_up_and_the_thumb_stays_under_the_hand(
    page: Page, opened: Callable[..., StaticPage]
) -> None:
    opened(0.2)
    slider(page).evaluate(
        """thumb => { window.seen = []
             new MutationObserver(() => seen.push(thumb.value)).observe(
               document.querySelector("[data-testid=stCode]"), { childList: true }) }"""
    )
    move(page, *(("a.one", width) for width in range(110, 301, 10)))
    expect_said(page, "edit {'a.one': '110'}", "edit {'a.one': '300'}")
    expect(exact(page)).to_have_value("300")
    assert page.evaluate("seen") == ["300", "300"]  # also when Python had said 110


def test_two_numbers_that_change_while_python_works_go_as_one_message(
    page: Page, opened: Callable[..., StaticPage]
) -> None:
    opened(0.2)
    move(page, ("a.one", 101), ("a.two", 65), ("a.one", 102), ("a.two", 66), ("a.one", 103))
    expect_said(page, "edit {'a.one': '101'}", "edit {'a.two': '66', 'a.one': '103'}")


def test_what_is_not_answered_is_sent_again_after_four_seconds_with_what_is_newer(
    page: Page, opened: Callable[..., StaticPage]
) -> None:
    page.clock.install()
    opened()
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))  # a slow machine is not a slow answer
    page.evaluate("running = true")  # Python does not hear the next message
    slider(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.evaluate("[running, waiting] = [false, undefined]")
    page.clock.fast_forward(3900)
    expect_said(page)
    page.clock.fast_forward(200)
    page.clock.resume()
    expect_said(page, "edit {'a.one': '102'}")
    page.keyboard.press("ArrowRight")
    expect_said(page, "edit {'a.one': '102'}", "edit {'a.one': '103'}")
    page.clock.fast_forward(9000)
    expect_said(page, "edit {'a.one': '102'}", "edit {'a.one': '103'}")


def test_a_rerun_leaves_what_is_being_typed(page: Page, opened: Callable[..., StaticPage]) -> None:
    static = opened()
    exact(page).fill("12")
    static.rerun()
    expect(exact(page)).to_have_value("12")
    expect(exact(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(exact(page)).to_have_value("100")
    exact(page).blur()
    expect_said(page)


def test_a_width_that_is_typed_while_it_is_taken_back_is_noticed(
    page: Page, static_page: Callable[..., StaticPage]
) -> None:
    """As in a lesson that opens its network anew: what is typed was there before, so the browser sees no change."""
    network = Widths({"a.one": 64, "a.two": 64})
    static = static_page(component, network.show, network.log)
    exact(page).select_text()
    page.keyboard.type("64")
    network.widths["a.one"] = 100
    static.rerun()
    expect(slider(page)).to_have_value("100")
    page.keyboard.press("Enter")
    expect_said(page, "edit {'a.one': '64'}")
    expect(exact(page)).to_have_value("64")


def test_keys_a_wrong_text_and_the_way_back(page: Page, opened: Callable[..., StaticPage]) -> None:
    opened()
    exact(page).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    expect(exact(page)).to_have_value("107")
    expect(slider(page)).to_have_value("107")
    expect(page.get_by_test_id("stCode")).to_contain_text("'107'")  # what is not told yet gives way to newer text
    exact(page).fill("many")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="many is not a width.")).to_be_visible()
    expect(exact(page)).to_have_attribute("aria-invalid", "true")
    expect(exact(page)).to_have_value("many")
    expect(slider(page)).to_have_value("107")
    page.get_by_role("button", name="a.one: back to the published 100").click()
    expect(exact(page)).to_have_value("100")
    expect(page.get_by_role("alert").filter(has_text="width")).to_have_count(0)
    lines = page.get_by_test_id("stCode").inner_text().splitlines()
    assert lines[-2:] == ["edit {'a.one': 'many'}", "edit {'a.one': '100'}"]


def test_another_stage_is_shown_as_soon_as_it_is_selected(page: Page, opened: Callable[..., StaticPage]) -> None:
    opened()
    expect(page.get_by_text("no filter counts of its own")).to_be_hidden()
    page.evaluate("""dispatchEvent(new CustomEvent("inception-selected", { detail: "b.branch.conv" }))""")
    expect(page.get_by_text("no filter counts of its own")).to_be_visible()
    expect(slider(page)).to_have_count(0)
    expect_said(page)
