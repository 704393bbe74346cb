"""The editable table in a real browser, as GoogLeNet's Table 1: alone on a page, and as part of an app."""

import sys
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from app.frontend.components import width_table
from tests.app_server import free_port, served
from tests.browser.components.static_page import StaticPage
from tests.browser.components.table_one import TableOne

APP = "tests/browser/components/width_table_app.py"
PATIENCE_MS = 30_000  # for what waits for the server, on a busy machine


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    # The developer's toolbar brings the one-letter shortcuts that a field must keep its letters from.
    options = ("--server.port", str(port), "--client.toolbarMode", "developer")
    with served(
        (sys.executable, "-m", "streamlit", "run", APP, *options),
        address,
        tmp_path_factory.mktemp("width_table") / "server.log",
    ):
        yield address


@pytest.fixture
def opened(page: Page, static_page: Callable[..., StaticPage]) -> Callable[..., None]:
    """Opens the table alone on a page. What ``show`` of TableOne takes can be given."""

    def go(work_seconds: float = 0, **options: object) -> None:
        table = TableOne()
        static_page(width_table, partial(table.show, **options), table.log, work_seconds)

    return go


def opened_app(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}/?{query}")
    expect(field(page, "inception3a.branch1x1.conv")).to_have_value("64", timeout=PATIENCE_MS)


def field(page: Page, path: str) -> Locator:
    return page.get_by_role("textbox", name=f"filters of {path}, 1 to 4096", exact=True)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("button", name=name, exact=True))


def said(page: Page) -> list[str]:
    """What the callbacks were told, in order; complete once the page shows the last of it."""
    return page.get_by_test_id("stCode").inner_text().strip().splitlines()


def expect_said(page: Page, *lines: str) -> None:
    expect(page.get_by_test_id("stCode")).to_have_text("\n".join(lines), use_inner_text=True, timeout=PATIENCE_MS)


def edit(path: str, text: str) -> str:
    return f"edit {{'{path}': '{text}'}}"


NO_WIDTHS = ("abc", "0", "4097", "1e9", "-5", "33.5", "<img src=x onerror=alert(1)>")


def test_what_is_not_a_width_stays_with_a_sentence(page: Page, opened: Callable[..., None]) -> None:
    opened()
    told: list[str] = []
    for typed in NO_WIDTHS:
        refused(page, typed)
        told += [edit("inception4c.branch5x5.conv", typed), edit("inception4c.branch5x5.conv", "64")]
        expect_said(page, *told)


def refused(page: Page, typed: str) -> None:
    cell = field(page, "inception4c.branch5x5.conv")
    cell.fill(typed)
    cell.press("Enter")
    sentence = f"inception4c.branch5x5.conv: “{typed}” is not a whole number from 1 to 4096."
    expect(cell).to_have_accessible_description(sentence)
    expect(cell).to_have_attribute("aria-invalid", "true")
    expect(cell).to_have_value(typed)
    expect(row(page, "inception4c")).to_contain_text("509 k")  # still the last valid width
    expect(page.locator("img[src=x]")).to_have_count(0)

    page.get_by_role("button", name=sentence).click()
    expect(cell).to_be_focused()
    page.keyboard.press("Escape")
    expect(cell).to_have_value("64")
    expect(cell).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("work_seconds", [0, 0.4], ids=["fast", "slow"])
def test_quick_edits_all_arrive_once(page: Page, opened: Callable[..., None], work_seconds: float) -> None:
    opened(work_seconds)
    quick_edits_arrive_once(page)


def quick_edits_arrive_once(page: Page) -> None:
    field(page, "inception3a.branch1x1.conv").focus()
    for text in ("72", "104", "136"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type("24")
    page.keyboard.press("Shift+Tab")
    expected = (
        ("inception3a.branch1x1.conv", "72", "64"),
        ("inception3a.branch3x3.reduce", "104", "96"),
        ("inception3a.branch3x3.conv", "136", "128"),
        ("inception3a.branch5x5.reduce", "24", "16"),
    )
    expect_said(page, *(edit(path, text) for path, text, _ in expected))
    for path, _, was in expected:
        expect(field(page, path)).to_have_accessible_description(f"was {was}")
    expect(field(page, "inception3a.branch3x3.conv")).to_be_focused()


@pytest.mark.parametrize("with_changes", [False, True], ids=["patched", "rebuilt"])
def test_a_rerun_leaves_what_is_being_typed(page: Page, opened: Callable[..., None], with_changes: bool) -> None:
    opened(0.3, with_changes=with_changes)
    field(page, "inception3a.branch1x1.conv").focus()
    page.keyboard.type("72")
    page.keyboard.press("Tab")
    page.keyboard.type("1234")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect_said(page, edit("inception3a.branch1x1.conv", "72"))
    expect(field(page, "inception3a.branch1x1.conv")).to_have_accessible_description("was 64")
    typing = field(page, "inception3a.branch3x3.reduce")
    expect(typing).to_be_focused()
    expect(typing).to_have_value("1234")
    assert typing.evaluate("field => [field.selectionStart, field.selectionEnd]") == [2, 2]
    page.keyboard.press("Escape")
    expect(typing).to_have_value("96")
    assert len(said(page)) == 1


def test_blur_commits_and_an_unchanged_text_says_nothing(page: Page, opened: Callable[..., None]) -> None:
    opened()
    cell = field(page, "conv1")
    cell.fill("64")
    field(page, "conv2.conv").click()
    cell.fill("48")
    page.get_by_role("heading", name="Table 1").click()
    expect_said(page, edit("conv1", "48"))


def test_arrows_step_and_wait_for_the_last(page: Page, opened: Callable[..., None]) -> None:
    opened()
    cell = field(page, "inception3a.branch1x1.conv")
    cell.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "Shift+ArrowDown"):
        page.keyboard.press(key)
    said = page.get_by_test_id("stCode")
    expect(cell).to_have_value("87")
    expect(said).to_contain_text(edit("inception3a.branch1x1.conv", "87"), timeout=PATIENCE_MS)
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    expect(cell).to_have_value("1")
    expect(cell).to_be_focused()
    expect(said).to_contain_text(edit("inception3a.branch1x1.conv", "1"), timeout=PATIENCE_MS)
    assert said.inner_text().count("edit") <= 6  # two, unless the machine pauses between two presses


def test_arrows_move_across_like_in_a_spreadsheet(page: Page, opened: Callable[..., None]) -> None:
    opened()
    field(page, "inception3a.branch1x1.conv").focus()
    page.keyboard.press("ArrowRight")
    expect(field(page, "inception3a.branch3x3.reduce")).to_be_focused()
    page.keyboard.type("80")
    page.keyboard.press("ArrowLeft")
    expect(field(page, "inception3a.branch3x3.reduce")).to_be_focused()  # the caret moves inside what is typed
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name="inception3a", exact=True)).to_be_focused()


@pytest.mark.parametrize("how", ["cell", "row", "table", "empty", "key"])
def test_reset(page: Page, opened: Callable[..., None], how: str) -> None:
    opened()
    path = "inception4a.branch3x3.conv"
    cell = field(page, path)
    cell.fill("300")
    cell.press("Enter")
    field(page, "inception4a.pool.proj").fill("wide")
    field(page, "inception4a.pool.proj").press("Enter")
    expect(page.get_by_role("button", name="Reset 2 cells")).to_be_visible()
    match how:
        case "cell":
            cell.hover()
            page.get_by_role("button", name=f"Put {path} back to 208").click()
        case "row":
            page.get_by_role("button", name="Put inception4a back").click()
        case "table":
            page.get_by_role("button", name="Reset 2 cells").click()
        case "empty":
            cell.fill("")
            cell.press("Enter")
        case _:
            page.get_by_role("button", name="inception4a", exact=True).focus()
            page.keyboard.press("Delete")
    expect(cell).to_have_value("208")
    expect(cell).to_have_accessible_description("")
    both = f"reset ['{path}', 'inception4a.pool.proj']"
    last = {"cell": f"reset ['{path}']", "empty": edit(path, "208")}.get(how, both)
    expect_said(page, edit(path, "300"), edit("inception4a.pool.proj", "wide"), last)
    if last == both:
        expect(field(page, "inception4a.pool.proj")).to_have_value("64")
        expect(page.get_by_role("button", name="Reset")).to_have_count(0)


def test_a_row_is_selected_by_click_or_key_but_not_by_editing(page: Page, opened: Callable[..., None]) -> None:
    opened()
    field(page, "inception4b.branch1x1.conv").click()
    row(page, "inception4b").get_by_text("449 k").click()
    expect_said(page, "select inception4b")
    name = page.get_by_role("button", name="inception4b", exact=True)
    expect(name).to_have_attribute("aria-pressed", "true")
    name.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect_said(page, "select inception4b", "select inception4c")
    expect(name).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="inception4c", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_pasted_block_fills_the_cells_in_one_step(page: Page, opened: Callable[..., None]) -> None:
    opened()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # Three lines from a spreadsheet: empty cells change nothing, and the second line falls on the pool.
    block = "\t200\t\t50\r\n1\t1\t1\t1\r\n\t210\tabc\t55\r\n"
    page.evaluate("block => navigator.clipboard.writeText(block)", block)
    field(page, "inception3b.branch3x3.reduce").focus()
    page.keyboard.press("Control+V")
    expect(field(page, "inception4a.branch5x5.conv")).to_have_accessible_description("was 48")
    expect(field(page, "inception4a.branch5x5.reduce")).to_have_value("abc")
    expect(field(page, "inception4a.branch5x5.reduce")).to_have_attribute("aria-invalid", "true")
    expect(field(page, "inception3b.branch5x5.reduce")).to_have_value("32")
    typed = {
        "inception3b.branch3x3.conv": "200",
        "inception3b.branch5x5.conv": "50",
        "inception4a.branch3x3.conv": "210",
        "inception4a.branch5x5.reduce": "abc",
        "inception4a.branch5x5.conv": "55",
    }
    expect_said(page, f"edit {typed}")


def test_with_a_height_the_header_stays(page: Page, opened: Callable[..., None]) -> None:
    opened(height_px=420)
    field(page, "inception5b.branch1x1.conv").focus()
    head = page.get_by_role("columnheader", name="pool proj").bounding_box()
    cell = field(page, "inception5b.branch1x1.conv").bounding_box()
    assert head is not None
    assert cell is not None
    assert 0 <= head["y"] < cell["y"]
    assert cell["y"] + cell["height"] <= head["y"] + 420


# ---- As a part of an app


def test_quick_edits_all_arrive_once_at_a_slow_server(page: Page, url: str) -> None:
    opened_app(page, url, "work=0.4")
    quick_edits_arrive_once(page)


def test_enter_commits_marks_the_cell_and_moves_down(page: Page, url: str) -> None:
    opened_app(page, url)
    cell = field(page, "inception3a.branch3x3.conv")
    cell.fill("160")
    cell.press("Enter")
    expect_said(page, edit("inception3a.branch3x3.conv", "160"))
    expect(cell).to_have_accessible_description("was 128")
    # 192 x (64 + 96 + 16 + 32) + 9 x 96 x 160 + 25 x 16 x 32
    expect(row(page, "inception3a").get_by_text("191 k")).to_have_attribute("data-tip", "190,976")
    expect(row(page, "inception3a")).to_contain_text("+16.9%")
    expect(field(page, "inception3b.branch3x3.conv")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field(page, "inception4a.branch3x3.conv")).to_be_focused()  # over the pool, which has no fields
    page.keyboard.press("Shift+Enter")
    expect(field(page, "inception3b.branch3x3.conv")).to_be_focused()
    assert len(said(page)) == 1


def test_letters_in_a_field_are_not_streamlits_shortcuts(page: Page, url: str) -> None:
    opened_app(page, url)
    expect(page.get_by_text("run 1", exact=True)).to_be_visible()
    field(page, "conv1").focus()
    page.keyboard.type("rc")
    page.keyboard.press("Enter")
    expect_said(page, edit("conv1", "rc"))
    expect(page.get_by_text("run 2", exact=True)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_on_a_phone_the_table_scrolls_inside_itself(page: Page, url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened_app(page, url)
    name = page.get_by_role("button", name="inception4b", exact=True)
    before = name.bounding_box()
    title = page.get_by_role("heading", name="Table 1")
    title_before = title.bounding_box()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert before is not None
    for path in ("inception4b.pool.proj", "inception4b.branch3x3.reduce"):  # to the right, and back to the left
        field(page, path).focus()
        cell = field(page, path).bounding_box()
        assert cell is not None
        assert before["x"] + before["width"] <= cell["x"]
        assert cell["x"] + cell["width"] <= 390
        assert name.bounding_box() == before
        assert title.bounding_box() == title_before
