"""A report opens in a browser that is offline, asks for nothing, and can be opened and sorted."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from app.backend import analyze
from app.backend.picture.forward import forward
from app.backend.takeaway.report.page import report
from inception_models import ARCHITECTURES, with_widths
from tests.app_server import ROOT

EDITED = with_widths(ARCHITECTURES["googlenet_bn"], {"inception4e.branch3x3.conv": 64})
PHOTO = ROOT / "assets" / "samples" / "chelsea.jpg"


def test_a_report_opens_offline_and_sorts(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    picture = forward(EDITED, Image.open(PHOTO).convert("RGB"))
    others = [("Inception v3", ARCHITECTURES["inception_v3"]), ("published", ARCHITECTURES["googlenet_bn"])]
    text = report(EDITED, picture=picture, others=others, address="https://example.org/?variant=googlenet_bn")
    assert max(len(written.encode()) for written in (report(EDITED), text)) < 3e6
    file.write_text(text, encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())

    body = page.locator("body")
    for words in ("inception4e.branch3x3.conv: 320 → 64 filters", f"{analyze(EDITED).params:,}", "23,834,568"):
        assert words in body.inner_text()
    difference = page.locator("details", has_text="published: 1 difference")
    difference.locator("summary").click()
    assert "inception4e.branch3x3.conv: 64 → 320 filters (+" in difference.inner_text()
    assert "≠ inception 4e" in (difference.locator("svg").text_content() or "")
    block = page.locator('details[data-stage="inception4e"]')
    assert not block.locator("svg").is_visible()
    page.locator('.whole g.node[data-path="inception4e.branch3x3.conv"]').click()
    assert block.locator("svg").is_visible()

    costs = page.locator("table.sortable")
    names = costs.locator("tbody tr:first-child td:first-child")
    in_order = names.all_inner_texts()
    costs.locator("button", has_text="parameters").click()
    assert names.all_inner_texts()[:2] == ["aux2", "aux1"]  # their first fully connected layers are large
    costs.locator("tbody").first.locator("tr").first.click()
    assert costs.get_by_text("aux2.fc1", exact=True).is_visible()
    for _ in range(2):
        costs.locator("button", has_text="parameters").click()
    assert names.all_inner_texts() == in_order

    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    assert wrong == []
