"""The diagram as a notebook has it: the real script with a stand-in for the notebook between it and its Python."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.backend.diagram import DiagramOptions
from app.frontend.components.graph_view.widget import DiagramWidget
from inception_models import ARCHITECTURES, with_widths

URL = "http://localhost/"
NOTEBOOK = """async ({ script, values }) => {
  const listeners = []
  const model = {
    get: (name) => values[name],
    set: (name, value) => { values[name] = value },
    on: (name, listen) => { listeners.push(listen) },
    save_changes: async () => {
      values.shown = await window.kernel(values.told)
      for (const listen of listeners) listen()
    },
  }
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
  const { default: widget } = await import(url)
  widget().render({ model, el: document.getElementById("cell") })
}"""


@pytest.mark.usefixtures("no_history")
def test_a_notebook_s_diagram_is_selected_and_expanded(page: Page) -> None:
    arch = with_widths(ARCHITECTURES["googlenet"], {"inception3a.branch3x3.conv": 96})
    widget = DiagramWidget(arch, DiagramOptions("stage"))

    def kernel(told: dict[str, object]) -> object:
        widget.told = told
        return widget.shown

    page.route(URL, lambda route: route.fulfill(body='<div id="cell"></div>', content_type="text/html"))
    page.expose_function("kernel", kernel)
    page.goto(URL)
    page.evaluate(NOTEBOOK, {"script": widget._esm, "values": {"files": widget.files, "shown": widget.shown}})
    block = page.locator('g.node[id="inception3a"]')
    block.click()
    expect(block).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Expand the selected block").click()
    expect(page.locator('g.node[id="inception3a.branch3x3.conv"]')).to_contain_text("128 → 96")
    assert widget.selected == "inception3a"
