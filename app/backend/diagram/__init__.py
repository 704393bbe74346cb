"""The diagram of a network, laid out by Graphviz from the traced graph.

A layout depends on what stands in the diagram, never on a number: boxes have fixed sizes. So each layout is computed
once and remembered, and after an edit only words and colours are painted anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from ..analysis.network import Analysis
from ..common.colours import ThemeName
from .dot import dot_of
from .export import Format, figure
from .layout import LayoutError
from .scene import ColorBy, Direction, Level, View, scene, toggled
from .styles import Heat, faces, legend
from .svg import painted

FORMATS = (".svg", ".pdf", ".png", ".dot")


@dataclass(frozen=True, slots=True)
class Drawing:
    """``svg``: nodes are ``<g class="node" id=path>``, frames ``<g class="cluster" id=path>``, edges ``<g class="edge"
    id="path->path">``; the ``<title>`` of each is its tooltip. Nothing is drawn behind them. ``topology`` names the
    layout: two drawings of one topology have the same elements in the same places.
    """

    svg: str
    topology: str


def draw(analysis: Analysis, view: View | None = None, original: Analysis | None = None) -> Drawing:
    """The diagram as ``view`` wants it, with what differs from ``original`` marked.

    Raises:
        LayoutError: where no Graphviz program is found, or none can lay it out.
    """
    view = view or View()
    shown = scene(analysis, view)
    return Drawing(*painted(shown.outline, faces(analysis, shown, view, original)))


def to_dot(
    analysis: Analysis,
    *,
    level: Level = "branch",
    expand: frozenset[str] = frozenset(),
    fold: frozenset[str] = frozenset(),
    color_by: ColorBy = "kind",
    original: Analysis | None = None,
    direction: Direction = "TB",
    fused: bool = True,
    show_aux: bool = True,
    theme: ThemeName = "light",
) -> str:
    """The same diagram in Graphviz's language; the options are those of :class:`View`."""
    return _dot(analysis, View(level, expand, fold, color_by, direction, fused, show_aux, theme), original)


def _dot(analysis: Analysis, view: View, original: Analysis | None) -> str:
    shown = scene(analysis, view)
    return dot_of(shown.outline, faces(analysis, shown, view, original))


def as_file(analysis: Analysis, ending: str, view: View | None = None, original: Analysis | None = None) -> bytes:
    """The diagram as a file: what :func:`draw` shows, on the theme's paper, as .svg, .pdf or .png; or its .dot.

    Raises:
        ValueError: for another ending.
        LayoutError: where Graphviz cannot lay it out.
    """
    view = view or View()
    if ending not in FORMATS:
        raise ValueError(
            f"A diagram is written as {', '.join(FORMATS)}, not as {ending or 'a file without an ending'}."
        )
    if ending == ".dot":
        return _dot(analysis, view, original).encode()
    shown = scene(analysis, view)
    svg, _ = painted(shown.outline, faces(analysis, shown, view, original), paper=True)
    return figure(svg, cast(Format, ending.removeprefix(".")))


__all__ = ["FORMATS", "Drawing", "Heat", "LayoutError", "View", "as_file", "draw", "legend", "to_dot", "toggled"]
