"""A link that is copied in one browser opens the same view in another; recent networks and files open again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.backend import analyze
from inception_models import ARCHITECTURES
from inception_models.edits.widths import scaled
from tests.browser.visits import SLOW_MS, forget, settled

HALF = scaled(ARCHITECTURES["inception_v3"], 0.5)
START = "costs?variant=inception_v3&edits=v:2,x:0.5&tab=Tree&selected=Mixed_5c"


def shows_what_the_first_did(page: Page) -> None:
    expect(page.get_by_role("tab", name="Sensitivity")).to_have_attribute("aria-selected", "true", timeout=SLOW_MS)
    expect(
        page.locator(f'.metric [data-tip^="{analyze(HALF).params:,} "], .metric[data-tip^="{analyze(HALF).params:,} "]')
    ).to_be_visible(timeout=SLOW_MS)


@pytest.mark.usefixtures("no_history")
def test_a_copied_link_opens_the_same_view_in_another_browser(page: Page, app_url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{app_url}/{START}")
    expect(page.get_by_role("tab", name="Tree")).to_have_attribute("aria-selected", "true", timeout=SLOW_MS)
    entries = page.evaluate("history.length")
    page.get_by_role("tab", name="Sensitivity").click()
    expect(page).to_have_url(re.compile("tab=Sensitivity"), timeout=SLOW_MS)
    settled(page)
    assert page.evaluate("history.length") == entries
    page.get_by_role("button", name="Copy link").click()
    dialog = page.get_by_role("dialog", name="Share")
    expect(dialog.get_by_text("Link copied")).to_be_visible(timeout=SLOW_MS)
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{app_url}/{START}".replace("Tree", "Sensitivity")
    large = "code => code.complete && code.getBoundingClientRect().width >= 400"
    page.wait_for_function(large, arg=dialog.locator("img").element_handle(), timeout=SLOW_MS)
    with page.expect_download() as saved:
        dialog.get_by_role("button", name="Save as a file").click()
    file = saved.value.path().read_bytes()

    forget(page)
    page.context.clear_permissions()
    page.goto(link)
    shows_what_the_first_did(page)
    expect(page).to_have_url(link)
    page.wait_for_function("() => localStorage.getItem('inception-explorer-recent')", timeout=SLOW_MS)
    page.goto(app_url + "/?variant=googlenet")
    settled(page)
    page.get_by_role("button", name="Copy link").click()
    dialog = page.get_by_role("dialog", name="Share")
    expect(dialog.get_by_text("Inception v3: widths × 0.5")).to_be_visible(timeout=SLOW_MS)
    dialog.locator("input[type=file]").set_input_files(
        {"name": "saved.json", "mimeType": "application/json", "buffer": file}
    )
    expect(page).to_have_url(re.compile(re.escape("variant=inception_v3&edits=v:2,x:0.5")), timeout=SLOW_MS)
