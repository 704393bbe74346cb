"""The page Your own network in Chromium: a name, an ONNX file, a refusal; what is shown is what the backend says."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import torch
from playwright.sync_api import Page, expect
from torchvision.models import shufflenet_v2_x0_5

from app.backend.common.quantity import exact
from app.backend.foreign.inspection import inspected_here
from tests.browser.visits import SLOW_MS, fits, settled

MINUTE_MS = 60_000


def test_a_network_by_name_and_from_a_file_beside_the_one_on_the_page(page: Page, app_url: str, tmp_path: Path) -> None:
    page.goto(app_url)
    settled(page)
    page.get_by_role("link", name="Your own network").click()
    page.get_by_role("combobox", name="Network").fill("Inception_v3", timeout=MINUTE_MS)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Inspect", exact=True).click()
    expect(page.get_by_text("torchvision and timm both have a network called Inception_v3")).to_be_visible()
    expect(page.get_by_role("button", name="Inspect torchvision inception_v3")).to_be_visible()
    page.get_by_role("button", name="torchvision resnet50").click()
    expect(page.locator(".parts")).to_be_visible(timeout=MINUTE_MS)
    own = inspected_here("torchvision:resnet50", None)
    totals = page.locator(".metrics").last
    expect(totals.locator(".metric").nth(0)).to_have_attribute("data-tip", re.compile(exact(own.params)))
    expect(totals.locator(".metric").nth(1)).to_contain_text("+158% (+2.51 G)")

    expect(page.locator("svg g.node#layer3\\.1")).to_contain_text("Bottleneck × 5")
    page.locator("svg g.node#layer3\\.1").dblclick()
    expect(page.locator("svg g.cluster#layer3\\.1")).to_contain_text("Bottleneck × 5", timeout=SLOW_MS)
    page.locator("svg g.node#layer3\\.1\\.conv2").click()
    expect(page.get_by_text("Selected: layer3.1.conv2")).to_contain_text("589,824 parameters", timeout=SLOW_MS)

    row = page.locator(".parts summary", has_text="layer3")
    row.click()
    expect(page.locator(".parts summary", has_text="Bottleneck").locator("visible=true")).to_have_count(6)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = tmp_path / "shuffle.onnx"
        torch.onnx.export(shufflenet_v2_x0_5().eval(), (torch.zeros(1, 3, 64, 64),), file, dynamo=False)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("input 3 × 64 × 64, read as ONNX")).to_be_visible(timeout=MINUTE_MS)
    expect(page.locator("input[type=file]")).to_have_count(1, timeout=SLOW_MS)
    page.locator("input[type=file]").set_input_files({"name": "net.pt2", "mimeType": "x", "buffer": b"PK"})
    expect(page.get_by_text("torch.export.load unpickles parts of a .pt2 file")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("input 3 × 64 × 64, read as ONNX")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    settled(page)
    fits(page)
