"""The diagram in Chromium, beside the same DOT through Streamlit's own ``st.graphviz_chart``, and beside an empty page.

All three apps run here, warm. A stopwatch in the page starts with the person's event (a click, or a key) and stops at
the first frame in which the page shows the result: Python's work, the way there and back, layout and drawing are all in
it. The empty page, a slider and a line of text, is what Streamlit itself takes.
"""

from __future__ import annotations

import re
import statistics
from functools import partial

from playwright.sync_api import Page

from app.backend import analyze
from app.backend.diagram import readable
from app.frontend.kit.variant_list import variant_label
from inception_models import ARCHITECTURES, with_widths

from .stopwatch import pages, painted, timed

_Row = dict[str, float | str]
_Runs = dict[str, list[float]]  # milliseconds, by action

GOOGLENET, RESNET = variant_label("googlenet"), variant_label("inception_resnet_v2")
DRAWN = """deep('.view g.node[id^="inception3a"]').length > 0"""
CONNECTED = f"{DRAWN} && !deep('.first-look .st-key-diagram > div').length"
FOLDED = """deep('.view g.node[id^="repeat."]').length > 0"""
EVERY = "deep('.view g.node').length > 400"
FEW = "deep('.view g.node').length < 100 && deep('.view g.node').length > 0"


def ours(runs: int) -> _Runs:
    """Milliseconds of every run, by action."""
    times: _Runs = {name: [] for name in ("paint", "connected", "choose", "every op", "select", "edit", "page")}
    with pages("app", "serve", "--port", "PORT") as (page, url):
        for _ in range(runs):
            times["paint"].append(painted(page, f"{url}/?variant=googlenet", DRAWN))
            page.locator(".st-key-diagram .stBidiComponent").wait_for()
            times["connected"].append(painted(page, f"{url}/?variant=googlenet", CONNECTED))
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
            times["edit"].append(timed(page, "keydown", _edited(number), partial(field.press, "Enter")))
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
            times["page"].append(_open(page, "Costs", "Sensitivity"))
            times["page"].append(_open(page, "Explore", "Whole network"))
    return times


def _edited(number: int) -> str:
    """Whether the diagram, the totals, the table and the slider all show an edit of GoogLeNet's first branch."""
    path = "inception3a.branch1x1.conv"
    params = analyze(with_widths(ARCHITECTURES["googlenet"], {path: number})).params
    return (
        f"""deep('.view g[id="{path}"]')[0]?.textContent.includes('→ {number}') &&"""
        f""" deep('[aria-label^="Parameters: {params:,} "]').length > 0 &&"""
        f""" deep('.st-key-table1 [aria-label^="filters of {path},"], input[aria-label^="filters of {path},"]')"""
        f""".some((e) => e.value == '{number}') &&"""
        f""" deep('[type=range]').some((e) => e.ariaLabel?.includes('{path}') && e.value == '{number}')"""
    )


def _open(page: Page, title: str, words: str) -> float:
    """Another page, until something of its own is on it."""
    shown = f"deep('main button, main label, [role=tab]').some((e) => e.innerText.trim() === '{words}')"
    return timed(page, "click", shown, page.get_by_test_id("stTopNavLink").filter(has_text=title).click)


def _choose(page: Page, title: str, condition: str) -> float:
    variant = page.get_by_role("combobox", name="Variant")
    variant.click()
    variant.fill(title)  # a long list has only some of its options in the page
    return timed(page, "click", condition, page.get_by_role("option", name=title, exact=True).click)


def theirs(runs: int) -> _Runs:
    """The same in the app of :mod:`benchmarks.chart_app`; a click on its diagram does nothing."""
    times: _Runs = {"paint": [], "choose": [], "every op": [], "edit": []}
    with pages("streamlit", "run", "benchmarks/chart_app.py", "--server.port", "PORT", "--server.headless", "true") as (
        page,
        url,
    ):
        for _ in range(runs):
            times["paint"].append(painted(page, url, "deep('svg g.node').length > 0"))
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


def empty(runs: int) -> _Runs:
    """The same in the app of :mod:`benchmarks.empty_app`."""
    paints: list[float] = []
    times: _Runs = {"paint": paints, "connected": paints, "edit": []}
    command = ("streamlit", "run", "benchmarks/empty_app.py", "--server.port", "PORT", "--server.headless", "true")
    with pages(*command) as (page, url):
        for _ in range(runs):
            paints.append(painted(page, url, "deep('p').some((e) => e.innerText === 'width 64')"))
        slider = page.get_by_role("slider")
        for number in range(65, 65 + runs):
            shown = f"deep('p').some((e) => e.innerText === 'width {number}')"
            times["edit"].append(timed(page, "keydown", shown, partial(slider.press, "ArrowRight")))
    return times


WHAT = {
    "paint": ("first paint with a drawn network", "1.2 x empty"),
    "connected": ("the same, part of the connected page", "-"),
    "edit": ("edit to everything visible, from Enter", "1.3 x empty"),
    "choose": ("choose Inception-ResNet v2, folded", "250 ms"),
    "page": ("another page", "250 ms"),
    "select": ("click to inspector", "150 ms"),
    "every op": ("its every op and copy", "2000 ms"),
}


def run(quick: bool = False) -> dict[str, list[_Row]]:
    """Every measurement, as rows by title. At the ``first``, no layout of the diagram is known yet."""
    runs = 3 if quick else 9
    floor, mine, other = empty(runs), ours(runs), theirs(runs)
    return {
        "Chromium, ms": [
            {
                "what": text,
                "first": mine[name][0],
                "median": statistics.median(mine[name]),
                "slowest": max(mine[name]),
                "wanted": wanted,
                "empty page median": statistics.median(floor[name]) if name in floor else "-",
                "ratio": statistics.median(mine[name]) / statistics.median(floor[name]) if name in floor else "-",
                "st.graphviz_chart first": other[name][0] if name in other else "-",
                "st.graphviz_chart median": statistics.median(other[name]) if name in other else "-",
            }
            for name, (text, wanted) in WHAT.items()
        ]
    }
