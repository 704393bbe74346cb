"""Tables and figures for papers: the papers' own numbers in them, what was changed is marked, and TeX compiles them."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.backend import Analysis, analyze
from app.backend.diagram import DiagramOptions, draw
from app.backend.takeaway.figure import PAGE, figure, figure_bytes
from app.backend.takeaway.naming import saved_name
from app.backend.takeaway.paper_table import bibtex, csv_table, latex_table, markdown_table, paper_table
from app.cli import main
from inception_models import ARCHITECTURES, with_widths
from inception_models.edits.depth import with_repeats
from inception_models.variants.googlenet import GOOGLENET_MODULES

EDITED = with_widths(
    with_repeats(ARCHITECTURES["inception_v4"], {"inception_b": 5}), {"inception_a.branch3x3.reduce": 48}
)
needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


@cache
def analysis_of(key: str) -> Analysis:
    return analyze(ARCHITECTURES[key])


def compiled(document: str, folder: Path) -> str:
    """What pdflatex says about a document that it compiles."""
    (folder / "paper.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


# ---- tables


def test_the_table_has_the_rows_that_the_paper_prints() -> None:
    table = paper_table(analysis_of("googlenet"), analysis_of("googlenet"))
    rows = {row[0][0]: [int(text) for text, _ in row[3:9]] for row in table.rows if row[0][0].startswith("inception")}
    assert [(name, *widths) for name, widths in rows.items()] == [*GOOGLENET_MODULES]
    assert not any(changed for row in table.rows for _, changed in row)


def test_what_was_changed_is_bold_and_nothing_else() -> None:
    table = paper_table(analyze(EDITED), analysis_of("inception_v4"))
    assert [(row[0][0], text) for row in table.rows for text, changed in row if changed] == [
        ("inception_a", "48"),
        ("inception_b", "5"),
    ]
    assert re.findall(r"\\textbf\{(\d+)\}", latex_table(table)) == ["48", "5"]
    assert re.findall(r"\*\*(\d+)\*\*", markdown_table(table)) == ["48", "5"]
    heading, *rows = csv.reader(io.StringIO(csv_table(table)))
    assert heading[3:5] == ["filters1", "filters2"]
    assert {len(row) for row in rows} == {len(heading)}
    assert next(row for row in rows if row[0] == "inception_b")[1] == "5"


@needs_tex
@pytest.mark.parametrize("key", ("googlenet", "inception_resnet_v2", "xception"))
def test_latex_compiles_the_table(key: str, tmp_path: Path) -> None:
    table = latex_table(paper_table(analysis_of(key), analysis_of(key)))
    assert "Output written on paper.pdf (1 page" in compiled(
        f"\\documentclass{{article}}\\usepackage{{booktabs}}\\begin{{document}}\n{table}\\end{{document}}", tmp_path
    )


def test_bibtex_cites_the_paper_and_the_program() -> None:
    text = bibtex(ARCHITECTURES["inception_v3"])
    assert "eprint = {1512.00567}" in text
    assert "author = {Szegedy and Vanhoucke and Ioffe and Shlens and Wojna}" in text
    assert [re.findall(r"^@(\w+)\{(\w+),$", text, re.MULTILINE)] == [
        [("misc", "inception_v3"), ("software", "inception_explorer")]
    ]
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize(
    "ending, start", ((".tex", "% Needs"), (".md", "| layer"), (".csv", "layer,"), (".bib", "@misc"))
)
def test_the_command_writes_each_kind(ending: str, start: str, tmp_path: Path) -> None:
    file = tmp_path / f"table{ending}"
    assert main(["table", "googlenet_bn", "-o", str(file)]) == 0
    assert file.read_text(encoding="utf-8").startswith(start)


def test_another_ending_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "googlenet_bn", "-o", str(tmp_path / "table.xlsx")]) == 2
    assert "must be a .tex, .md, .csv, .bib file, not 'table.xlsx'" in capsys.readouterr().err


# ---- figures


@pytest.mark.parametrize("key", ("googlenet", "inception_v3", "inception_resnet_v2", "xception"))
def test_the_whole_network_fits_a_page_in_columns(key: str) -> None:
    """Every box is in one column, and in none is it missing."""
    analysis = analysis_of(key)
    made = figure(analysis, DiagramOptions(), analysis)
    assert PAGE / 1.6 < made.height / made.width < PAGE * 1.6
    ids = [g.get("id", "").rpartition(":")[2] for g in ElementTree.fromstring(made.svg).iter() if g.get("class")]
    boxes = [item.id for item in draw(analysis, DiagramOptions()).items if item.kind != "edge"]
    assert sorted(i for i in ids if "->" not in i and i not in ("", "input")) == sorted(set(boxes) - {"input"})


def test_the_figure_says_what_it_shows() -> None:
    text = figure(analyze(EDITED), DiagramOptions(), analysis_of("inception_v4")).svg
    words = " ".join("".join(e.itertext()) for e in ElementTree.fromstring(text).iter() if e.tag.endswith("text"))
    assert "Inception v4, edited (inception_a.branch3x3.reduce: 64 → 48 filters; inception_b: 7 → 5 copies)" in words
    assert f"{analyze(EDITED).params:,} parameters" in words
    assert "7×7, factorised" in words
    assert "after " in words


def test_a_figure_of_one_block_has_that_block_only() -> None:
    analysis = analysis_of("googlenet")
    text = figure(analysis, DiagramOptions(), analysis, "inception4e").svg
    assert "after inception 4d" in text
    assert "528 × 14 × 14" in text
    assert 'id="inception4e.branch5x5.reduce"' in text
    assert "inception5a" not in text


def test_a_file_is_named_for_what_it_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert saved_name(ARCHITECTURES["inception_v4"], ".svg") == "inception_v4.svg"
    assert re.fullmatch(r"inception_v4-edited-[0-9a-f]{4}\.svg", saved_name(EDITED, ".svg"))
    assert main(["diagram", "googlenet", "--stage", "inception3a", "-o", str(tmp_path)]) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["googlenet-inception3a.svg"]
    assert main(["diagram", "googlenet", "--stage", "inception3z", "-o", str(tmp_path)]) == 2
    assert "did you mean inception3" in capsys.readouterr().err


@needs_tex
@pytest.mark.parametrize(
    "key, stage", (("googlenet", "inception3a"), ("inception_resnet_v2", ""), ("xception", "block2"))
)
def test_latex_compiles_the_figure(key: str, stage: str, tmp_path: Path) -> None:
    analysis = analysis_of(key)
    document = figure_bytes(analysis, ".tex", DiagramOptions(), analysis, stage).decode()
    assert "Output written on paper.pdf (1 page" in compiled(document, tmp_path)
    if stage == "inception3a":
        assert "{\\fontsize{11}{11}\\selectfont\\bfseries 128};" in document
