"""Where everything goes: Graphviz, called as a program, and the coordinates that it gives boxes, clusters and edges.

Two programs can do it: ``graphviz-pure`` from the Python package of that name, and the system's ``dot``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

LAYOUT_TIMEOUT_SECONDS = 20  # the largest diagram takes less than two
SVG_NS = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class LayoutError(ValueError):
    """No Graphviz program could draw the diagram; the message is one sentence."""


def graphviz_svg(dot: str) -> str:
    """``dot`` laid out and drawn by Graphviz.

    Raises:
        LayoutError: where no Graphviz program is found, or none can draw it.
    """
    reason = "neither graphviz-pure nor dot is installed"
    for program in _programs():
        try:
            result = subprocess.run(
                [program, "-Tsvg"], input=dot.encode(), capture_output=True, timeout=LAYOUT_TIMEOUT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            reason = f"it took longer than {LAYOUT_TIMEOUT_SECONDS} seconds"
            continue
        except OSError as error:
            reason = f"the program does not start ({error.strerror})"
            continue
        if result.returncode == 0 and result.stdout.rstrip().endswith(b"</svg>"):
            return result.stdout.decode()
        reason = _reason(result)
    raise LayoutError(f"The diagram could not be laid out: {reason}.")


def _reason(ended: subprocess.CompletedProcess[bytes]) -> str:
    if ended.returncode < 0:
        return f"the program was ended by signal {-ended.returncode}"
    errors = ended.stderr.decode(errors="replace").strip().splitlines()
    return (
        errors[-1].rstrip(".")
        if errors
        else f"the program returned {'no whole drawing' if ended.stdout else 'nothing'}"
    )


def _programs() -> Iterator[str]:
    name = "graphviz-pure"
    if pure := shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name):
        yield pure
    if system := shutil.which("dot"):
        yield system


# --- coordinates -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in points, y downwards, and where its label begins."""

    x: float
    y: float
    width: float
    height: float
    label: tuple[float, float] | None

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class EdgeCurve:
    """An edge: SVG path data, the points of its arrowhead, and where its label begins."""

    path: str
    arrow: str
    label: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class DiagramLayout:
    """The coordinates of a diagram, in points. Keys are the ``id`` attributes of the DOT."""

    width: float
    height: float
    shift: tuple[float, float]  # added to everything, which makes coordinates positive
    nodes: Mapping[str, Rect]
    clusters: Mapping[str, Rect]
    edges: Mapping[str, EdgeCurve]


def layout_of(dot: str) -> DiagramLayout:
    """Where Graphviz puts every node, cluster and edge of ``dot``, each of which needs an ``id``.

    Raises:
        LayoutError: where no Graphviz program is found, or none can lay it out.
    """
    root = ElementTree.fromstring(graphviz_svg(dot))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    graph = root.find(f"{SVG_NS}g")
    assert graph is not None, "Graphviz draws one group"
    x, y = (float(n) for n in NUMBER.findall(graph.attrib["transform"].partition("translate")[2])[:2])
    groups = [(g.get("class", "").split()[0], g.get("id", ""), g) for g in graph.iter(f"{SVG_NS}g") if g.get("class")]
    return DiagramLayout(
        width,
        height,
        (x, y),
        {name: _rect(g) for kind, name, g in groups if kind == "node"},
        {name: _rect(g) for kind, name, g in groups if kind == "cluster"},
        {name: _curve(g) for kind, name, g in groups if kind == "edge"},
    )


def _rect(group: ElementTree.Element) -> Rect:
    shape = next(e for e in group.iter() if e.tag in (f"{SVG_NS}path", f"{SVG_NS}polygon"))
    numbers = [float(n) for n in NUMBER.findall(shape.get("d") or shape.get("points") or "")]
    xs, ys = numbers[::2], numbers[1::2]
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys), _label(group))


def _curve(group: ElementTree.Element) -> EdgeCurve:
    path = next(group.iter(f"{SVG_NS}path"))
    arrow = next(group.iter(f"{SVG_NS}polygon"))
    return EdgeCurve(path.attrib["d"], arrow.attrib["points"], _label(group))


def _label(group: ElementTree.Element) -> tuple[float, float] | None:
    text = next(group.iter(f"{SVG_NS}text"), None)
    return None if text is None else (float(text.attrib["x"]), float(text.attrib["y"]))
