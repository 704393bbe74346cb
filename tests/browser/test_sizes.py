"""Explore at every size of window: nothing lies over the diagram, nothing is cut, and every letter can be read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.visits import settled, show_whole_network

SIZES = ((1920, 1080), (1440, 900), (1280, 800), (960, 600), (853, 480), (390, 844))
FAULTS = """(view) => {
  const box = (e) => e.getBoundingClientRect()
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && box(e).width > 1
  const frame = box(view), canvas = box(view.querySelector(".canvas"))
  const tools = [...view.querySelectorAll(".bar > *, .legend, .map")].filter(shown)
  const page = document.querySelector("[data-testid=stMain]")
  const faults = tools.filter((e) => box(e).left < frame.left || box(e).right > frame.right)
    .map((e) => `${e.className || e.title} is past the frame`)
  if (page.scrollWidth > innerWidth) faults.push(`the page is ${page.scrollWidth} wide`)
  for (const text of view.querySelectorAll(".drawn text")) {
    const px = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a
    if (px < 12.99) faults.push(`${text.textContent} has letters of ${px} px`)
  }
  for (const node of view.querySelectorAll(".node")) {
    const { left, right, top, bottom } = box(node)
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
  const pill = document.querySelector(".network-head .changes")
  if (pill.scrollWidth > pill.clientWidth) faults.push(`${pill.innerText} is cut`)
  const [totals, goal] = [".st-key-totals", ".st-key-goal"].map((css) => box(document.querySelector(css)))
  if (goal.top >= totals.bottom) faults.push("Goal has a row of its own")
  return faults
}"""


@pytest.mark.parametrize("whole", [False, True])
def test_nothing_covers_or_cuts_the_diagram(page: Page, app_url: str, whole: bool) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{app_url}/?variant=inception_v3&edits=v:2,w:(Mixed_5b:(branch5x5.conv:80))")
    settled(page)
    if whole:
        show_whole_network(page)
    view = page.locator(".view")
    expect(view.locator(".node").first).to_be_visible()
    expect(page.locator(".st-key-goal button")).to_be_visible()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        try:
            page.wait_for_function(f"view => !({FAULTS})(view).length", arg=view.element_handle(), timeout=5000)
        except TimeoutError:
            pytest.fail(f"{width} x {height}: {view.evaluate(FAULTS)}", pytrace=False)
