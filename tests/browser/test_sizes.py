"""Explore at every size of window: nothing lies over the diagram, nothing is cut, and every letter can be read. On all
pages a finger finds what can be clicked.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.visits import SLOW_MS, settled, show_whole_network

SIZES = ((1920, 1080), (1440, 900), (1280, 800), (960, 600), (853, 480), (390, 844))
FAULTS = """(view) => {
  const box = (e) => e.getBoundingClientRect()
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && box(e).width > 1
  const frame = box(view), canvas = box(view.querySelector(".canvas"))
  const tools = [...view.querySelectorAll(".bar > *, .legend, .map")].filter(shown)
  const page = document.querySelector("[data-testid=stMain]")
  const faults = tools.filter((e) => box(e).left < frame.left || box(e).right > frame.right)
    .map((e) => `${e.className || e.title} is past the frame`)
  if (frame.bottom > box(document.querySelector(".st-key-explore")).bottom + 1) faults.push("the view is past its room")
  if (page.scrollWidth > innerWidth) faults.push(`the page is ${page.scrollWidth} wide`)
  for (const text of view.querySelectorAll(".drawn text")) {
    const px = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a
    if (px < 12.99) faults.push(`${text.textContent} has letters of ${px} px`)
  }
  for (const node of view.querySelectorAll(".node")) {
    const { left, right, top, bottom } = box(node)
    const border = box(node.querySelector("rect"))
    for (const text of node.querySelectorAll("text"))
      if (box(text).left < border.left + 1 || box(text).right > border.right - 1)
        faults.push(`${text.textContent} is over the border of ${node.id}`)
    const seen = { left: Math.max(left, canvas.left), right: Math.min(right, canvas.right),
                   top: Math.max(top, canvas.top), bottom: Math.min(bottom, canvas.bottom) }
    if (seen.left >= seen.right || seen.top >= seen.bottom) continue
    for (const tool of tools) {
      const over = box(tool)
      if (over.left < seen.right && over.right > seen.left && over.top < seen.bottom && over.bottom > seen.top)
        faults.push(`${tool.className || tool.title} covers ${node.id}`)
    }
    if (view.hasAttribute("data-part") && (left < canvas.left || right > canvas.right)) faults.push(`${node.id} is cut`)
  }
  for (const css of [".network-head", ".st-key-diagram-choices", ".st-key-goal"])
    for (const e of document.querySelectorAll(`${css} button`))
      if (shown(e) && box(e).right > innerWidth) faults.push(`${e.innerText} is past the window`)
  const card = document.querySelector(".st-key-inspector .inspector"), below = document.querySelector(".st-key-edit")
  if (box(card).top < box(below).top && box(card).bottom > box(below).top + 1) faults.push("the card is under the tabs")
  const sliders = document.querySelector(".st-key-sliders [data-testid=stBidiComponentIsolated]")
  for (const e of sliders.shadowRoot.querySelectorAll("input[type=text]"))
    if (e.scrollWidth > e.clientWidth) faults.push(`${e.ariaLabel} is cut: ${e.value}`)
  const inspector = document.querySelector(".st-key-inspector")
  if (inspector.scrollWidth > inspector.clientWidth) faults.push("a column of the branches is cut")
  const pill = document.querySelector(".network-head .changes")
  if (pill.scrollWidth > pill.clientWidth) faults.push(`${pill.innerText} is cut`)
  const [totals, goal] = [".st-key-totals", ".st-key-goal"].map((css) => box(document.querySelector(css)))
  if (goal.top >= totals.bottom) faults.push("Goal has a row of its own")
  return faults
}"""

# WCAG 2.5.8, without the exception for small targets that are far from one another. Links in a sentence are exempt.
SMALL_TARGETS = """() => {
  const every = (root) => [...root.querySelectorAll("*")].flatMap((e) => e.shadowRoot ? [e, ...every(e.shadowRoot)] : e)
  const target = "a[href], button, input, select, summary, [role=radio], [role=tab], [role=option], .modebar-btn"
  const unseen = (e) => e.ariaLabel === "Dismiss" || e.closest(".main-svg") || !e.checkVisibility()
  const around = "label, .stMultiSelect [role=group]:has([role=combobox])"
  const size = (e) => {
    const thumb = e.matches(".stSlider input") && getComputedStyle(e.closest("[style*=translate]"), "::before")
    if (thumb) return [parseFloat(thumb.width), parseFloat(thumb.height)]
    const { width, height } = (e.matches("input") && e.closest(around) || e).getBoundingClientRect()
    return [width, height]
  }
  return every(document).filter((e) => e.matches(target) && !unseen(e) && getComputedStyle(e).display !== "inline")
    .filter((e) => size(e)[0] > 1 && Math.min(...size(e)) < 23.9)
    .map((e) => `${e.outerHTML.slice(0, 160)}: ${size(e).map(Math.round)}`)
}"""


@pytest.mark.parametrize("shown", ["Mixed_5b", "Mixed_6a", "all"])
def test_nothing_covers_or_cuts_the_diagram(page: Page, app_url: str, shown: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    selected = "" if shown == "all" else f"&selected={shown}"
    page.goto(f"{app_url}/?variant=inception_v3&edits=v:2,w:(Mixed_5b:(branch5x5.conv:8192)){selected}")
    settled(page)
    if shown == "all":
        show_whole_network(page)
    view = page.locator(".view")
    expect(view.locator(".node").first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".st-key-goal button")).to_be_visible(timeout=SLOW_MS)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        try:
            page.wait_for_function(f"view => !({FAULTS})(view).length", arg=view.element_handle(), timeout=5000)
        except TimeoutError:
            pytest.fail(f"{width} x {height}: {view.evaluate(FAULTS)}", pytrace=False)


def small_targets(page: Page) -> list[str]:
    """Those that stay so: what opens grows, and what was just drawn may not have its style."""
    with suppress(TimeoutError):
        page.wait_for_function(f"() => !({SMALL_TARGETS})().length", timeout=5000)
    found: list[str] = page.evaluate(SMALL_TARGETS)
    return found


def test_every_target_is_large_enough_for_a_finger(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?variant=inception_v3&edits=v:2,w:(Mixed_5b:(branch5x5.conv:80))")
    settled(page)
    page.locator(".st-key-more button").first.click()
    expect(page.get_by_text("Every copy")).to_be_visible(timeout=SLOW_MS)
    small = {"Explore": small_targets(page)}
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Take home").click()
    expect(page.get_by_role("dialog").get_by_role("tab").first).to_be_visible(timeout=SLOW_MS)
    small["Take home"] = small_targets(page)
    page.keyboard.press("Escape")
    for name, last in (("Costs", ".barlayer"), ("Search", ".stMultiSelect"), ("Train", ".stSlider")):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator(last).first).to_be_visible(timeout=SLOW_MS)
        small[name] = small_targets(page)
    assert not any(small.values()), "\n".join(f"{name}: {text}" for name, texts in small.items() for text in texts)
