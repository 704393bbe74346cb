"""Names from files: what a terminal, a chart and a spreadsheet make of them. The page's Markdown: tests/browser."""

from __future__ import annotations

import csv
import io
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backend.common.text import JOINERS, chart_text, file_name, one_line, spreadsheet_text, visible

SHOWN = [
    ("chelsea.png", "chelsea.png"),
    ("Чебурашка 猫 é 👍", "Чебурашка 猫 é 👍"),
    ("a\nb\tc\r", "a\\nb\\tc\\r"),
    ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
    ("invoice\u202egnp.exe", "invoice\\u202egnp.exe"),
    ("Screenshot at 3.04\u202fPM.png", "Screenshot at 3.04 PM.png"),
    ("👩\u200d🔬", "👩\u200d🔬"),
    ("\u2066a\u2069\u200b\ufeff", "\\u2066a\\u2069\\u200b\\ufeff"),
    ("\udcff\ud800", "\\udcff\\ud800"),
    ("x" * 300, "x" * 199 + "…"),
]


@pytest.mark.parametrize("text, shown", SHOWN)
def test_a_name_is_shown_with_nothing_hidden(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(), max_size=400))
def test_whatever_a_name_is_it_is_printable_and_short(text: str) -> None:
    for shown in (visible(text), one_line(text), spreadsheet_text(text)):
        assert shown.translate(dict.fromkeys(map(ord, JOINERS))).isprintable()
        assert len(shown) <= 1000
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize("text", ["<b>x</b>", "&lt;", "%{y}", '<a href="https://example.com">x</a>', "a\nb"])
def test_a_chart_reads_neither_html_nor_its_own_codes(text: str) -> None:
    drawn = chart_text(text)
    assert not set(drawn) & set("<>{")
    assert unescape(drawn) == visible(text)


@pytest.mark.parametrize(
    "text, name",
    [
        ("resnet50", "resnet50"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a<b>:"c|?*\\', "a_b_c_"),
        ("a\n\u202eb", "a_n_u202eb"),
        ("..", "file"),
    ],
)
def test_a_download_s_name_is_one_that_every_system_takes(text: str, name: str) -> None:
    assert file_name(text) == name


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://example.com","x")', "a,b\n"])
def test_a_spreadsheet_reads_a_name_as_text(text: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([spreadsheet_text(text)])
    [[cell]] = csv.reader(out.getvalue().splitlines())
    assert cell[0] not in "=+-@\t\r"
    assert cell.removeprefix("'") == visible(text)
