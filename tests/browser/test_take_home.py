"""What the dialog "Take home" hands over is the network on the screen, edits included."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

from playwright.sync_api import Locator, Page, expect

from app.backend.common.links import to_query
from inception_models import ARCHITECTURES
from inception_models.codegen import source
from inception_models.edits.input_output import with_input_size, without_aux
from inception_models.edits.widths import scaled
from inception_models.weights import recognised
from tests.browser.visits import SLOW_MS, settled

ARCH = with_input_size(without_aux(scaled(ARCHITECTURES["googlenet_bn"], 0.1)), 64)
JOB_MS = 60_000


def saved(page: Page, dialog: Locator, button: str) -> Path:
    """The file that a button hands over, once it has been made."""
    with page.expect_download(timeout=JOB_MS) as started:
        dialog.get_by_role("button", name=button).click(timeout=JOB_MS)
    file = started.value.path()
    named = file.with_name(started.value.suggested_filename)
    file.rename(named)
    return named


def test_every_tab_hands_over_the_network_that_is_shown(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?{urlencode(to_query(ARCH))}")
    settled(page)
    page.get_by_role("button", name="Take home").click()
    dialog = page.get_by_role("dialog")
    code = saved(page, dialog, "Save googlenet_bn-edited")
    assert code.read_text(encoding="utf-8") == source(ARCH)
    dialog.get_by_role("button", name="Run it beside this network").click()
    expect(dialog).to_contain_text("the logits differ by", timeout=JOB_MS)
    focused = page.locator("[role=dialog]:focus, [role=dialog] :focus")
    expect(focused).to_have_count(1)  # though the button that had it is gone, or Escape is not heard

    dialog.get_by_role("tab", name="Weights and exchange").click()
    dialog.get_by_text("safetensors: the weights").click(timeout=SLOW_MS)
    dialog.get_by_role("button", name=re.compile(r"Make .*\.safetensors")).click(timeout=SLOW_MS)
    weights = saved(page, dialog, "Save googlenet_bn-edited")
    assert weights.suffix == ".safetensors"
    assert recognised(weights) == ARCH

    dialog.get_by_role("tab", name="Tables and figures").click()
    expect(dialog.get_by_test_id("stCode")).to_contain_text(r"\textbf{", timeout=SLOW_MS)
    dialog.get_by_text("The block drawn").click()
    figure = saved(page, dialog, "SVG, for the web")
    assert figure.name.endswith("-inception3a.svg")
    assert "inception 3a of" in "".join(ElementTree.parse(figure).getroot().itertext())

    dialog.get_by_role("tab", name="Report").click()
    dialog.get_by_role("button", name=re.compile(r"Make .*\.html")).click(timeout=SLOW_MS)
    assert "filters" in saved(page, dialog, "Save googlenet_bn-edited").read_text(encoding="utf-8")

    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
