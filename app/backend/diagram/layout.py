"""Where things stand: Graphviz, called as a program, and the places it found for boxes, frames and edges.

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

TIMEOUT_SECONDS = 60
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class LayoutError(RuntimeError):
    """No Graphviz program could draw the diagram; the message is one sentence."""


def svg_of(dot: str) -> str:
    """``dot`` laid out and drawn by Graphviz.

    Raises:
        LayoutError: where no Graphviz program is found, or none can draw it.
    """
    reason = "neither graphviz-pure nor dot is installed"
    for program in _programs():
        try:
            done = subprocess.run(
                [program, "-Tsvg"], input=dot.encode(), capture_output=True, timeout=TIMEOUT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            reason = f"it took longer than {TIMEOUT_SECONDS} seconds"
            continue
        except OSError as error:
            reason = f"the program does not start ({error.strerror})"
            continue
        if done.returncode == 0 and done.stdout:
            return done.stdout.decode()
        errors = done.stderr.decode(errors="replace").strip().splitlines()
        reason = errors[-1].rstrip(".") if errors else "the program gave back nothing"
    raise LayoutError(f"The diagram could not be laid out: {reason}.")


def _programs() -> Iterator[str]:
    name = "graphviz-pure"
    if pure := shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name):
        yield pure
    if system := shutil.which("dot"):
        yield system


# --- places ----------------------------------------------------------------------------------------------------------


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
class Line:
    """An edge: SVG path data, the points of its arrow's head, and where its label begins."""

    path: str
    arrow: str
    label: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Places:
    """A laid-out diagram. Keys are the ``id`` attributes of the DOT; sizes are in points."""

    width: float
    height: float
    shift: tuple[float, float]  # of everything, to make coordinates positive
    nodes: Mapping[str, Rect]
    clusters: Mapping[str, Rect]
    edges: Mapping[str, Line]


def places(dot: str) -> Places:
    """Where Graphviz puts every node, cluster and edge of ``dot``, each of which needs an ``id``."""
    root = ElementTree.fromstring(svg_of(dot))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    graph = root.find(f"{SVG}g")
    assert graph is not None, "Graphviz draws one group"
    x, y = (float(n) for n in NUMBER.findall(graph.attrib["transform"].partition("translate")[2])[:2])
    groups = [(g.get("class", "").split()[0], g.get("id", ""), g) for g in graph.iter(f"{SVG}g") if g.get("class")]
    return Places(
        width,
        height,
        (x, y),
        {name: _frame(g) for kind, name, g in groups if kind == "node"},
        {name: _frame(g) for kind, name, g in groups if kind == "cluster"},
        {name: _line(g) for kind, name, g in groups if kind == "edge"},
    )


def _frame(group: ElementTree.Element) -> Rect:
    shape = next(e for e in group.iter() if e.tag in (f"{SVG}path", f"{SVG}polygon"))
    numbers = [float(n) for n in NUMBER.findall(shape.get("d") or shape.get("points") or "")]
    xs, ys = numbers[::2], numbers[1::2]
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys), _label(group))


def _line(group: ElementTree.Element) -> Line:
    path = next(group.iter(f"{SVG}path"))
    arrow = next(group.iter(f"{SVG}polygon"))
    return Line(path.attrib["d"], arrow.attrib["points"], _label(group))


def _label(group: ElementTree.Element) -> tuple[float, float] | None:
    text = next(group.iter(f"{SVG}text"), None)
    return None if text is None else (float(text.attrib["x"]), float(text.attrib["y"]))
