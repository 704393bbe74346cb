"""A made-up network of inception modules in the real component, drawn by the real Graphviz."""

import functools
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from app.frontend.components.graph_view import BoxNumber, graph_view

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


SVG = "http://www.w3.org/2000/svg"


# What the component reads of the backend's classes DrawnItem, HeatScale and Drawing, which take seconds to import.
class Item(NamedTuple):
    id: str
    kind: str
    classes: str
    svg: str
    tip: str


@dataclass(frozen=True)
class Scale:
    colours: tuple[str, ...]
    low: str
    high: str


@dataclass(frozen=True)
class Drawn:
    topology: str
    width: float
    height: float
    shift: tuple[float, float]
    items: tuple[Item, ...]
    legend: tuple[tuple[str, str], ...] | Scale


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
def layout(modules: int, opened: frozenset[int], sideways: bool) -> ElementTree.Element:
    lines, before = [node("input", "input")], "input"
    for number in range(modules):
        more, before = module(f"inception{number}", before, number in opened)
        lines += more
    dot = HEAD % ("LR" if sideways else "TB") + "\n".join(lines) + "}"
    program = shutil.which("graphviz-pure", path=str(Path(sys.executable).parent))
    assert program, "graphviz-pure is not installed"
    svg = subprocess.run([program, "-Tsvg"], input=dot, capture_output=True, text=True, check=True).stdout
    ElementTree.register_namespace("", SVG)
    return ElementTree.fromstring(svg)


def items(graph: ElementTree.Element, width: int, heat: bool) -> list[Item]:
    """Graphviz's groups, with what an edit changes put in: labels, tips, fills."""
    made = []
    for group in graph.iterfind(f"{{{SVG}}}g"):
        path, kind = group.attrib["id"], group.attrib["class"]
        svg = "".join(ElementTree.tostring(e, "unicode") for e in group if not e.tag.endswith("title"))
        svg = re.sub(r"@([\w.]+)@", lambda match: filters(match[1], width), svg)
        tip = path if kind == "edge" else f"{path}\n{filters(path, width)} filters <b>of 3x3</b>"
        made.append(Item(path, kind, "", painted(svg, path, heat) if kind == "node" else svg, tip))
    return made


def filters(path: str, width: int) -> str:
    return str(width if path == EDITED else len(path) * 8)


def painted(svg: str, path: str, heat: bool) -> str:
    branch = next((color for name, color in COLORS.items() if f".{name}." in path), "#DDE3EA")
    fill = CIVIDIS[len(path) * 7 % 10] if heat else branch
    ink = "#ffffff" if fill in (COLORS["branch1x1"], *CIVIDIS[:5]) else "#111418"
    return svg.replace('fill="#dde3ea"', f'fill="{fill}"').replace("<text ", f'<text fill="{ink}" ')


def drawing(
    modules: int, opened: frozenset[int], sideways: bool, width: int, heat: bool, more: tuple[Item, ...]
) -> Drawn:
    svg = layout(modules, opened, sideways)
    graph = svg.find(f"{{{SVG}}}g")
    assert graph is not None
    *_, right, down = map(float, re.findall(r"-?[\d.]+", graph.attrib["transform"]))
    _, _, across, along = map(float, svg.attrib["viewBox"].split())
    return Drawn(
        f"{sorted(opened)} {sideways}",
        across,
        along,
        (right, down),
        (*items(graph, width, heat), *more),
        Scale(CIVIDIS, "0", "1.2 G MACs") if heat else tuple((COLORS[name], name) for name in COLORS),
    )


BAD = "document.title='bad'"
HOSTILE = {
    "hostile": Item(
        "hostile",
        "node",
        f'" onclick="{BAD}',
        f"""<script>{BAD}</script><a href="javascript:{BAD}"><text onload="{BAD}">kept</text></a>
<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="{BAD}"/></body></foreignObject>
<image href="x" onerror="{BAD}"/><rect width="9" height="9" style="mask: url(http://example.org/x)"/>""",
        "hostile",
    ),
    "escaping": Item("escaping", "node", "", '</g><g id="input" class="node"><text>another</text></g><g>', "escaping"),
}


@dataclass
class MadeUp:
    """A network of ``modules`` modules, and what the person did with its diagram."""

    modules: int = 3
    opened: frozenset[int] = frozenset()
    fixed: bool = False  # nothing can be expanded
    more: tuple[Item, ...] = ()
    width: int = 96
    heat: bool = False
    sideways: bool = False
    numbered: bool = False  # the width of EDITED can be typed in its box
    selected: str | None = None
    log: list[str] = field(default_factory=list)

    @staticmethod
    def asked(query: Mapping[str, str]) -> "MadeUp":
        """In an address: ?modules=18&open=all&fixed&hostile&escaping."""
        modules = int(query.get("modules", 3))
        opened = frozenset(range(modules)) if query.get("open") == "all" else frozenset[int]()
        return MadeUp(modules, opened, "fixed" in query, tuple(HOSTILE[name] for name in HOSTILE if name in query))

    def show(self) -> None:
        graph_view(
            drawing(self.modules, self.opened, self.sideways, self.width, self.heat, self.more),
            network="inception",
            selected=self.selected,
            key="diagram",
            on_select=self.select,
            on_expand=None if self.fixed else self.expand,
            numbers={EDITED: BoxNumber(self.width, self.width)} if self.numbered else None,
        )

    def select(self, path: str) -> None:
        self.selected = path
        self.log.append(f"select {path}")

    def expand(self, path: str) -> None:
        self.log.append(f"expand {path}")
        if number := re.fullmatch(r"inception(\d+)", path):
            self.opened ^= {int(number[1])}
