"""The real app in Chromium, used as a person would: type, drag, click, upload, share, undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from app.backend import analyze
from app.backend.common.quantity import short
from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.edits.input_output import with_input_size
from tests.app_server import ROOT
from tests.browser.visits import choose_variant, link_leads_to, settled, show_whole_network
from tests.models.representative import ONE_OF_A_KIND

REACHED = """() => {
  const find = (node) => node.shadowRoot?.querySelector(".sliders") ?? [...node.children].map(find).find(Boolean)
  const list = find(document.querySelector(".st-key-sliders"))
  return [...list.querySelectorAll(".row")].filter((row) => {
    const [slider, field] = [row.querySelector("[type=range]"), row.querySelector("[type=text]")]
    return slider.getBoundingClientRect().width >= 80 && [slider, field].every((input) => {
      input.scrollIntoView({ block: "nearest" })
      const { x, y, width, height } = input.getBoundingClientRect()
      return list.getRootNode().elementFromPoint(x + width / 2, y + height / 2) === input
    })
  }).map((row) => row.querySelector(".label").title)
}"""  # the paths whose slider and field are long enough and, once scrolled to, not covered
GOOGLENET = ARCHITECTURES["googlenet"]
SLOW_MS = 20_000  # the first layout and the first forward pass on a busy machine


@pytest.fixture
def visit(page: Page, app_url: str) -> Callable[[str], Page]:
    """Opens a page of the app and waits until its totals are there."""

    def go(path: str = "") -> Page:
        page.goto(app_url + path)
        expect(page.locator(".metric").first).to_be_visible(timeout=SLOW_MS)
        return page

    return go


def total(page: Page, label: str) -> Locator:
    return page.locator(".metric", has=page.get_by_text(label, exact=True)).first  # one is replaced by another


def shows(page: Page, arch: Arch) -> None:
    """The totals are those of ``arch``, to the last digit in the explanation."""
    analysis = analyze(arch)
    expect(total(page, "Parameters")).to_have_attribute(
        "data-tip", _starts(f"{analysis.params:,} parameters"), timeout=SLOW_MS
    )
    expect(total(page, "MACs")).to_have_attribute("data-tip", _starts(f"{analysis.macs:,} MACs"))
    expect(total(page, "Parameters").locator(".value")).to_have_text(short(analysis.params))


def _starts(text: str) -> re.Pattern[str]:
    return re.compile("^" + re.escape(text))


def width_field(page: Page, path: str) -> Locator:
    return page.locator(".st-key-table1").get_by_label(f"filters of {path},", exact=False).first


def no_traceback(page: Page) -> None:
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_typing_a_width_changes_totals_in_sight_diagram_inspector_and_link(visit: Callable[..., Page]) -> None:
    page = visit()
    shows(page, GOOGLENET)
    field = width_field(page, "inception3a.branch1x1.conv")
    field.fill("96")
    field.press("Enter")
    shows(page, with_widths(GOOGLENET, {"inception3a.branch1x1.conv": 96}))
    expect(page.locator('g.node[id="inception3a.branch1x1.conv"]')).to_contain_text("96", timeout=SLOW_MS)
    expect(page.locator(".inspector").first).to_contain_text("288 × 28 × 28")
    link_leads_to(page, with_widths(GOOGLENET, {"inception3a.branch1x1.conv": 96}))
    totals_are_in_sight_above_the_table(page)


def totals_are_in_sight_above_the_table(page: Page) -> None:
    width_field(page, "inception5b.branch1x1.conv").scroll_into_view_if_needed()
    box = total(page, "MACs").bounding_box()
    assert box
    assert 0 <= box["y"] < 100
    assert total(page, "MACs").evaluate(
        "e => { const b = e.getBoundingClientRect(); return e.contains(document.elementFromPoint(b.x + 9, b.y + 9)) }"
    )


def test_a_width_that_cannot_be_is_refused_and_kept_as_typed(visit: Callable[..., Page]) -> None:
    page = visit()
    field = width_field(page, "inception3b.branch5x5.conv")
    table = page.locator(".st-key-table1")
    for typed in ("0", "-3", "1000000000", "many", "1.5"):
        field.fill(typed)
        field.press("Enter")
        expect(table).to_contain_text(re.compile(rf"whole number.*, not '?{typed}'?\."), timeout=SLOW_MS)
        expect(field).to_have_value(typed)
        shows(page, GOOGLENET)
        no_traceback(page)


def test_dragging_a_slider_of_the_inspector_changes_the_network(visit: Callable[..., Page]) -> None:
    page = visit()
    settled(page)  # nothing moves under the pointer any more
    slider = page.locator(".st-key-inspector").get_by_role("slider", name="filters of inception3a.branch3x3.conv")
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    width = int(slider.input_value())
    assert width > 150
    shows(page, with_widths(GOOGLENET, {"inception3a.branch3x3.conv": width}))
    expect(width_field(page, "inception3a.branch3x3.conv")).to_have_value(str(width))


def test_a_click_in_the_diagram_selects_everywhere_without_waiting_for_python(visit: Callable[..., Page]) -> None:
    page = visit()
    show_whole_network(page)
    page.locator('g.node[id="inception3b.branch3x3.conv"]').click(timeout=SLOW_MS)
    expect(page.locator(".inspector h2")).to_have_text("inception 3b", timeout=SLOW_MS)
    expect(page.locator(".st-key-inspector").get_by_role("slider", name="inception3b.branch_pool.proj")).to_be_visible()
    no_traceback(page)
    settled(page)
    seen = page.locator('g.node[id="inception4c.branch3x3.conv"]').evaluate(
        """async (node) => {
             node.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }))
             await new Promise(requestAnimationFrame)
             return document.querySelector(".inspector h2").textContent
           }"""
    )
    assert seen == "inception 4c"
    sliders = page.locator(".st-key-inspector")
    expect(sliders.get_by_role("slider", name="inception4c.branch_pool.proj")).to_be_visible()
    settled(page)
    expect(page.locator(".inspector h2")).to_have_text("inception 4c")
    choose_variant(page, "xception", search="extreme inception")
    shows(page, ARCHITECTURES["xception"])
    expect(page.locator(".inspector h2")).to_have_text("block 1", timeout=SLOW_MS)


FIRST_RUN_ONCE_LOADED = """
  new MutationObserver(() => { window.grey ||= Boolean(document.querySelector("[data-testid=stSkeleton]")) })
    .observe(document, { subtree: true, childList: true })
  const loaded = new Promise((done) => addEventListener("load", () => setTimeout(done, 100)))
  const { send } = WebSocket.prototype
  WebSocket.prototype.send = function (data) { loaded.then(() => send.call(this, data)) }
"""


@pytest.mark.usefixtures("no_history")
def test_explore_and_then_costs_are_drawn_at_once_where_their_scripts_are_there(page: Page, app_url: str) -> None:
    page.add_init_script(FIRST_RUN_ONCE_LOADED)
    page.goto(app_url)
    expect(page.locator(".view g.node").first).to_be_visible(timeout=SLOW_MS)
    settled(page)
    assert not page.evaluate("window.grey")
    with page.expect_response(lambda response: "/PlotlyChart." in response.url):
        page.get_by_role("link", name="Costs", exact=True).hover()
    page.get_by_role("link", name="Costs", exact=True).click()
    expect(page.locator(".barlayer").first).to_be_visible(timeout=SLOW_MS)
    assert not page.evaluate("window.grey")


def test_the_head_tells_what_the_network_is_and_what_was_changed(visit: Callable[..., Page]) -> None:
    page = visit("/?variant=inception_v3")
    card = page.get_by_role("dialog")
    expect(page.get_by_role("button", name="as published")).to_be_disabled(timeout=SLOW_MS)
    page.get_by_role("button", name="About").click()
    expect(card).to_contain_text("Rethinking the Inception Architecture")
    expect(card).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    field = width_field(page, "Mixed_5b.branch1x1.conv")
    field.fill("72")
    field.press("Enter")
    page.get_by_role("button", name="edited, 1 change").click(timeout=SLOW_MS)
    expect(card).to_contain_text("Mixed_5b.branch1x1.conv: 64 → 72 filters")
    card.get_by_role("button", name="Reset everything").click()
    shows(page, ARCHITECTURES["inception_v3"])
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Undo").dblclick()  # the reset, then the width; both arrive
    expect(page.get_by_role("button", name="Undo")).to_be_disabled(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Redo")).to_be_enabled()
    shows(page, ARCHITECTURES["inception_v3"])


def test_what_was_chosen_for_the_diagram_outlives_a_visit_to_another_page(visit: Callable[..., Page]) -> None:
    page = visit("/?variant=inception_v3")
    show_whole_network(page)
    relu = page.locator('g.node[id="Mixed_5b.branch1x1.conv.act"]')
    page.get_by_role("radio", name="Layers").click(timeout=SLOW_MS)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_text("BatchNorm and ReLU apart").click()
    expect(relu).to_be_attached(timeout=SLOW_MS)
    page.keyboard.press("Escape")
    settled(page)
    expect(relu).to_be_attached()
    page.get_by_role("link", name="Costs").click()
    page.wait_for_url("**/costs?**")
    settled(page)
    page.get_by_role("link", name="Explore").click()
    expect(relu).to_be_attached(timeout=SLOW_MS)
    expect(page.get_by_role("radio", name="Layers")).to_be_checked()


def test_a_number_is_typed_and_dragged_in_its_box_and_the_strip_walks_the_network(visit: Callable[..., Page]) -> None:
    page = visit("/?variant=googlenet")
    path = "inception3a.branch3x3.conv"
    number = page.locator(f'g.node[id="{path}"] text').last
    number.click(timeout=SLOW_MS)
    field = page.get_by_label(f"filters of {path}, in the diagram")
    expect(field).to_be_focused()
    page.keyboard.type("96")
    page.keyboard.press("Enter")
    expect(number).to_have_text("128 → 96", timeout=SLOW_MS)
    shows(page, with_widths(GOOGLENET, {path: 96}))
    settled(page)
    box = number.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 25, y, steps=5)
    page.mouse.up()
    expect(number).to_have_text("128", timeout=SLOW_MS)
    shows(page, GOOGLENET)
    page.get_by_role("option", name="inception 3a").click()
    page.keyboard.press("ArrowDown")
    expect(page.locator('g.node[id="inception3b.branch3x3.conv"]')).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".inspector h2")).to_have_text("inception 3b")
    number = page.locator('g.node[id="inception3b.branch3x3.conv"] text').last
    number.click()
    expect(page.get_by_label("filters of inception3b.branch3x3.conv, in the diagram")).to_be_focused()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(page.locator(".view .number")).to_contain_text("must be a whole number", timeout=SLOW_MS)
    shows(page, GOOGLENET)


def test_the_picture_can_be_selected_too(visit: Callable[..., Page]) -> None:
    page = visit()
    show_whole_network(page)
    page.locator('g.node[id="input"]').click(timeout=SLOW_MS)
    expect(page.locator(".st-key-inspector")).to_contain_text("The picture, 3 × 224 × 224", timeout=SLOW_MS)
    page.locator(".st-key-inspector").get_by_role("radio", name="Structure").click()
    for name in ("Picture", "Costs", "Explore"):
        settled(page)
        no_traceback(page)
        page.get_by_role("link", name=name).click()
        page.wait_for_url(f"**/{'' if name == 'Explore' else name.lower()}?**")


def test_each_network_has_its_own_view(visit: Callable[..., Page]) -> None:
    page = visit()
    show_whole_network(page)
    drawing = page.locator(".view .drawn > svg")
    expect(drawing.locator('[id="inception3a"]')).to_be_attached(timeout=SLOW_MS)
    page.get_by_title("Zoom in").click()
    zoomed = drawing.get_attribute("style")
    choose_variant(page, "inception_v3")
    expect(drawing.locator('[id="Mixed_5b"]')).to_be_attached(timeout=SLOW_MS)
    assert drawing.get_attribute("style") != zoomed
    page.get_by_role("button", name="Undo").click()
    expect(drawing.locator('[id="inception3a"]')).to_be_attached(timeout=SLOW_MS)
    camera = (zoomed or "").split("transform:")[1]
    expect(drawing).to_have_attribute("style", re.compile(f"transform:{re.escape(camera)}$"))


def test_a_variant_of_every_kind_can_be_chosen_and_has_a_link(visit: Callable[..., Page]) -> None:
    """That every other can too is tested without a browser, in tests/frontend/test_variant_list.py."""
    page = visit("/?variant=inceptionnext_base")
    shows(page, ARCHITECTURES["inceptionnext_base"])
    for key in ONE_OF_A_KIND:
        arch = ARCHITECTURES[key]
        choose_variant(page, key)
        shows(page, arch)
        expect(page).to_have_url(re.compile(rf"/\?variant={key}(&|$)"))
        drawn = ", ".join(f'g.node[id^="{stage.name}"]' for stage in arch.stages)
        expect(page.locator(drawn).first).to_be_visible(timeout=SLOW_MS)
        no_traceback(page)


def test_choosing_a_variant_keeps_the_edits_of_the_other_and_undo_returns(visit: Callable[..., Page]) -> None:
    page = visit()
    field = width_field(page, "inception4e.branch5x5.reduce")
    field.fill("40")
    field.press("Enter")
    edited = with_widths(GOOGLENET, {"inception4e.branch5x5.reduce": 40})
    shows(page, edited)
    choose_variant(page, "googlenet_bn")
    shows(page, ARCHITECTURES["googlenet_bn"])
    page.get_by_role("button", name="Undo").click()
    shows(page, edited)
    field.fill("7")
    page.keyboard.press("Control+z")  # of what is typed, not of the network
    expect(field).to_have_value("40")
    shows(page, edited)
    page.keyboard.press("Control+z")
    shows(page, GOOGLENET)
    page.keyboard.press("Control+y")
    shows(page, edited)


def test_a_link_restores_variant_edits_and_input_size(visit: Callable[..., Page]) -> None:
    arch = with_input_size(with_widths(GOOGLENET, {"inception5b.branch1x1.conv": 200}), 256)
    page = visit('/?variant=googlenet&edits={"v":1,"input":256,"w":{"inception5b.branch1x1.conv":200}}')
    shows(page, arch)
    expect(page.get_by_role("spinbutton", name="Input size")).to_have_value("256")
    page.get_by_role("link", name="Costs").click()
    page.wait_for_url("**/costs?**")
    shows(page, arch)
    link_leads_to(page, arch)


@pytest.mark.parametrize("tab", ["Layers", "Memory"])
def test_a_click_during_the_first_run_does_not_edit_the_network(page: Page, app_url: str, tab: str) -> None:
    """The click cuts the first run short, so that controls may not have got their values yet."""
    page.goto(f"{app_url}/costs?variant=inception_resnet_v2")
    page.get_by_role("tab", name=tab).click(timeout=SLOW_MS)
    expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("Selected now:").first).to_be_visible(timeout=SLOW_MS)  # the second run is done
    expect(page.get_by_role("spinbutton", name="Input size")).to_have_value("299")
    shows(page, ARCHITECTURES["inception_resnet_v2"])


@pytest.mark.parametrize("query", ["variant=alexnet", 'variant=googlenet&edits={"v":1,"input":2}'])
def test_a_hostile_link_shows_a_sentence_and_a_working_page(visit: Callable[..., Page], query: str) -> None:
    page = visit(f"/?{query}")
    expect(page.get_by_role("alert")).to_contain_text("link", timeout=SLOW_MS)
    shows(page, GOOGLENET)
    no_traceback(page)


def test_a_small_input_leaves_the_heads_out_until_undone_a_smaller_one_is_refused(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    size = page.get_by_role("spinbutton", name="Input size")
    size.fill("64")
    size.press("Enter")
    notice = page.get_by_text("The auxiliary heads do not fit at 64 pixels and were left out")
    expect(notice).to_be_visible(timeout=SLOW_MS)
    shows(page, replace(GOOGLENET, input_size=64, aux=()))
    page.locator(".st-key-undo-notice").get_by_role("button", name="Undo").first.click()
    shows(page, GOOGLENET)
    expect(size).to_have_value("224", timeout=SLOW_MS)
    expect(notice).to_have_count(0)
    size.fill("3")
    size.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("needs an input of at least", timeout=SLOW_MS)
    shows(page, GOOGLENET)


def test_a_text_file_is_refused_and_an_own_picture_shows_every_branch(
    visit: Callable[..., Page],
) -> None:
    page = visit("/picture")
    for branch in ("branch1x1", "branch3x3", "branch5x5", "branch_pool"):
        expect(page.get_by_role("heading", name=branch)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("The weights are random")).to_be_visible()
    upload = page.get_by_role("region", name="Your picture").locator("input[type=file]")
    upload.set_input_files({"name": "notes.png", "mimeType": "image/png", "buffer": b"this is no picture"})
    expect(page.get_by_role("alert").filter(has_text="notes.png")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name="branch3x3")).to_be_visible()
    expect(upload).to_have_count(1, timeout=SLOW_MS)  # a new one takes the place of the one that was used
    upload.set_input_files(ROOT / "assets" / "samples" / "rocket.jpg")
    expect(page.get_by_text("Your picture: rocket.jpg")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name="branch3x3")).to_be_visible(timeout=SLOW_MS)
    no_traceback(page)


def test_the_diagram_is_saved_as_it_is_shown(visit: Callable[..., Page]) -> None:
    page = visit("/?variant=googlenet")
    field = width_field(page, "inception3a.branch1x1.conv")
    field.fill("96")
    field.press("Enter")
    expect(page.locator('.view g[id="inception3a.branch1x1.conv"]')).to_contain_text("64 → 96", timeout=SLOW_MS)
    page.locator(".st-key-diagram-choices").get_by_role("button", name="Save").click()
    for kind, start in (("SVG", b"<svg "), ("PDF", b"%PDF-")):
        with page.expect_download() as started:
            page.get_by_role("button", name=f"{kind}: ").click(timeout=SLOW_MS)
        saved = started.value.path().read_bytes()
        assert saved.startswith(start)
        assert kind == "PDF" or "64 → 96" in saved.decode()


@pytest.mark.usefixtures("no_history")
def test_back_and_forward_walk_through_variants_and_selections(page: Page, app_url: str) -> None:
    page.goto("about:blank")
    before = page.evaluate("history.length")
    page.goto(f"{app_url}/explore?variant=inception_v3")
    shows(page, ARCHITECTURES["inception_v3"])
    settled(page)
    expect(page).to_have_url(f"{app_url}/?variant=inception_v3")
    expect(page).to_have_title("Inception v3 | Explore | Inception Explorer")
    assert page.evaluate("history.length") == before + 1
    page.get_by_role("option", name="Mixed 6b").click()
    expect(page.locator('g.node[id="Mixed_6b.branch1x1.conv"]')).to_be_visible(timeout=SLOW_MS)
    settled(page)
    choose_variant(page, "xception")
    shows(page, ARCHITECTURES["xception"])
    settled(page)
    page.go_back()
    shows(page, ARCHITECTURES["inception_v3"])
    expect(page.locator(".inspector h2")).to_have_text("Mixed 6b")
    settled(page)
    page.go_back()
    expect(page.locator(".inspector h2")).to_have_text("Mixed 5b", timeout=SLOW_MS)
    settled(page)
    page.go_forward()
    expect(page.locator(".inspector h2")).to_have_text("Mixed 6b", timeout=SLOW_MS)
    settled(page)
    page.go_forward()
    shows(page, ARCHITECTURES["xception"])


def test_nothing_on_explore_moves_while_it_follows_an_edit(page: Page, app_url: str) -> None:
    page.add_init_script(
        "window.moved = 0; const add = (list) => { for (const shift of list.getEntries()) moved += shift.value };"
        "new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(f"{app_url}/?variant=inception_v3")
    expect(page.locator("g.node").first).to_be_visible(timeout=SLOW_MS)
    field = page.get_by_label("filters of Mixed_5b.branch1x1.conv, exact")
    expect(field).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".st-key-table1 table").first).to_be_visible(timeout=SLOW_MS)  # it is drawn after the diagram
    settled(page)
    at_load = page.evaluate("new Promise((done) => requestIdleCallback(() => done(moved)))")
    field.fill("96")
    field.press("Enter")
    shows(page, with_widths(ARCHITECTURES["inception_v3"], {"Mixed_5b.branch1x1.conv": 96}))
    settled(page)
    assert page.evaluate("moved") - at_load < 0.001


@pytest.mark.parametrize("width, height", [(1920, 1080), (853, 480)])
def test_presenting_shows_the_block_alone_and_arrow_keys_walk(
    visit: Callable[..., Page], page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    visit("/?variant=googlenet")
    number = page.locator('g.node[id="inception3a.branch1x1.conv"] text').last
    expect(number).to_be_visible(timeout=SLOW_MS)
    settled(page)
    page.get_by_role("button", name="Present").click()
    for chrome in ("header", ".strip", ".sliders", ".view .bar", ".network-head", ".st-key-totals"):
        expect(page.locator(chrome).first).to_be_hidden()
    expect(page.locator(".view")).to_be_in_viewport(ratio=0.99)
    large = "([text, least]) => text.getBoundingClientRect().height >= least"  # once the view has its new size
    page.wait_for_function(large, arg=[number.element_handle(), 30 if height == 1080 else 14], timeout=5000)
    drawing = page.locator(".view .drawn > svg")
    fitted = re.compile(re.escape((drawing.get_attribute("style") or "").split("transform:")[-1]))
    page.keyboard.press("+")
    expect(drawing).not_to_have_attribute("style", fitted)
    page.keyboard.press("0")
    expect(drawing).to_have_attribute("style", fitted)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".inspector h2")).to_have_text("inception 3b")
    expect(page.locator('g.node[id="inception3b.branch1x1.conv"]')).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Escape")
    expect(page.locator(".strip")).to_be_visible()
    expect(page.locator(".inspector h2")).to_have_text("inception 3b")


@pytest.mark.parametrize("key, width, height", [("inception_v3", 390, 844), ("googlenet", 853, 480)])
def test_every_width_can_be_reached_on_a_small_screen(
    visit: Callable[..., Page], page: Page, key: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    visit(f"/?variant={key}")
    expect(page.get_by_role("slider").first).to_be_visible(timeout=SLOW_MS)
    settled(page)
    analysis = analyze(ARCHITECTURES[key])
    seen: list[str] = []
    for stage in (*analysis.stages, *analysis.aux):
        select = "dispatchEvent(new CustomEvent('inception-selected', { detail: path }))"
        seen += page.evaluate(f"path => {{ {select}; return ({REACHED})() }}", stage.name)
    assert sorted(seen) == sorted(widths(ARCHITECTURES[key]))
