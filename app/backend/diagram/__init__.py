"""The diagram of a network, drawn from the traced graph: analysis -> boxes -> scene -> styles -> svg.

``box_plan`` groups the traced nodes of each stage or block into boxes (a convolution, its normalisation and its
activation share one) and finds the edges between them; ``boxes`` adds their numbers; ``roles`` has what the spec says
about each box. ``scene`` puts the boxes of all stages together as the ``options`` ask, expanded or folded, with a
cluster around each block; its ``Topology`` is all that a layout depends on. ``styles`` decides how every box, edge and
cluster looks: its text (worded in ``labels``), its colour (that of its branch, or one from the ``heat`` map), whether
it is marked as changed; and the legend.
``layout`` asks Graphviz for the coordinates of a topology, which ``dot`` writes in Graphviz's language. ``svg`` draws
the styles at those coordinates, an item for each box, edge and cluster. ``export`` turns the items into files.

Box sizes are fixed and a topology contains no filter counts. So each layout is computed once and cached, and an edit of
widths changes only text and colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..analysis.network import Analysis
from ..common.colours import ColorBy, ThemeName
from ..common.thumbnail import Thumbnail
from .dot import dot_text_of
from .heat import HeatScale
from .labels import readable
from .layout import LayoutError
from .options import DiagramLevel, DiagramOptions, Direction, toggled
from .scene import neighbours, scene
from .styles import part_styles, style_of
from .svg import Drawing, DrawnItem, drawing_of


def draw(
    analysis: Analysis,
    options: DiagramOptions | None = None,
    original: Analysis | None = None,
    maps: Mapping[str, Thumbnail] = MappingProxyType({}),
) -> Drawing:
    """The diagram as ``options`` want it, with what differs from ``original`` marked, and its legend.

    ``maps``: thumbnails by the paths of outputs, which go into the boxes where ``options`` leave room for them.

    Raises:
        LayoutError: where no Graphviz program is found, or none can lay it out.
    """
    options = options or DiagramOptions()
    shown = scene(analysis, options)
    style = style_of(analysis, shown, options, original)
    return drawing_of(shown.topology, style, [(box.output, _map(box.output, maps, analysis)) for box in shown.boxes])


def _map(output: str, maps: Mapping[str, Thumbnail], analysis: Analysis) -> Thumbnail | str:
    """The thumbnail of an output, or the reason for there being none where others have theirs."""
    if output in maps or not maps:
        return maps.get(output, "")
    if output.partition(".")[0] in {head.name for head in analysis.arch.aux}:
        return "No map: auxiliary heads run in training only"
    return "No map of its own: a convolution, its normalisation and its activation are computed as one"


def to_dot(
    analysis: Analysis,
    *,
    level: DiagramLevel = "branch",
    expand: frozenset[str] = frozenset(),
    fold: frozenset[str] = frozenset(),
    color_by: ColorBy = "kind",
    original: Analysis | None = None,
    direction: Direction = "TB",
    fused: bool = True,
    show_aux: bool = True,
    theme: ThemeName = "light",
) -> str:
    """The same diagram in Graphviz's language; the options are those of :class:`DiagramOptions`."""
    options = DiagramOptions(level, expand, fold, color_by, direction, fused, show_aux, theme)
    return dot_text(analysis, options, original)


def dot_text(analysis: Analysis, options: DiagramOptions, original: Analysis | None) -> str:
    """The same, with its options as one value."""
    shown = scene(analysis, options)
    return dot_text_of(shown, part_styles(analysis, shown, options, original))


__all__ = [
    "ColorBy",
    "DiagramLevel",
    "DiagramOptions",
    "Drawing",
    "DrawnItem",
    "HeatScale",
    "LayoutError",
    "dot_text",
    "draw",
    "neighbours",
    "readable",
    "to_dot",
    "toggled",
]
