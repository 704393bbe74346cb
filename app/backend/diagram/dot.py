"""A diagram in Graphviz's language: sizes are fixed, everything written is escaped, and nothing links anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import graphviz

from ..common.colours import BRANCH_COLOURS, Theme
from .boxes import EdgeRole, Form
from .scene import Direction, Frame, Outline
from .styles import SIZES, Face, Faces, Text

Boxes = dict[str, tuple[Form, Face | None]]

FONT = "Helvetica,Arial,sans-serif"
INCH = 72  # points
EDGE_LABEL, FRAME_LABEL = (78, 10), (100, 11)  # the places kept for them, in points
ANGLES: Mapping[Direction, str] = {"TB": "-78", "BT": "-78", "LR": "11"}  # of labels, seen from an arrow's head
POINT = {"style": "invis", "width": f"{2 / INCH:.4f}", "height": f"{2 / INCH:.4f}"}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f]")
SPECIAL = re.compile(r"[&<>\"'\x00-\x08\x0b-\x1f]")
ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}
ESCAPES |= {code: "" for code in range(32) if chr(code) not in "\n\t"}  # XML forbids these


def dot_of(outline: Outline, faces: Faces | None = None) -> str:
    """The whole diagram. The names of nodes and the ids of everything are paths.

    Without ``faces`` it is all that the layout depends on: the same places, nothing to read.
    """
    boxes: Boxes = {path: (form, None) for path, form in outline.boxes}
    if faces:
        boxes = {path: (form, face) for (path, form), face in zip(outline.boxes, faces.boxes, strict=True)}
    parts: list[str] = []
    loose = dict(boxes)
    trunk: set[tuple[str, str]] = set()
    titles = faces.frames if faces else {}
    for frame in outline.frames:
        paths, names = _inside(frame)
        text, spine = _cluster(frame, tuple(loose.pop(path) for path in paths), tuple(titles.get(n) for n in names))
        parts.append(text)
        trunk |= spine
    for path, (form, face) in loose.items():
        parts.append(_box(path, form, face))
    for i, (tail, head, role) in enumerate(outline.edges):
        shape = faces.edges[i].shape if faces else "x"
        labelled = boxes[head][0] == "stage" and role != "aux"  # other boxes say their shapes
        weight = "1" if role else "40" if (tail, head) in trunk else "4"
        parts.append(_edge(tail, head, role, shape, labelled, weight, faces.theme if faces else None))
    return f"{_opening(outline.direction, _gap(outline))}{''.join(parts)}}}\n"


@lru_cache(maxsize=16)
def _opening(direction: Direction, gap: str) -> str:
    """What comes before the first statement."""
    dot = graphviz.Digraph(
        "network",
        graph_attr={
            "rankdir": direction,
            "nodesep": "0.1",
            "ranksep": gap,
            "bgcolor": "transparent",
            "fontname": FONT,
            "labeljust": "l",
        },
        node_attr={"shape": "box", "style": "rounded,filled", "fixedsize": "true", "fontname": FONT, "penwidth": "0.8"},
        edge_attr={
            "arrowsize": "0.5",
            "fontname": FONT,
            "penwidth": "0.8",
            "labeldistance": "4.7",
            "labelangle": ANGLES[direction],
        },
    )
    return str(dot.source).removesuffix("}\n")


# One statement each, remembered: after an edit most are what they were. The graphviz package would quote them at ten
# times the cost.


@lru_cache(maxsize=2048)
def _cluster(
    frame: Frame, looks: tuple[tuple[Form, Face | None], ...], titles: tuple[Face | None, ...]
) -> tuple[str, set[tuple[str, str]]]:
    """A cluster with all it holds, and the edges along its spine; looks and titles in the order of `_inside`."""
    paths, names = _inside(frame)
    trunk: set[tuple[str, str]] = set()
    faces = {name: face for name, face in zip(names, titles, strict=True) if face}
    text = "".join(_frame(frame, dict(zip(paths, looks, strict=True)), faces, trunk))
    return text, trunk


@lru_cache(maxsize=2048)
def _inside(frame: Frame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paths of the boxes and of the frames that a frame holds, itself included."""
    paths: list[str] = []
    names = [frame.path]
    for member in frame.members:
        if isinstance(member, Frame):
            within = _inside(member)
            paths += within[0]
            names += within[1]
        else:
            paths.append(member)
    return tuple(paths), tuple(names)


@lru_cache(maxsize=8192)
def _edge(tail: str, head: str, role: EdgeRole, shape: str, labelled: bool, weight: str, theme: Theme | None) -> str:
    label = f"headlabel={_label([Text(shape, 8, False)], EDGE_LABEL)} " if labelled else ""
    attributes = {"id": f"{name(tail)}->{name(head)}", "weight": weight}
    look = _line(tail, head, role, shape, theme) if theme else {}
    return f'\t"{name(tail)}" -> "{name(head)}" [{label}{_written(attributes | look)}]\n'


@lru_cache(maxsize=8192)
def _box(path: str, form: Form, face: Face | None) -> str:
    width, height = SIZES[form]
    label = _lines(face.lines) if face else '""'
    attributes = {"id": name(path), "width": f"{width / INCH:.4f}", "height": f"{height / INCH:.4f}"}
    return f'\t"{name(path)}" [label={label} {_written(attributes | _look(face))}]\n'


@lru_cache(maxsize=2048)
def _title(path: str, face: Face | None) -> str:
    """What a cluster says of itself."""
    label = _label(face.lines if face else [Text("x", 8, False)], FRAME_LABEL)
    attributes = {"id": name(path), "margin": "5", "style": "rounded,filled", "labelloc": "b"}
    return f"\tgraph [label={label} {_written(attributes | _look(face))}]\n"


@lru_cache(maxsize=8192)
def _unseen(tail: str, head: str, weight: str | None) -> str:
    """An edge that is never drawn."""
    attributes = {"style": "invis"} | ({"weight": weight} if weight else {})
    return f'\t"{tail}" -> "{head}" [{_written(attributes)}]\n'


def _written(attributes: Mapping[str, str]) -> str:
    """Attributes as DOT strings in which nothing has a meaning."""
    return " ".join(f'{key}="{_plain(value)}"' for key, value in attributes.items())


def _plain(text: str) -> str:
    """``text`` without a meaning to Graphviz, which reads entities and, here and there, backslashes."""
    kept = UNPRINTABLE.sub("", text) if UNPRINTABLE.search(text) else text
    return kept.replace("\\", "/").replace("&", "&amp;").replace('"', '\\"')


def _line(tail: str, head: str, role: EdgeRole, shape: str, theme: Theme) -> dict[str, str]:
    return {
        "tooltip": f"{tail} → {head}\n{shape}",
        "color": line_colour(role, theme),
        "fontcolor": theme.faint,
        "style": "dashed" if role == "aux" else "solid",
    }


def _look(face: Face | None) -> dict[str, str]:
    """The colours and the tooltip of a box or frame."""
    if face is None:
        return {}
    return {
        "class": face.classes.partition(" ")[2],  # Graphviz adds the first itself
        "tooltip": face.tip,
        "fillcolor": face.fill,
        "color": face.border,
        "fontcolor": face.ink,
    }


def _gap(outline: Outline) -> str:
    """Inches between ranks: enough for the labels that edges to stages have."""
    if any(form == "stage" for _, form in outline.boxes):
        return "1.25" if outline.direction == "LR" else "0.3"
    return "0.16"


def name(path: str) -> str:
    """A path as a DOT name; what no identifier has is written in percent, so that it means nothing to Graphviz."""
    return re.sub(r"[^\w.]", lambda match: f"%{ord(match[0]):X}", path)


def escaped(text: str) -> str:
    """``text`` for an XML attribute or element."""
    return text.translate(ESCAPES) if SPECIAL.search(text) else text


def line_colour(role: EdgeRole, theme: Theme) -> str:
    """The colour of an edge."""
    return BRANCH_COLOURS["shortcut"] if role == "shortcut" else theme.line


def _frame(frame: Frame, loose: Boxes, frames: Mapping[str, Face], trunk: set[tuple[str, str]]) -> tuple[str, str]:
    """A cluster with its boxes, which it takes out of ``loose``, and what belongs in front of it; edges along its spine
    go into ``trunk``."""
    parts = [_title(frame.path, frames.get(frame.path))]
    for member in frame.members:
        parts += (
            _frame(member, loose, frames, trunk) if isinstance(member, Frame) else [_box(member, *loose.pop(member))]
        )
    before, inside = _order(frame)
    trunk.update(pairwise(frame.spine))
    return before, f'\tsubgraph "cluster_{name(frame.path)}" {{\n{"".join(parts)}{inside}\t}}\n'


def _order(frame: Frame) -> tuple[str, str]:
    """Keeps branches in order and the trunk straight, with things that are never drawn, before the cluster and in it.

    ``ordering`` does nothing inside of clusters, but a chain within a rank does. And between an even number of branches
    a point stands in the middle of the first row, in line with what the block reads and with its joints; an odd number
    has a branch there.
    """
    before, inside = "", ""
    for number, row in enumerate(frame.rows):
        names = [name(path) for path in row]
        if number == 0 and frame.spine and len(row) % 2 == 0:
            point = f"{name(frame.path)}%"  # no path ends like this
            names.insert(len(row) // 2, point)
            inside += f'\t"{point}" [label="" {_written(POINT)}]\n'
            before = _unseen(name(frame.spine[0]), point, "40") + _unseen(point, name(frame.spine[1]), "40")
        inside += "\t{ rank=same\n" + "".join(_unseen(left, right, None) for left, right in pairwise(names)) + "\t}\n"
    return before, inside


def _lines(lines: Sequence[Text]) -> str:
    """An HTML-like label of lines in sizes of their own."""
    return f"<{'<BR/>'.join(map(_text, lines))}>" if lines else '""'


def _text(line: Text) -> str:
    text = f'<FONT POINT-SIZE="{line.size:g}">{escaped(line.text)}</FONT>'
    return f"<B>{text}</B>" if line.bold else text


def _label(lines: Sequence[Text], size: tuple[float, float]) -> str:
    """A label in a box of fixed size, so that its words take no part in the layout."""
    words = "<BR/>".join(map(_text, lines))
    cell = f'<TD ALIGN="LEFT" VALIGN="TOP" FIXEDSIZE="TRUE" WIDTH="{size[0]:g}" HEIGHT="{size[1]:g}">{words}</TD>'
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0">'
    return f'<{table}<TR><TD WIDTH="5"></TD>{cell}</TR></TABLE>>'
