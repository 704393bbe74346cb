"""A goal set beside the totals: it follows the network, fits it in one step, and goes in one click."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from app.backend import analyze, fit
from app.backend.common.links import to_query
from app.backend.common.quantity import short
from inception_models import ARCHITECTURES
from tests.browser.visits import SLOW_MS, link_leads_to, settled

V3 = ARCHITECTURES["inception_v3"]


def test_a_goal_is_set_fitted_to_undone_kept_and_removed(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?{urlencode(to_query(V3))}")
    settled(page)
    page.get_by_role("button", name="Goal").click()
    limit = page.get_by_label("MACs, at most")
    limit.fill("much")
    limit.press("Enter")
    expect(page.get_by_text("'much' is not a number such as 1 G.")).to_be_visible(timeout=SLOW_MS)
    limit.fill("1 G")
    limit.press("Enter")
    bar = page.locator(".st-key-totals .goal")
    expect(bar).to_contain_text(f"{short(analyze(V3).macs - 1e9)} over", timeout=SLOW_MS)
    page.keyboard.press("Escape")
    expect(page.get_by_label("MACs, at most")).to_have_count(0)

    page.get_by_role("button", name="Fit to goal").click()
    page.get_by_role("button", name="Apply").click(timeout=SLOW_MS)
    expect(bar).to_contain_text("met", timeout=SLOW_MS)
    settled(page)
    page.reload()
    expect(bar).to_contain_text("met", timeout=SLOW_MS)
    link_leads_to(page, fit(V3, macs=1e9).arch)

    page.get_by_role("button", name="Undo").first.click()
    expect(bar).to_contain_text("over", timeout=SLOW_MS)
    page.get_by_role("button", name="Remove the goal").click()
    expect(bar).to_have_count(0, timeout=SLOW_MS)
    expect(page).not_to_have_url(re.compile("goal="), timeout=SLOW_MS)
