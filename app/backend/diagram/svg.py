"""A diagram as SVG: templates whose coordinates come from a layout, filled with text and colours from styles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Literal, NamedTuple

from ..common.colours import Theme
from ..common.thumbnail import Thumbnail
from .box_plan import EdgeRole
from .dot import FONT, dot_name, dot_of, escaped
from .layout import EdgeCurve, Rect, layout_of
from .lettering import NAME_SIZE
from .scene import ClusterTree, Topology
from .styles import MAP_MARGIN, MAP_SIDE, BoxStyle, DiagramStyle, EdgeStyle, Legend, edge_colour, has_map

BASELINES = ((), (3.5,), (-4, 10.5), (-9.5, 3, 15.5))  # of so many lines in a box, below its centre, in points
BAR_HEIGHT = 2.5  # points
MAP_LOOK = f'width="{MAP_SIDE}" height="{MAP_SIDE}" image-rendering="optimizeSpeed"'  # a square a value
THINNEST, THICKEST = 0.7, 2.6  # edges, in points


BoxOutput = tuple[str, Thumbnail | str]  # its path in the built network, and what it looks like or why it has no map
NO_OUTPUT: BoxOutput = ("", "")


class DrawnItem(NamedTuple):
    """One box, cluster or edge, which is a group in the SVG.

    ``id`` is its path, or ``tail->head`` of an edge. ``classes`` tell more about its kind, ``svg`` is the markup inside
    its group, ``tip`` its tooltip. In ``svg`` all text is escaped; the other fields are plain text. ``output``: the
    path in the built network of the module whose output a box shows.
    """

    id: str
    kind: Literal["node", "cluster", "edge"]
    classes: str
    svg: str
    tip: str
    output: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram, with sizes in points.

    ``topology`` names its layout: two drawings of one topology have the same items in the same places. ``items`` are in
    the order to paint them; ``shift`` is added to all their coordinates. ``paper``: the background that their colours
    are for.
    """

    topology: str
    width: float
    height: float
    shift: tuple[float, float]
    items: tuple[DrawnItem, ...]
    legend: Legend
    paper: str

    @property
    def svg(self) -> str:
        """The drawing as one SVG document with a transparent background."""
        return svg_text(self)

    def _repr_svg_(self) -> str:
        """What a notebook shows, light or dark."""
        return svg_text(self, self.paper)

    @property
    def clusters(self) -> frozenset[str]:
        """The paths of the clusters."""
        return frozenset(item.id for item in self.items if item.kind == "cluster")


def svg_text(drawing: Drawing, paper: str | None = None, font: str = FONT) -> str:
    """A drawing as one SVG document, with each item as ``<g id="..." class="KIND CLASSES">``, its tip as ``<title>``.

    ``paper``: the colour of the background, transparent by default. ``font``: as in CSS, as wide as Helvetica.
    """
    size = f'width="{drawing.width:g}" height="{drawing.height:g}"'
    right, down = drawing.shift
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width:g} {drawing.height:g}" {size}'
        f' font-family="{font}" text-anchor="middle">',
        f'<rect width="100%" height="100%" fill="{paper}"/>' if paper else "",
        f'<g class="graph" transform="translate({right:g} {down:g})">',
    ]
    for item in drawing.items:
        classes = f"{item.kind} {item.classes}".rstrip()
        parts.append(f'<g id="{escaped(item.id)}" class="{classes}"><title>{escaped(item.tip)}</title>{item.svg}</g>')
    parts.append("</g></svg>\n")
    return "".join(parts)


def drawing_of(topology: Topology, style: DiagramStyle, outputs: Sequence[BoxOutput] = ()) -> Drawing:
    """A diagram as SVG items. ``outputs``: those of its boxes, in their order, where these have any to show.

    Raises:
        LayoutError: where no Graphviz program is found, or none can lay it out.
    """
    template = layout_template(topology)
    theme = style.theme
    items = [_edge_item(edge, look, theme) for edge, look in zip(template.edges, style.edges, strict=True)]
    # Clusters are above the edges, which show through, so that the clusters' labels stay readable.
    items += [_cluster_item(cluster, style.clusters[cluster.path], theme) for cluster in template.clusters]
    items += [
        _box_item(*box)
        for box in zip(template.boxes, style.boxes, outputs or [NO_OUTPUT] * len(style.boxes), strict=True)
    ]
    size = template.width, template.height
    return Drawing(template.topology, *size, template.shift, tuple(items), style.legend, theme.paper)


# --- templates: what stays the same ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoxTemplate:
    """The beginnings of the SVG elements of a box or cluster: its rectangle and its thumbnail; where its text is, in
    the middle of a box and at the left of a cluster; the place of its bars."""

    path: str
    rectangle: str
    text: tuple[float, float]
    bars: tuple[float, float, float]  # left, top, width
    image: str = ""


@dataclass(frozen=True, slots=True)
class EdgeTemplate:
    """The beginnings of the SVG elements of an edge: its line, its arrowhead and, if it has one, its label."""

    tail: str
    head: str
    line: str
    arrow: str
    label: str


@dataclass(frozen=True, slots=True)
class LayoutTemplate:
    """A layout in SVG, to be filled with text and colours. ``topology`` is a hash of all that the layout depends on."""

    topology: str
    width: float
    height: float
    shift: tuple[float, float]
    boxes: tuple[BoxTemplate, ...]
    clusters: tuple[BoxTemplate, ...]
    edges: tuple[EdgeTemplate, ...]


@lru_cache(maxsize=128)
def layout_template(topology: Topology) -> LayoutTemplate:
    """The layout of a topology, computed by Graphviz when it is first asked for.

    Raises:
        LayoutError: where no Graphviz program is found, or none can lay it out.
    """
    layout = layout_of(dot_of(topology))
    return LayoutTemplate(
        hashlib.blake2s(repr(topology).encode(), digest_size=8).hexdigest(),
        layout.width,
        layout.height,
        layout.shift,
        tuple(_box(path, layout.nodes[dot_name(path)], has_map(size, topology.maps)) for path, size in topology.boxes),
        tuple(_cluster(path, layout.clusters[dot_name(path)]) for path in _cluster_paths(topology.clusters)),
        tuple(_edge(*edge, layout.edges[f"{dot_name(edge[0])}->{dot_name(edge[1])}"]) for edge in topology.edges),
    )


def _cluster_paths(members: Iterable[str | ClusterTree]) -> Iterator[str]:
    """The paths of clusters from the outside in, which is the order to paint them in."""
    for member in members:
        if isinstance(member, ClusterTree):
            yield member.path
            yield from _cluster_paths(member.members)


def _rectangle(rect: Rect) -> str:
    return f'<rect x="{rect.x:g}" y="{rect.y:g}" width="{rect.width:.2f}" height="{rect.height:.2f}"'


def _box(path: str, rect: Rect, mapped: bool) -> BoxTemplate:
    x, y = rect.centre
    room = MAP_SIDE + MAP_MARGIN if mapped else 0
    bars = (rect.x + room + 6, rect.y + rect.height - BAR_HEIGHT - 1.5, rect.width - room - 12)
    image = f'<image x="{rect.x + MAP_MARGIN:.2f}" y="{y - MAP_SIDE / 2:.2f}" {MAP_LOOK}' if mapped else ""
    return BoxTemplate(path, _rectangle(rect), (x + room / 2, y), bars, image)


def _cluster(path: str, rect: Rect) -> BoxTemplate:
    assert rect.label is not None, "every cluster has a label"
    return BoxTemplate(path, _rectangle(rect), rect.label, (0, 0, 0))


def _edge(tail: str, head: str, role: EdgeRole, curve: EdgeCurve) -> EdgeTemplate:
    dashes = ' stroke-dasharray="4 3"' if role == "aux" else ""
    at = f'x="{curve.label[0]:g}" y="{curve.label[1]:g}"' if curve.label else ""
    return EdgeTemplate(
        tail,
        head,
        f'<path fill="none" d="{curve.path}"{dashes}',
        f'<polygon points="{curve.arrow}"',
        f'<text text-anchor="start" font-size="{NAME_SIZE:g}" {at}' if at else "",
    )


# --- items: templates filled with text and colours -------------------------------------------------------------------


def _box_item(template: BoxTemplate, style: BoxStyle, output: BoxOutput) -> DrawnItem:
    svg = (
        f'{template.rectangle} rx="4" fill="{style.fill}" stroke="{style.border}"'
        f' stroke-width="{2 if style.changed else 0.8}"/>'
    )
    left, top, width = template.bars
    for colour, share in style.bars:
        bar = width * share
        svg += f'<path fill="{colour}" d="M{left:.2f},{top:g}h{bar:.2f}v{BAR_HEIGHT}h-{bar:.2f}z"/>'
        left += bar
    x, y = template.text
    for below, line in zip(BASELINES[len(style.lines)], style.lines, strict=True):
        bold = ' font-weight="bold"' if line.bold else ""
        look = f'font-size="{line.size:g}"{bold} fill="{style.ink}"'
        svg += f'<text x="{x:.2f}" y="{y + below:.2f}" {look}>{escaped(line.text)}</text>'
    tip, (path, thumbnail) = style.tip, output
    if template.image and isinstance(thumbnail, Thumbnail):
        svg += f'{template.image} href="{thumbnail.uri}"/>'
        tip += f"\n{thumbnail.about}"
    elif template.image and thumbnail:
        tip += f"\n{thumbnail}"
    return DrawnItem(template.path, "node", style.classes, svg, tip, path)


def _cluster_item(template: BoxTemplate, style: BoxStyle, theme: Theme) -> DrawnItem:
    (x, y), line = template.text, style.lines[0]
    svg = (
        f'{template.rectangle} rx="6" fill="{theme.line}" fill-opacity="0.1" stroke="{style.border}"'
        f' stroke-width="{2 if style.changed else 0.8}"/><text text-anchor="start" font-weight="bold"'
        f' paint-order="stroke" stroke-width="3" x="{x:g}" y="{y:g}" font-size="{line.size:g}"'
        f' stroke="{style.fill}" fill="{style.ink}">{escaped(line.text)}</text>'
    )
    return DrawnItem(template.path, "cluster", style.classes, svg, style.tip)


def _edge_item(template: EdgeTemplate, style: EdgeStyle, theme: Theme) -> DrawnItem:
    colour = edge_colour(style.role, theme)
    width = THINNEST + (THICKEST - THINNEST) * sqrt(style.volume)
    label = f'{template.label} fill="{theme.faint}">{style.shape}</text>' if template.label else ""
    svg = f'{template.line} stroke="{colour}" stroke-width="{width:.2f}"/>{template.arrow} fill="{colour}"/>{label}'
    tip = f"{template.tail} → {template.head}\n{style.shape}"
    return DrawnItem(f"{template.tail}->{template.head}", "edge", style.role, svg, tip)
