"""A diagram in Graphviz's language, DOT: sizes are fixed, every text is escaped, and nothing links anywhere.

The graphviz package writes what all have in common. Each statement is written here, and remembered for every part of
the scene: the package's quoting takes seven times as long, which for GoogLeNet is 11 ms, more than its analysis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import graphviz

from inception_models.arch.shapes import Shape

from ..common.colours import Theme
from ..common.quantity import shape_text
from .box_plan import EdgeRole
from .lettering import NAME_SIZE, TextLine
from .options import Direction
from .scene import ClusterTree, Scene, ScenePart, Topology
from .styles import CLUSTER_LABEL_WIDTH, BoxStyle, PartStyle, box_extent, edge_colour

FONT = "Helvetica,Arial,sans-serif"
POINTS_AN_INCH = 72
EDGE_LABEL, CLUSTER_LABEL = (96, 12), (CLUSTER_LABEL_WIDTH, 13)  # room kept for them, in points
LABEL_ANGLES: Mapping[Direction, str] = {"TB": "-78", "BT": "-78", "LR": "11"}  # seen from an arrowhead
STRAIGHT = 'weight="40"'
NEW_LINE = "\n"  # no backslash may be in an f-string's braces
UNSEEN = "x"  # keeps room for a label in a layout
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f]")
TO_ESCAPE = re.compile(r"[&\"\\\x00-\x08\x0b-\x1f]")
SPECIAL = re.compile(r"[&<>\"'\x00-\x08\x0b-\x1f]")
ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}
ESCAPES |= {code: "" for code in range(32) if chr(code) not in "\n\t"}  # XML forbids these


def dot_of(topology: Topology) -> str:
    """All that a layout depends on: the same coordinates as the whole diagram's, no text."""
    return _whole((topology,), [_statements(topology, None, ())])


def dot_text_of(shown: Scene, styles: Sequence[PartStyle]) -> str:
    """The whole diagram. The names of nodes and the ids of everything are paths."""
    statements = [_part_statements(part, style) for part, style in zip(shown.parts, styles, strict=True)]
    return _whole([part.topology for part in shown.parts], statements)


class _Statements(NamedTuple):
    """Clusters have to be before the boxes outside of them, and all boxes before the edges."""

    clusters: str
    boxes: str
    edges: str


def _whole(parts: Sequence[Topology], statements: Sequence[_Statements]) -> str:
    body = [*_defaults(parts[0].direction, _rank_gap(parts)), *map("".join, zip(*statements, strict=True))]
    return "".join(("digraph network {\n", *body, "}\n"))


@lru_cache(maxsize=256)
def _part_statements(part: ScenePart, style: PartStyle) -> _Statements:
    return _statements(part.topology, style, part.edge_shapes)


def _statements(topology: Topology, style: PartStyle | None, edge_shapes: Sequence[Shape]) -> _Statements:
    boxes = style.boxes if style else (None,) * len(topology.boxes)
    looks: dict[str, _Look] = {
        path: (box_extent(size, topology.maps), box) for (path, size), box in zip(topology.boxes, boxes, strict=True)
    }
    clusters: Mapping[str, BoxStyle] = style.clusters if style else {}
    inside = {member for tree in topology.clusters for member in _members(tree)}
    drawn = "".join(line for tree in topology.clusters for line in _cluster_lines(tree, looks, clusters))
    outside = "".join(_box(path, *look) for path, look in looks.items() if path not in inside)
    spines = {edge for tree in topology.clusters for edge in _spines(tree)}
    sizes = dict(topology.boxes)
    edges = []
    for i, (tail, head, role) in enumerate(topology.edges):
        weight = 1 if role else 40 if (tail, head) in spines else 4
        # Other boxes have their shapes in their text.
        labelled = topology.labelled and sizes[head] == "stage" and role != "aux"
        shape, theme = (shape_text(edge_shapes[i]), style.theme) if style else (UNSEEN, None)
        edges.append(_edge(tail, head, role, shape, labelled, weight, theme))
    return _Statements(drawn, outside, "".join(edges))


@lru_cache(maxsize=16)
def _defaults(direction: Direction, rank_gap: str) -> tuple[str, ...]:
    """The attributes of the graph, and of all nodes and edges that do not have their own."""
    dot = graphviz.Digraph()
    dot.attr(rankdir=direction, nodesep="0.06", ranksep=rank_gap, bgcolor="transparent", fontname=FONT, labeljust="l")
    dot.attr("node", shape="box", style="rounded,filled", fixedsize="true", fontname=FONT, penwidth="0.8")
    angle = LABEL_ANGLES[direction]
    dot.attr("edge", arrowsize="0.5", fontname=FONT, penwidth="0.8", labeldistance="5.4", labelangle=angle)
    return tuple(dot.body)


def _rank_gap(parts: Sequence[Topology]) -> str:
    """Inches between ranks: enough for the labels of edges to stages."""
    if parts[0].labelled and any(size == "stage" for part in parts for _, size in part.boxes):
        return "1.5" if parts[0].direction == "LR" else "0.36"
    return "0.16"


@lru_cache(maxsize=8192)
def dot_name(path: str) -> str:
    """A path as a DOT name, in which characters that no identifier has are percent-encoded and mean nothing."""
    return re.sub(r"[^\w.]", lambda match: f"%{ord(match[0]):X}", path)


# --- clusters --------------------------------------------------------------------------------------------------------


_Look = tuple[tuple[float, float], BoxStyle | None]  # of a box: its extent in points, and how it looks


def _cluster_lines(tree: ClusterTree, looks: Mapping[str, _Look], clusters: Mapping[str, BoxStyle]) -> Iterator[str]:
    """The lines of a cluster, after those that have to be before it."""
    before, inside = _order(tree)
    yield from before
    yield f'subgraph "cluster_{dot_name(tree.path)}" {{\n'
    yield _title(tree.path, clusters.get(tree.path))
    for member in tree.members:
        if isinstance(member, ClusterTree):
            yield from _cluster_lines(member, looks, clusters)
        else:
            yield _box(member, *looks[member])
    yield from inside
    yield "}\n"


def _order(tree: ClusterTree) -> tuple[list[str], list[str]]:
    """Invisible edges that keep branches in order and the trunk straight: before a cluster, and in it.

    ``ordering`` does nothing inside clusters, but a chain within a rank does. And an even number of branches has an
    invisible point in the middle of the first row, in line with what the block reads and with its joins; an odd number
    has a branch there.
    """
    before: list[str] = []
    inside: list[str] = []
    for number, row in enumerate(tree.rows):
        names = [dot_name(path) for path in row]
        if number == 0 and tree.spine and len(row) % 2 == 0:
            point = f"{dot_name(tree.path)}%"  # no path ends like this
            names.insert(len(row) // 2, point)
            inside.append(f'\t"{point}" [label="" style="invis" {_inches(2, 2)}]\n')
            above, below = map(dot_name, tree.spine[:2])
            before += [_invisible_edge(above, point, STRAIGHT), _invisible_edge(point, below, STRAIGHT)]
        inside += ["\t{ rank=same\n", *[_invisible_edge(*pair) for pair in pairwise(names)], "\t}\n"]
    return before, inside


def _members(tree: ClusterTree) -> Iterator[str]:
    """The paths of the boxes in a cluster and in those in it."""
    for member in tree.members:
        if isinstance(member, ClusterTree):
            yield from _members(member)
        else:
            yield member


def _spines(tree: ClusterTree) -> Iterator[tuple[str, str]]:
    """The edges along the spines of a cluster and of those in it."""
    yield from pairwise(tree.spine)
    for member in tree.members:
        if isinstance(member, ClusterTree):
            yield from _spines(member)


# --- statements ------------------------------------------------------------------------------------------------------


def _box(path: str, extent: tuple[float, float], style: BoxStyle | None) -> str:
    name = dot_name(path)
    label = f"<{_html(style.lines)}>" if style else '""'
    return f'\t"{name}" [label={label} id="{name}" {_inches(*extent)}{_look(style)}]\n'


def _title(path: str, style: BoxStyle | None) -> str:
    """The attributes of a cluster."""
    label = _fixed_label(style.lines if style else [TextLine(UNSEEN, NAME_SIZE, False)], CLUSTER_LABEL)
    fixed = 'margin="4" style="rounded,filled" labelloc="b"'
    return f'\tgraph [label={label} id="{dot_name(path)}" {fixed}{_look(style)}]\n'


def _invisible_edge(tail: str, head: str, weight: str = "") -> str:
    return f'\t"{tail}" -> "{head}" [style="invis" {weight}]\n'


def _edge(tail: str, head: str, role: EdgeRole, shape: str, labelled: bool, weight: int, theme: Theme | None) -> str:
    names = dot_name(tail), dot_name(head)
    label = f"headlabel={_fixed_label([TextLine(shape, NAME_SIZE, False)], EDGE_LABEL)} " if labelled else ""
    look = ""
    if theme:
        look = (
            f" tooltip={quoted(f'{tail} → {head}{NEW_LINE}{shape}')}"
            f' color="{edge_colour(role, theme)}" fontcolor="{theme.faint}"'
            f' style="{"dashed" if role == "aux" else "solid"}"'
        )
    return f'\t"{names[0]}" -> "{names[1]}" [{label}id="{names[0]}->{names[1]}" weight="{weight}"{look}]\n'


# --- attributes ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _inches(width: float, height: float) -> str:
    """``width`` and ``height`` are in points."""
    return f'width="{width / POINTS_AN_INCH:.4f}" height="{height / POINTS_AN_INCH:.4f}"'


def _look(style: BoxStyle | None) -> str:
    """The colours and the tooltip of a box or cluster."""
    if style is None:
        return ""
    return (
        f' class="{style.classes}" tooltip={quoted(style.tip)} fillcolor="{style.fill}" color="{style.border}"'
        f' fontcolor="{style.ink}"'
    )


def quoted(text: str) -> str:
    """``text`` as a DOT string that means just its characters to Graphviz, which reads entities and backslashes."""
    if TO_ESCAPE.search(text):
        text = UNPRINTABLE.sub("", text).replace("\\", "/").replace("&", "&amp;").replace('"', '\\"')
    return f'"{text}"'


def _html(lines: Sequence[TextLine]) -> str:
    """Lines in font sizes of their own, as an HTML-like label has them."""
    return "<BR/>".join(map(_text, lines))


def _text(line: TextLine) -> str:
    text = f'<FONT POINT-SIZE="{line.size:g}">{escaped(line.text)}</FONT>'
    return f"<B>{text}</B>" if line.bold else text


def _fixed_label(lines: Sequence[TextLine], size: tuple[float, float]) -> str:
    """A label of fixed size, so that its text takes no part in the layout."""
    cell = (
        f'<TD ALIGN="LEFT" VALIGN="TOP" FIXEDSIZE="TRUE" WIDTH="{size[0]:g}" HEIGHT="{size[1]:g}">{_html(lines)}</TD>'
    )
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0">'
    return f'<{table}<TR><TD WIDTH="5"></TD>{cell}</TR></TABLE>>'


def escaped(text: str) -> str:
    """``text`` for an XML attribute or element."""
    return text.translate(ESCAPES) if SPECIAL.search(text) else text
