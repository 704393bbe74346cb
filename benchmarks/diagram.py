"""The diagram in Chromium, beside the same DOT through Streamlit's own ``st.graphviz_chart``.

Both apps run here, warm. A stopwatch in the page starts with the person's event (a click, or Enter) and stops at the
first frame in which the page shows the result: Python's work, the way there and back, layout and drawing are all in it.
"""

from __future__ import annotations

import re
import statistics
from functools import partial

from playwright.sync_api import Page

from app.backend.diagram import readable
from inception_models import ARCHITECTURES

from .stopwatch import pages, timed

_Row = dict[str, float | str]
_Runs = dict[str, list[float]]  # milliseconds, by action

GOOGLENET, RESNET = (
    f"{about.title}, {about.year}"
    for about in (ARCHITECTURES[key].about for key in ("googlenet", "inception_resnet_v2"))
)
DRAWN = """deep('.view g.node[id^="inception3a"]').length > 0"""
FOLDED = """deep('.view g.node[id^="repeat."]').length > 0"""
EVERY = "deep('.view g.node').length > 400"
FEW = "deep('.view g.node').length < 100 && deep('.view g.node').length > 0"


def ours(runs: int) -> _Runs:
    """Milliseconds of every run, by action."""
    times: _Runs = {"choose": [], "every op": [], "select": [], "edit": []}
    with pages("app", "serve", "--port", "PORT") as (page, url):
        page.goto(f"{url}/?variant=googlenet")
        page.locator('.view g[id="inception3a"]').wait_for()
        for number in range(100, 100 + runs):
            page.get_by_role("radio", name="Whole network").click()
            for name in ("inception3b", "inception4a"):
                node = page.locator(f'.view g[id="{name}.concat"]')
                told = (
                    f"deep('.st-key-inspector').some((e) => e.innerText.startsWith('{readable(name)}')) &&"
                    f" deep('[type=range]').some((e) => e.ariaLabel?.includes('{name}'))"
                )
                times["select"].append(timed(page, "click", told, node.click))
            page.get_by_role("radio", name="Block").click()
            page.get_by_role("option", name="inception 3a").click()
            page.locator('.view g[id="inception3a.branch1x1.conv"]').wait_for()
            field = page.locator(".st-key-table1").get_by_label("filters of inception3a.branch1x1.conv,").first
            field.fill(str(number))
            shown = f"""deep('.view g[id="inception3a.branch1x1.conv"]')[0]?.textContent.includes('→ {number}')"""
            times["edit"].append(timed(page, "keydown", shown, partial(field.press, "Enter")))
            page.get_by_role("radio", name="Whole network").click()
            times["choose"].append(_choose(page, RESNET, FOLDED))
            page.get_by_role("radio", name="Layers").click()
            page.locator(".st-key-diagram-choices").get_by_role("button", name="More").click()
            copies = page.get_by_text("Every copy")
            times["every op"].append(timed(page, "click", EVERY, copies.click))
            timed(page, "click", FEW, copies.click)
            page.keyboard.press("Escape")
            page.get_by_role("radio", name="Branches").click()
            _choose(page, GOOGLENET, DRAWN)
    return times


def _choose(page: Page, title: str, condition: str) -> float:
    variant = page.get_by_role("combobox", name="Variant")
    variant.click()
    variant.fill(title)  # a long list has only some of its options in the page
    return timed(page, "click", condition, page.get_by_role("option", name=title, exact=True).click)


def theirs(runs: int) -> _Runs:
    """The same in the app of :mod:`benchmarks.chart_app`; a click on its diagram does nothing."""
    times: _Runs = {"choose": [], "every op": [], "edit": []}
    with pages("streamlit", "run", "benchmarks/chart_app.py", "--server.port", "PORT", "--server.headless", "true") as (
        page,
        url,
    ):
        page.goto(url)
        page.locator("svg g.node").first.wait_for()
        for number in range(100, 100 + runs):
            field = page.get_by_role("spinbutton", name="Width")
            field.fill(str(number))
            shown = (
                f"""deep('svg g.node[id="inception3a.branch1x1.conv"] text').some((e) => e.textContent == '{number}')"""
            )
            times["edit"].append(timed(page, "keydown", shown, partial(field.press, "Enter")))
            times["choose"].append(_radio(page, "inception_resnet_v2", "repeat.branch1x1"))
            times["every op"].append(_radio(page, "op", "repeat_1.19"))
            _radio(page, "branch", "repeat.branch1x1")
            _radio(page, "googlenet", "inception3a")
    return times


def _radio(page: Page, name: str, path: str) -> float:
    shown = f"""deep('svg g.node title').some((e) => e.textContent.startsWith('{path}'))"""
    return timed(page, "click", shown, page.locator("label").filter(has_text=re.compile(f"^{name}$")).click)


WHAT = {
    "choose": ("choose Inception-ResNet v2, folded", 300.0),
    "every op": ("its every op and copy", 2000.0),
    "select": ("click to inspector", 150.0),
    "edit": ("width edit repaints, from Enter", 250.0),
}


def run(quick: bool = False) -> dict[str, list[_Row]]:
    """Every measurement, as rows by title. At the ``first``, no layout of the diagram is known yet."""
    runs = 3 if quick else 9
    mine, other = ours(runs), theirs(runs)
    return {
        "Chromium, ms": [
            {
                "what": text,
                "first": mine[name][0],
                "median": statistics.median(mine[name]),
                "slowest": max(mine[name]),
                "wanted": wanted,
                "st.graphviz_chart first": other[name][0] if name in other else "-",
                "st.graphviz_chart median": statistics.median(other[name]) if name in other else "-",
            }
            for name, (text, wanted) in WHAT.items()
        ]
    }
