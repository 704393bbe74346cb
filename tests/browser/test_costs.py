"""The Costs page in Chromium: every tab shows the backend's numbers, and a click selects the same part everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from app.backend import analyze
from app.backend.common.quantity import exact
from app.backend.memory.inference import inference_memory
from app.backend.tables.cost_table import cost_table, table_csv, table_json
from app.backend.tables.torchinfo_summary import mult_adds
from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.edits.widths import scaled
from tests.browser.visits import SLOW_MS, fits, open_page, settled

GOOGLENET = ARCHITECTURES["googlenet"]
EDITED = with_widths(GOOGLENET, {"inception3a.branch3x3.conv": 136})
COSTS_TABS = ("Overview", "Tree", "Layers", "Sensitivity", "Memory", "Time", "torchinfo")


LYING_OVER = """() => {
  const box = (e) => e.getBoundingClientRect()
  const over = (a, b) => box(a).left < box(b).right && box(b).left < box(a).right
    && box(a).top < box(b).bottom && box(b).top < box(a).bottom
  const faults = []
  for (const plot of document.querySelectorAll(".js-plotly-plot")) {
    const all = (css) => [...plot.querySelectorAll(css)]
    const legend = all(".legendtext"), titles = all(".infolayer [class^=g-] text")
    for (const text of legend)
      for (const other of [...all(".modebar-btn"), ...titles])
        if (over(text, other)) faults.push(`${text.textContent} is under ${other.dataset.title ?? other.textContent}`)
    const ticks = all(".xtick text").filter((e) => !/rotate\\((?!0|-90)/.test(e.getAttribute("transform") ?? ""))
    ticks.forEach((tick, i) => ticks.slice(i + 1).forEach((other) => {
      if (Math.abs(box(tick).left - box(other).left) < 8) faults.push(`${tick.textContent} is on ${other.textContent}`)
    }))
    const { left, right } = box(plot)
    for (const text of [...legend, ...titles, ...all(".xtick text, .ytick text")])
      if (box(text).left < left - 1 || box(text).right > right + 1) faults.push(`${text.textContent} is cut`)
  }
  return faults
}"""


@pytest.fixture
def costs(page: Page, app_url: str) -> Callable[[Arch], Page]:
    """Opens the Costs page of a network."""

    def go(arch: Arch = GOOGLENET) -> Page:
        open_page(page, app_url, arch, "Costs", "Overview")
        return page

    return go


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    expect(page.get_by_role("tab", name=name, exact=True)).to_have_attribute("aria-selected", "true")
    settled(page)


def selected(page: Page, path: str) -> None:
    expect(page.get_by_text("Selected now:")).to_have_text(
        f"A click selects a part, here and in the diagram. Selected now: {path}", timeout=SLOW_MS
    )


def fact(page: Page, label: str) -> Locator:
    """A number of the Memory tab; the header has one called Weights as well."""
    return page.get_by_role("tabpanel").locator(".metric", has=page.get_by_text(label, exact=True))


def test_every_tab_opens_alone_fits_on_a_phone_and_torchinfo_agrees(costs: Callable[..., Page]) -> None:
    page = costs(EDITED)
    page.set_viewport_size({"width": 390, "height": 844})
    for name, content in zip(
        COSTS_TABS,
        (".barlayer", ".treemaplayer", "tbody tr", ".barlayer", ".barlayer", "button", "pre"),
        strict=True,
    ):
        tab(page, name)
        expect(page.get_by_role("tabpanel").locator(f"{content}:visible").first).to_be_visible(timeout=SLOW_MS)
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
        fits(page)
        try:
            page.wait_for_function(f"() => !({LYING_OVER})().length", timeout=5000)
        except TimeoutError:
            pytest.fail(f"{name}: {page.evaluate(LYING_OVER)}", pytrace=False)
        if name != "Overview":
            expect(page.get_by_text("By kind of branch")).to_have_count(0)
    analysis = analyze(EDITED)
    panel = page.get_by_role("tabpanel")  # torchinfo's
    expect(panel).to_contain_text(f"torchinfo counts the same parameters: {exact(analysis.params)}", timeout=SLOW_MS)
    expect(panel).to_contain_text(
        f"mult-adds are {exact(mult_adds(analysis))}: the {exact(analysis.macs)} MACs of this app"
    )
    expect(panel.locator("pre")).to_contain_text("inception5b")


def test_clicks_on_bars_and_tiles_select_the_part_and_the_tab_is_remembered(costs: Callable[..., Page]) -> None:
    page = costs()
    selected(page, "inception3a")
    place = [stage.name for stage in analyze(GOOGLENET).stages if stage.params].index("inception5b")
    page.locator(".barlayer .trace").nth(1).locator(".point path").nth(place).click(force=True)  # its 3x3 branch
    selected(page, "inception5b")
    tab(page, "Tree")
    tile = page.locator(".treemaplayer .slice")
    tile.filter(has_text="inception4e").first.click(position={"x": 30, "y": 9})
    selected(page, "inception4e")
    expect(tile.filter(has_text="inception3a")).to_have_count(0, timeout=SLOW_MS)  # the tile has opened
    tile.filter(has_text="branch5x5").first.click(position={"x": 12, "y": 9})
    selected(page, "inception4e.branch5x5")
    page.get_by_role("link", name="Show in the diagram").click()
    expect(page.locator(".inspector h2").first).to_have_text("inception 4e", timeout=SLOW_MS)
    settled(page)
    page.get_by_role("link", name="Costs").click()
    expect(page.get_by_role("tab", name="Tree")).to_have_attribute("aria-selected", "true", timeout=SLOW_MS)


def test_the_layer_table_is_saved_exactly_and_searched_and_a_row_selects_its_part(
    costs: Callable[..., Page], tmp_path: Path
) -> None:
    page = costs()
    analysis = analyze(GOOGLENET)
    layers = cost_table(analysis, analysis)
    rows = layers.rows
    tab(page, "Layers")
    shown = [row for row in rows if row.level in ("network", "stage", "branch", "op")]
    expect(page.get_by_text(f"{len(shown)} of {len(rows)} rows")).to_be_visible()
    for name, text in (("CSV", table_csv(rows)), ("JSON", table_json(layers))):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert download.value.suggested_filename == f"googlenet_224.{name.lower()}"
        file = tmp_path / name
        download.value.save_as(file)
        assert file.read_text() == text
    page.get_by_role("textbox", name="Search").fill("inception4e reduce")
    page.get_by_role("textbox", name="Search").press("Enter")
    expect(page.get_by_text(f"2 of {len(rows)} rows")).to_be_visible(timeout=SLOW_MS)
    table = page.get_by_role("tabpanel").locator("tbody tr")
    expect(table).to_have_count(2, timeout=SLOW_MS)
    table.nth(1).click()
    selected(page, "inception4e.branch5x5.reduce")


def test_memory_follows_the_number_format_and_the_batch(costs: Callable[..., Page]) -> None:
    page = costs(ARCHITECTURES["googlenet_bn"])
    tab(page, "Memory")
    analysis = analyze(ARCHITECTURES["googlenet_bn"])
    for choose, dtype, batch in (
        (lambda: page.get_by_role("radio", name="bf16").click(), "bfloat16", 1),
        (lambda: page.get_by_label("Increment").last.click(), "bfloat16", 2),
        (lambda: page.get_by_role("radio", name="int8").click(), "int8", 2),
    ):
        choose()
        memory = inference_memory(analysis, dtype, batch)
        expect(fact(page, "Feature maps")).to_have_attribute(
            "data-tip",
            f"{exact(memory.peak.peak_bytes, 'bytes')}. The most at one time, reached in {memory.peak.name}.",
            timeout=SLOW_MS,
        )
    expect(page.get_by_text("Networks are not trained in int8")).to_be_visible()


def test_time_is_cancelled_measured_shown_beside_macs_and_forgotten_after_an_edit(costs: Callable[..., Page]) -> None:
    page = costs(scaled(ARCHITECTURES["inceptionnext_atto"], 0.05))
    tab(page, "Time")
    page.get_by_role("button", name="Measure").click()
    page.get_by_role("button", name="Cancel").click(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Measure")).to_be_visible(timeout=2 * SLOW_MS)
    expect(page.get_by_text("pictures a second")).to_have_count(0)
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_text("pictures a second")).to_have_count(2, timeout=3 * SLOW_MS)  # and of the published network
    expect(page.locator(".barlayer .trace")).to_have_count(4, timeout=SLOW_MS)
    expect(page.locator(".scatterlayer .trace")).to_have_count(3)
    tab(page, "Tree")
    page.get_by_role("radio", name="Time").click()
    expect(page.locator(".treemaplayer", has_text="time")).to_contain_text("stage3", timeout=SLOW_MS)
    page.get_by_role("button", name="Changes").click()
    page.get_by_role("button", name="Reset everything").click()
    expect(page.get_by_text("No time has been measured")).to_be_visible(timeout=SLOW_MS)
