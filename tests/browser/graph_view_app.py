"""A made-up network of inception modules in the real component, drawn by the real Graphviz.

Run by test_graph_view.py: `streamlit run graph_view_app.py`. In the address: ?modules=18&open=all&fixed&hostile&tabs.
"""

import functools
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import streamlit as st

from app.frontend.components.graph_view import graph_view

BRANCHES = {
    "branch1x1": ("conv",),
    "branch3x3": ("reduce", "conv"),
    "branch5x5": ("reduce", "conv"),
    "pool": ("pool", "proj"),
}
COLORS = {"branch1x1": "#0072B2", "branch3x3": "#E69F00", "branch5x5": "#009E73", "pool": "#CC79A7"}
CIVIDIS = ("#00224E", "#123570", "#3B496C", "#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369", "#E1CC55", "#FEE838")
EDITED = "inception1.branch3x3.reduce"
HEAD = """digraph { rankdir=%s
node [shape=box style="rounded,filled" fillcolor="#DDE3EA" fixedsize=true width=1.6 height=0.55]
node [fontname=Helvetica fontsize=11]
graph [style="rounded,filled" fillcolor="#88888818" fontname=Helvetica fontsize=12]
"""


@dataclass(frozen=True)
class Heat:
    colours: tuple[str, ...]
    low: str
    high: str


def node(path: str, label: str) -> str:
    return f'"{path}" [id="{path}" label="{label}\\n@{path}@"]'


def module(name: str, before: str, is_open: bool) -> tuple[list[str], str]:
    if not is_open:
        return [node(name, name), f'"{before}" -> "{name}" [id="{before}->{name}"]'], name
    end = f"{name}.concat"
    lines = [f'subgraph "cluster_{name}" {{ id="{name}" label="{name}"']
    links = []
    for branch, ops in BRANCHES.items():
        paths = [f"{name}.{branch}.{op}" for op in ops]
        lines += [node(path, f"{branch} {op}") for path, op in zip(paths, ops, strict=True)]
        chain = [before, *paths, end]
        links += [f'"{a}" -> "{b}" [id="{a}->{b}"]' for a, b in pairwise(chain)]
    return [*lines, node(end, "concat"), "}", *links], end


@functools.cache
def layout(modules: int, opened: frozenset[int], sideways: bool) -> str:
    lines, before = [node("input", "input")], "input"
    for number in range(modules):
        more, before = module(f"inception{number}", before, number in opened)
        lines += more
    dot = HEAD % ("LR" if sideways else "TB") + "\n".join(lines) + "}"
    program = shutil.which("graphviz-pure", path=str(Path(sys.executable).parent))
    assert program, "graphviz-pure is not installed"
    return subprocess.run([program, "-Tsvg"], input=dot, capture_output=True, text=True, check=True).stdout


def paint(svg: str, width: int, heat: bool) -> str:
    """Put in what an edit changes: labels, tips, fills."""

    def color(found: re.Match[str]) -> str:
        path = found[1]
        branch = next((color for name, color in COLORS.items() if f".{name}." in path), "#DDE3EA")
        fill = CIVIDIS[len(path) * 7 % 10] if heat else branch
        ink = "#ffffff" if fill in (COLORS["branch1x1"], *CIVIDIS[:5]) else "#111418"
        return found[0].replace('fill="#dde3ea"', f'fill="{fill}"').replace("<text ", f'<text fill="{ink}" ')

    svg = re.sub(r'<g id="([\w.]+)" class="node">.*?</g>', color, svg, flags=re.DOTALL)
    svg = re.sub(r"<title>([\w.]+)</title>", r"<title>\1\n@\1@ filters &lt;b&gt;of 3x3&lt;/b&gt;</title>", svg)
    return re.sub(r"@([\w.]+)@", lambda found: str(width if found[1] == EDITED else len(found[1]) * 8), svg)


def select(path: str) -> None:
    st.session_state.selected = path
    log.append(f"select {path}")


def expand(path: str) -> None:
    log.append(f"expand {path}")
    if number := re.fullmatch(r"inception(\d+)", path):
        st.session_state.opened ^= {int(number[1])}


def diagram() -> None:
    query = st.query_params
    modules = int(query.get("modules", 3))
    every = frozenset(range(modules))
    opened: frozenset[int] = st.session_state.setdefault("opened", every if query.get("open") == "all" else frozenset())
    tools = st.columns(4)
    with tools[0]:
        width = st.number_input("Width", 8, 512, 96, step=8)
    with tools[1]:
        elsewhere = st.text_input("Select")
        if elsewhere != st.session_state.setdefault("typed", ""):
            st.session_state.typed = st.session_state.selected = elsewhere
    with tools[2]:
        heat = st.toggle("Heat")
    with tools[3]:
        sideways = st.toggle("Sideways")
    svg = paint(layout(modules, opened, sideways), width, heat)
    if "hostile" in query:
        svg = svg.replace("</svg>", HOSTILE + "</svg>")
    with st.tabs(["Before", "Behind"])[1] if "tabs" in query else st.container():
        graph_view(
            svg,
            network="inception",
            topology=f"{sorted(opened)} {sideways}",
            selected=st.session_state.get("selected"),
            key="diagram",
            on_select=select,
            on_expand=None if "fixed" in query else expand,
            legend=Heat(CIVIDIS, "0", "1.2 G MACs") if heat else [(COLORS[name], name) for name in COLORS],
        )
    st.code("\n".join([*log, f"width {width}"]), language=None)
    st.markdown("\n\n".join(["A line below the diagram."] * 30))


def other() -> None:
    st.title("Another page")


BAD = "document.title='bad'"
HOSTILE = f"""<g id="hostile" class="node" onclick="{BAD}"><title>hostile</title>
<script>{BAD}</script><a href="javascript:{BAD}"><text onload="{BAD}">kept</text></a>
<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="{BAD}"/></body></foreignObject>
<image href="x" onerror="{BAD}"/><rect width="9" height="9" style="mask: url(http://example.org/x)"/></g>"""

log: list[str] = st.session_state.setdefault("log", [])
st.set_page_config(layout="wide")
st.navigation([st.Page(diagram, title="Diagram", default=True), st.Page(other, title="Other")], position="top").run()
