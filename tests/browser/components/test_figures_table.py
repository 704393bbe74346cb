"""The table of figures alone on a page: it is sorted, a row is selected, and a phone shows what matters most."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.frontend.components import figures_table as component
from app.frontend.components.figures_table import (
    NOTHING,
    FigureColumn,
    FigureRow,
    figures_table,
    share,
    signed,
    whole,
    words,
)
from tests.browser.components.static_page import StaticPage

COLUMNS = (
    FigureColumn("What", "words"),
    FigureColumn("MACs", help="Multiply-accumulates"),
    FigureColumn("share", "small"),
    FigureColumn("Change"),
    FigureColumn("FLOPs", "extra"),
)
NUMBERS = {  # in the order of the network; no two columns sort alike
    "Mixed_5b.branch3x3dbl.reduce": ("1×1", 5_710_662_752, -3),
    "Mixed_5b.branch3x3dbl.conv1": ("3×3", 90_000_000, None),
    "Mixed_5b.branch_pool.proj": ("avg", 800_000_000, 12),
}


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def opened(static_page: Callable[..., StaticPage], log: list[str]) -> StaticPage:
    selected = {"now": "Mixed_5b.branch3x3dbl.conv1"}

    def select(path: str) -> None:
        log.append(path)
        selected["now"] = path

    def show() -> None:
        figures_table("Part", COLUMNS, rows(), key="t", selected=selected["now"], on_select=select)

    return static_page(component, show, log)


def rows() -> list[FigureRow]:
    whole_macs = sum(macs for _, macs, _ in NUMBERS.values())
    return [
        FigureRow(
            path,
            path,
            f"about {what}",
            (
                words(what),
                whole(macs),
                share(macs / whole_macs),
                NOTHING if change is None else signed(change),
                whole(2 * macs),
            ),
        )
        for path, (what, macs, change) in NUMBERS.items()
    ]


def names(page: Page) -> list[str]:
    return [name.rpartition(".")[2] for name in page.locator("tbody th button").all_inner_texts()]


def test_a_heading_sorts_twice_and_back_and_what_is_missing_comes_last(page: Page, opened: StaticPage) -> None:
    expect(page.locator("tbody tr")).to_have_count(3)
    for heading, directions, orders in (
        ("MACs", ("descending", "ascending"), (["reduce", "proj", "conv1"], ["conv1", "proj", "reduce"])),
        ("Change", ("descending", "ascending"), (["proj", "reduce", "conv1"], ["reduce", "proj", "conv1"])),
        ("What", ("ascending", "descending"), (["reduce", "conv1", "proj"], ["proj", "conv1", "reduce"])),
    ):
        button = page.get_by_role("button", name=heading, exact=True)
        for direction, order in zip((*directions, "none"), (*orders, ["reduce", "conv1", "proj"]), strict=True):
            button.click()
            expect(page.locator("th", has=button)).to_have_attribute("aria-sort", direction)
            assert names(page) == order
            expect(button).to_be_focused()
    assert page.locator("tbody td.figure").first.inner_text().split() == ["5,710,662,752", "86.5%"]
    assert page.locator("tbody tr").nth(1).locator("td").nth(2).inner_text() == "–"


def test_a_click_and_the_keyboard_select_and_python_hears_it_once(
    page: Page, opened: StaticPage, log: list[str]
) -> None:
    pressed = page.locator("tbody [aria-pressed=true]")
    expect(pressed).to_have_text("Mixed_5b.branch3x3dbl.conv1")
    page.locator("tbody tr").nth(2).locator("td").last.click()
    expect(pressed).to_have_text("Mixed_5b.branch_pool.proj")
    pressed.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(pressed).to_have_text("Mixed_5b.branch3x3dbl.reduce")
    opened.rerun()
    expect(pressed).to_be_focused()
    assert log == ["Mixed_5b.branch_pool.proj", "Mixed_5b.branch3x3dbl.reduce"]


def test_on_a_phone_name_and_figures_fit_and_a_tap_opens_the_rest(page: Page, opened: StaticPage) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    scroller = page.locator(".scroller")
    assert scroller.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    row = page.locator("tbody tr").first
    for shown in (row.get_by_text("5,710,662,752"), row.get_by_text("86.5%"), row.get_by_text("−3")):
        expect(shown).to_be_visible()
    expect(row.get_by_text("11,421,325,504")).to_be_hidden()
    expect(row.get_by_text("about 1×1")).to_be_hidden()
    row.click()
    expect(row.get_by_text("about 1×1")).to_be_visible()
