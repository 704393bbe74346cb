"""Lessons in the real app: one by keyboard alone, one on a phone; what was open before comes back."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from app.backend.common.links import to_query
from app.backend.learn.lessons import Lesson
from app.backend.learn.reading import lessons
from inception_models import ARCHITECTURES, with_widths
from tests.browser.visits import SLOW_MS, fits, settled

OWN = with_widths(ARCHITECTURES["googlenet"], {"inception4e.branch5x5.reduce": 24})


def press(page: Page, name: str) -> None:
    """By keyboard: the focus goes to the button by Tab's order, and Enter presses it."""
    button = page.locator(".st-key-lesson").get_by_role("button", name=re.compile(rf"^{name}\b"))
    expect(button).to_be_visible(timeout=SLOW_MS)
    button.focus()
    page.keyboard.press("Enter")


def at_step(page: Page, lesson: Lesson, number: int) -> None:
    expect(page.locator(".lesson h2")).to_contain_text(f"step {number} of {len(lesson.steps)}", timeout=SLOW_MS)
    expect(page.locator(".lesson h2")).to_contain_text(lesson.steps[number - 1].title)
    settled(page)


def done(page: Page) -> None:
    expect(page.locator(".lesson .done")).to_be_visible(timeout=SLOW_MS)


def test_the_first_lesson_by_keyboard_from_a_newcomers_way_in_to_its_end(page: Page, app_url: str) -> None:
    lesson = lessons()["1_why_1x1"]
    page.goto(f"{app_url}/?{urlencode(to_query(OWN))}")
    settled(page)
    page.get_by_role("button", name="Why 1×1?").press("Enter")
    at_step(page, lesson, 1)
    page.get_by_role("button", name=re.compile("^inception 3a: ")).focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):  # into the module, to the 5×5 branch
        page.keyboard.press(key)
    done(page)
    settled(page)
    page.keyboard.press("Escape")  # out of the number's field
    expect(page.get_by_role("button", name=re.compile("^1×1 reduction 16: "))).to_be_focused()
    page.keyboard.press("Control+Enter")  # from the drawing
    at_step(page, lesson, 2)
    page.get_by_role("radio", name="Structure").press("Enter")
    part = page.get_by_role("combobox", name="Branch or layer")
    part.focus()
    page.keyboard.type("branch5x5.reduce")
    page.keyboard.press("Enter")
    expect(part).to_have_value(re.compile("branch5x5.reduce"))
    page.get_by_role("button", name="Remove", exact=True).press("Enter")
    done(page)
    expect(page.locator(".lesson .done")).to_contain_text("So the 16 filters of this 1×1 save 108 M MACs")
    press(page, "Next")
    at_step(page, lesson, 3)
    expect(page.locator(".st-key-lesson").get_by_role("button", name=re.compile("^Next"))).to_be_focused()
    field = page.locator(".st-key-table1").get_by_label("filters of inception3a.branch5x5.reduce,", exact=False).first
    field.focus()
    field.fill("64")
    page.keyboard.press("Enter")
    done(page)  # noticed without a click
    press(page, "Next")
    at_step(page, lesson, 4)
    expect(page).to_have_url(re.compile("/picture"))
    maps = page.locator(".mosaic").first
    expect(maps).to_be_visible(timeout=SLOW_MS)
    maps.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    done(page)
    expect(page.get_by_text("Patch × filter → products")).to_be_visible(timeout=SLOW_MS)
    press(page, "Next")
    at_step(page, lesson, 5)
    press(page, "Do it for me")
    done(page)
    press(page, "Finish")
    expect(page.get_by_text("Finished")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Explore").press("Enter")
    settled(page)
    expect(page).to_have_url(
        re.compile("inception4e.branch5x5.reduce(:|%3A)24"), timeout=SLOW_MS
    )  # what was open before
    expect(page.get_by_text("New here?")).to_have_count(0)


def test_a_lesson_on_a_phone_keeps_its_place_when_it_is_left(page: Page, app_url: str) -> None:
    lesson = lessons()["9_shrink_it"]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app_url}/learn")
    page.locator('[class*="9_shrink"]').get_by_role("button").click()
    for number in range(1, len(lesson.steps) + 1):
        at_step(page, lesson, number)
        fits(page, "html")
        box = page.locator(".st-key-lesson").bounding_box()
        assert box
        assert box["height"] < 844 * 0.4
        press(page, "Do it for me")
        done(page)
        if number == 2:
            press(page, "Leave")
            expect(page.get_by_text("You are at step 3 of 4")).to_be_visible(timeout=SLOW_MS)
            page.reload()
            expect(page.get_by_text("You are at step 3 of 4")).to_be_visible(timeout=SLOW_MS)
            page.locator('[class*="9_shrink"]').get_by_role("button").click()
        else:
            press(page, "Finish" if number == len(lesson.steps) else "Next")
    expect(page.get_by_text("Finished")).to_be_visible(timeout=SLOW_MS)
