"""Names from files and cards are text everywhere on the page: nothing in them is read as Markdown, HTML or a code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from app.backend.common.text import one_line, visible
from app.frontend.kit.notice import WORD_JOINER
from tests.app_server import free_port, served

PLACES = 7  # of Markdown: caption, warning, its remedy, button, progress, item of a list, caption of a picture
HOSTILE = (
    ":material/close: :red[x] :smile: :blue-background[x]",
    "&lt;b&gt; &amp; &#x202e;",
    "<b>x</b><img src=/x onerror=alert(1)>",
    "[a](https://example.com) ![b](/x.png) <https://example.com>",
    "https://example.com www.example.com a@example.com",
    "$x^2$ **b** _i_ ~~s~~ `c`",
    "1. one",
    "# h",
    "- a",
    "| a | b |",
    "> q",
    "a\n\n# b",
    "\u202egnp\x1b[31m\u200b",
    "%{y} <br>",
    "a -> b -- c >= d <-> e",
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = Path(__file__).with_name("names_app.py")
    command = (
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(app),
        "--server.port",
        str(port),
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
    )
    with served(command, address, tmp_path_factory.mktemp("names") / "server.log"):
        yield address


def test_a_hostile_name_is_text_in_every_place(url: str, page: Page) -> None:
    page.goto(f"{url}/?names={quote(json.dumps(HOSTILE))}")
    expect(page.get_by_text("done", exact=True)).to_be_visible(timeout=40_000)
    expect(page.locator(".js-plotly-plot .legendtext").first).to_be_visible(timeout=40_000)
    main = page.locator(".stMain")
    text = main.inner_text().replace(WORD_JOINER, "")
    for number, name in enumerate(HOSTILE):
        assert text.count(one_line(name)) >= PLACES, name
        choice = page.get_by_role("combobox", name=f"Class {number}", exact=True)
        assert visible(name) in (choice.inner_text() or choice.input_value()), name
    for unwanted in ("a", "img", "b", "em", "del", "h1", "table", ".katex"):
        assert main.locator(f".stMarkdown {unwanted}").count() == 0, unwanted
    assert main.locator(".legendtext").all_text_contents() == [visible(name) for name in HOSTILE[:2]]
    axis = main.locator(".yaxislayer-above text").all_text_contents()
    assert sorted(text.rpartition(" · ")[0] for text in axis) == sorted(visible(name, 28) for name in HOSTILE)
