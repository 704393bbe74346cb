"""The Compare page in Chromium: pins are beside the network on the screen, also after a reload and by the link."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from app.backend import analyze
from app.backend.common.quantity import short
from inception_models import ARCHITECTURES, Arch
from inception_models.edits.input_output import with_classes
from tests.browser.visits import SLOW_MS, choose_variant, fits, forget, settled

GOOGLENET, V3 = ARCHITECTURES["googlenet"], ARCHITECTURES["inception_v3"]
TABS = ("Overview", "Stages", "Differences", "Time", "Picture", "Family map")


def column(page: Page, name: str, arch: Arch) -> None:
    """The totals have a column of this name with the network's numbers."""
    table = page.locator(".compare-totals")
    heads = table.locator("thead th")
    whole = re.compile(rf"^\s*{re.escape(name)}\s*$")
    expect(heads.filter(has_text=whole).first).to_be_visible(timeout=SLOW_MS)
    place = heads.all_inner_texts().index(name)
    for fact, value in (("Parameters", analyze(arch).params), ("MACs", analyze(arch).macs)):
        row = table.locator("tr", has=page.get_by_role("rowheader", name=fact))
        expect(row.locator("th, td").nth(place)).to_have_text(re.compile(rf"^\s*{re.escape(short(value))}"))


def test_pins_are_compared_survive_a_reload_and_are_in_the_link(page: Page, app_url: str) -> None:
    page.goto(app_url)
    settled(page)
    page.get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_role("button", name="Pinned", exact=True)).to_be_visible(timeout=SLOW_MS)
    classes = page.get_by_role("spinbutton", name="Classes")
    classes.fill("10")
    classes.press("Enter")
    page.get_by_role("button", name="Pin", exact=True).click(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Pinned", exact=True)).to_be_visible(timeout=SLOW_MS)
    choose_variant(page, "inception_v3")
    expect(page.get_by_role("button", name="Pin", exact=True)).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Compare").click()
    name = page.get_by_label("Name of the pin").nth(1)
    expect(name).to_have_value(f"{GOOGLENET.about.title}, 1 change", timeout=SLOW_MS)
    name.fill("ten & <b>few</b>")
    name.press("Enter")

    def all_three() -> None:
        for title, arch in ((GOOGLENET.about.title, GOOGLENET), ("ten & <b>few</b>", with_classes(GOOGLENET, 10))):
            column(page, title, arch)
        column(page, V3.about.title, V3)
        expect(page.locator("[data-testid=stException]")).to_have_count(0)

    all_three()
    expect(page).to_have_url(re.compile("pins=.*few"), timeout=SLOW_MS)
    page.reload()
    settled(page)
    all_three()
    link = page.url
    forget(page)
    page.goto(link)
    settled(page)
    all_three()
    page.get_by_role("tab", name="Differences", exact=True).click()
    page.get_by_role("combobox", name="To", exact=True).click()
    page.get_by_role("option", name="ten & <b>few</b>").click()
    expect(page.locator(".compare-words")).to_contain_text("1000 → 10 classes", timeout=SLOW_MS)
    expect(page.locator(".st-key-compare-diagram")).to_contain_text("reads something else", timeout=SLOW_MS)


def test_a_pair_is_one_click_away_and_every_tab_fits_on_a_phone(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app_url}/compare?pins={json.dumps([{'variant': 'nope'}])}")
    settled(page)
    expect(page.get_by_text("Pin 1 of the link was left out")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="The trained demo network and half its width").click()
    for name in TABS:
        page.get_by_role("tab", name=name, exact=True).click(timeout=SLOW_MS)
        settled(page)
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
        fits(page)
        if name == "Picture":
            likeliest = page.locator(".compare-classes")
            expect(likeliest).to_have_count(2, timeout=SLOW_MS)
            expect(likeliest.first).to_contain_text("T-shirt/top")
