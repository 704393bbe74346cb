"""The notebook runs, and what is in it displays itself."""

from __future__ import annotations

import json

import nbclient
import nbformat

from tests.app_server import ROOT

NOTEBOOK = ROOT / "notebooks" / "tour.ipynb"


def test_the_notebook_runs_and_its_results_display_themselves() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = [cell.outputs[-1] for cell in notebook.cells if cell.cell_type == "code"]
    arch, analysis, drawing, widget, code = shown
    assert "<td>inception4e</td><td>block of 4</td><td>576 × 14 × 14</td>" in arch["data"]["text/html"]
    assert "<td>inception4e</td><td>576 × 14 × 14</td>" in analysis["data"]["text/html"]
    assert drawing["data"]["image/svg+xml"].startswith("<svg")
    assert "application/vnd.jupyter.widget-view+json" in widget["data"]
    assert "inception4e.branch3x3.conv: 320 → 64 filters" in code["text"]


def test_the_notebook_is_saved_without_results() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") for cell in cells)
