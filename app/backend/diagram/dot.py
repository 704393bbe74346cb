"""A diagram in Graphviz's language, DOT: sizes are fixed, every text is escaped, and nothing links anywhere.

The graphviz package builds the graph and its subgraphs. The statements in them are quoted here, and remembered: the
package's quoting takes seven times as long, which for GoogLeNet is 11 ms, more than its analysis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise

import graphviz

from ..common.colours import Theme
from .boxes import EdgeRole
from .lettering import NAME_SIZE, TextLine
from .options import Direction
from .scene import ClusterTree, Topology
from .styles import CLUSTER_LABEL_WIDTH, BoxStyle, DiagramStyle, box_extent, edge_colour

FONT = "Helvetica,Arial,sans-serif"
POINTS_AN_INCH = 72
EDGE_LABEL, CLUSTER_LABEL = (96, 12), (CLUSTER_LABEL_WIDTH, 13)  # room kept for them, in points
LABEL_ANGLES: Mapping[Direction, str] = {"TB": "-78", "BT": "-78", "LR": "11"}  # seen from an arrowhead
UNSEEN = "x"  # keeps room for a label in a layout
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f]")
SPECIAL = re.compile(r"[&<>\"'\x00-\x08\x0b-\x1f]")
ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}
ESCAPES |= {code: "" for code in range(32) if chr(code) not in "\n\t"}  # XML forbids these


def dot_of(topology: Topology, style: DiagramStyle | None = None) -> str:
    """The whole diagram. The names of nodes and the ids of everything are paths.

    Without ``style`` it is all that the layout depends on: the same coordinates, no text.
    """
    sizes = dict(topology.boxes)
    boxes = style.boxes if style else (None,) * len(sizes)
    looks: dict[str, _Look] = {
        path: (box_extent(size, topology.maps), box) for (path, size), box in zip(sizes.items(), boxes, strict=True)
    }
    if style:
        looks |= {path: (None, cluster) for path, cluster in style.clusters.items()}
    dot = graphviz.Digraph("network", body=_defaults(topology.direction, _rank_gap(topology)))
    clustered: set[str] = set()
    spines: set[tuple[str, str]] = set()
    for tree in topology.clusters:
        paths = _paths(tree)
        dot.body += _cluster(tree, tuple([looks.get(path, _UNSTYLED) for path in paths]))
        clustered.update(paths)
        spines.update(_spines(tree))
    dot.body += [_box(path, *looks[path]) for path, _ in topology.boxes if path not in clustered]
    for i, (tail, head, role) in enumerate(topology.edges):
        weight = "1" if role else "40" if (tail, head) in spines else "4"
        # Other boxes have their shapes in their text.
        labelled = topology.labelled and sizes[head] == "stage" and role != "aux"
        shape, theme = (style.edges[i].shape, style.theme) if style else (UNSEEN, None)
        dot.body.append(_edge(tail, head, role, shape, labelled, weight, theme))
    return str(dot.source)


@lru_cache(maxsize=16)
def _defaults(direction: Direction, rank_gap: str) -> tuple[str, ...]:
    """The attributes of the graph, and of all nodes and edges that do not have their own."""
    dot = graphviz.Digraph()
    dot.attr(rankdir=direction, nodesep="0.06", ranksep=rank_gap, bgcolor="transparent", fontname=FONT, labeljust="l")
    dot.attr("node", shape="box", style="rounded,filled", fixedsize="true", fontname=FONT, penwidth="0.8")
    angle = LABEL_ANGLES[direction]
    dot.attr("edge", arrowsize="0.5", fontname=FONT, penwidth="0.8", labeldistance="5.4", labelangle=angle)
    return tuple(dot.body)


def _rank_gap(topology: Topology) -> str:
    """Inches between ranks: enough for the labels of edges to stages."""
    if topology.labelled and any(size == "stage" for _, size in topology.boxes):
        return "1.5" if topology.direction == "LR" else "0.36"
    return "0.16"


def dot_name(path: str) -> str:
    """A path as a DOT name, in which characters that no identifier has are percent-encoded and mean nothing."""
    return re.sub(r"[^\w.]", lambda match: f"%{ord(match[0]):X}", path)


# --- clusters --------------------------------------------------------------------------------------------------------


_Extent = tuple[float, float]
_Look = tuple[_Extent | None, BoxStyle | None]  # clusters have no size of their own
_UNSTYLED: _Look = None, None


@lru_cache(maxsize=2048)
def _cluster(tree: ClusterTree, looks: tuple[_Look, ...]) -> tuple[str, ...]:
    """The lines of a cluster, after those that have to be before it; ``looks``: of all :func:`_paths` in it."""
    return tuple(_cluster_lines(tree, dict(zip(_paths(tree), looks, strict=True))))


def _cluster_lines(tree: ClusterTree, looks: Mapping[str, _Look]) -> list[str]:
    before, inside = _order(tree)
    cluster = graphviz.Digraph(f"cluster_{dot_name(tree.path)}", body=[_title(tree.path, looks[tree.path][1])])
    for member in tree.members:
        if isinstance(member, ClusterTree):
            cluster.body += _cluster_lines(member, looks)
        else:
            cluster.body.append(_box(member, *looks[member]))
    cluster.body += inside
    around = graphviz.Digraph(body=before)
    around.subgraph(cluster)
    return list(around.body)


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
            inside.append(f'\t"{point}" [label="" {_attributes({"style": "invis"} | _inches(2, 2))}]\n')
            above, below = map(dot_name, tree.spine[:2])
            before += [_invisible_edge(above, point, weight="40"), _invisible_edge(point, below, weight="40")]
        inside += ["\t{ rank=same\n", *[_invisible_edge(*pair) for pair in pairwise(names)], "\t}\n"]
    return before, inside


@lru_cache(maxsize=2048)
def _paths(tree: ClusterTree) -> tuple[str, ...]:
    """The paths of a cluster, of the boxes and of the clusters in it."""
    inner = [_paths(member) if isinstance(member, ClusterTree) else (member,) for member in tree.members]
    return (tree.path, *chain.from_iterable(inner))


def _spines(tree: ClusterTree) -> Iterator[tuple[str, str]]:
    """The edges along the spines of a cluster and of those in it."""
    yield from pairwise(tree.spine)
    for member in tree.members:
        if isinstance(member, ClusterTree):
            yield from _spines(member)


# --- statements ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _box(path: str, extent: _Extent | None, style: BoxStyle | None) -> str:
    assert extent is not None, "a box has a size"
    name = dot_name(path)
    label = f"<{_html(style.lines)}>" if style else '""'
    return f'\t"{name}" [label={label} {_attributes({"id": name} | _inches(*extent) | _look(style))}]\n'


def _title(path: str, style: BoxStyle | None) -> str:
    """The attributes of a cluster."""
    label = _fixed_label(style.lines if style else [TextLine(UNSEEN, NAME_SIZE, False)], CLUSTER_LABEL)
    attributes = {"id": dot_name(path), "margin": "4", "style": "rounded,filled", "labelloc": "b"}
    return f"\tgraph [label={label} {_attributes(attributes | _look(style))}]\n"


def _invisible_edge(tail: str, head: str, **attributes: str) -> str:
    return f'\t"{tail}" -> "{head}" [style="invis" {_attributes(attributes)}]\n'


@lru_cache(maxsize=8192)
def _edge(tail: str, head: str, role: EdgeRole, shape: str, labelled: bool, weight: str, theme: Theme | None) -> str:
    names = dot_name(tail), dot_name(head)
    label = f"headlabel={_fixed_label([TextLine(shape, NAME_SIZE, False)], EDGE_LABEL)} " if labelled else ""
    attributes = {"id": "->".join(names), "weight": weight}
    if theme:
        attributes |= {
            "tooltip": f"{tail} → {head}\n{shape}",
            "color": edge_colour(role, theme),
            "fontcolor": theme.faint,
            "style": "dashed" if role == "aux" else "solid",
        }
    return f'\t"{names[0]}" -> "{names[1]}" [{label}{_attributes(attributes)}]\n'


# --- attributes ------------------------------------------------------------------------------------------------------


def _inches(width: float, height: float) -> dict[str, str]:
    """``width`` and ``height`` are in points."""
    return {"width": f"{width / POINTS_AN_INCH:.4f}", "height": f"{height / POINTS_AN_INCH:.4f}"}


def _look(style: BoxStyle | None) -> dict[str, str]:
    """The colours and the tooltip of a box or cluster."""
    if style is None:
        return {}
    return {
        "class": style.classes,
        "tooltip": style.tip,
        "fillcolor": style.fill,
        "color": style.border,
        "fontcolor": style.ink,
    }


def _attributes(attributes: Mapping[str, str]) -> str:
    """Attributes with quoted values."""
    return " ".join(f"{key}={quoted(value)}" for key, value in attributes.items())


def quoted(text: str) -> str:
    """``text`` as a DOT string that means just its characters to Graphviz, which reads entities and backslashes."""
    kept = UNPRINTABLE.sub("", text) if UNPRINTABLE.search(text) else text
    kept = kept.replace("\\", "/").replace("&", "&amp;").replace('"', '\\"')
    return f'"{kept}"'


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
