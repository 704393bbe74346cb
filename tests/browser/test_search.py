"""Search: the networks that it tried open with a click. A healed network is charted while others are trained."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from app.backend.decide.searching.search_log import logged_problem
from inception_models import ARCHITECTURES
from inception_models.checkpoints.demo import demo
from inception_models.edits.input_output import with_input_size
from tests.browser.visits import SLOW_MS, linked, open_page, settled

GOOGLENET = ARCHITECTURES["googlenet"]


def test_a_search_runs_a_click_opens_its_network_and_its_file_goes_on(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?variant=googlenet")
    settled(page)
    page.get_by_role("link", name="Search").click()
    count = page.get_by_label("Networks", exact=True)
    count.fill("40")
    count.press("Enter")
    settled(page)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator(".scatterlayer .trace")).to_have_count(2, timeout=SLOW_MS)
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="File to go on from").click()
    lines = download.value.path().read_text().splitlines()
    assert logged_problem(lines[0]).space.arch == GOOGLENET
    tried = [logged_problem(lines[0]).space.network(json.loads(line)["choice"]) for line in lines[1:]]
    assert 30 < len(tried) <= 40

    page.locator(".scatterlayer .trace").last.locator(".point").nth(2).click(force=True)
    expect(page).to_have_url(re.compile("edits="), timeout=SLOW_MS)
    settled(page)
    assert linked(page) in tried
    page.get_by_role("button", name="Undo").first.click()
    expect(page).not_to_have_url(re.compile("edits="), timeout=SLOW_MS)

    page.get_by_text("Go on from a file").click()
    page.locator("input[type=file]").set_input_files(
        download.value.path().rename(download.value.path().with_suffix(".jsonl"))
    )
    page.get_by_role("button", name="Go on from this file").click(timeout=SLOW_MS)
    expect(page.get_by_text(f"{len(tried)} networks tried")).to_be_visible(timeout=SLOW_MS)


def test_the_demo_is_pruned_and_healed_on_the_page(page: Page, app_url: str) -> None:
    open_page(page, app_url, with_input_size(demo().arch, 32), "Train", "Prune and heal")
    page.get_by_role("tab", name="Prune and heal").click()
    for label, value in (("Seeds", "1"), ("Seconds of training", "1")):
        field = page.get_by_role("tabpanel").get_by_label(label, exact=True).last
        field.fill(value)
        field.press("Enter")
        settled(page)
    page.get_by_role("button", name=re.compile("^Start, about")).click()
    expect(page.get_by_role("tabpanel").locator(".scatterlayer .trace").first).to_be_attached(timeout=2 * SLOW_MS)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Figure")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Try it on a picture").click()
    weights = page.get_by_role("combobox", name="Weights", exact=True)
    expect(weights).to_have_value(re.compile("^Pruned by importance, trained on, 50% of the MACs"), timeout=SLOW_MS)
