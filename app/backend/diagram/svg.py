"""A standing layout, painted: SVG put together from places that never move and words and colours that do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from ..common.colours import Theme
from .boxes import EdgeRole
from .dot import FONT, dot_of, escaped, line_colour, name
from .layout import Line, Rect, places
from .scene import Frame, Outline
from .styles import EdgeFace, Face, Faces

BASELINES = {  # of the lines in a box, below its centre, in points
    "stage": (-2.5, 8),
    "trunk": (-3, 8),
    "join": (-3, 8),
    "op": (-3, 8),
    "unit": (-3, 8),
    "thin": (2.8,),
}
BAR = 2.5  # height in points
THINNEST, THICKEST = 0.7, 2.6  # edges, in points


@dataclass(frozen=True, slots=True)
class Piece:
    """What stays of a box or frame: its SVG up to the classes, its rectangle, the places of its lines and its bars."""

    opening: str
    rectangle: str
    lines: tuple[str, ...]
    bars: tuple[float, float, float]  # left, top, width


@dataclass(frozen=True, slots=True)
class Wire:
    """What stays of an edge: its SVG up to its shape, its line, its arrow's head and, maybe, its label's place."""

    opening: str
    line: str
    arrow: str
    label: str


@dataclass(frozen=True, slots=True)
class Template:
    """A layout ready to be painted. ``topology`` is its name: the same name, the same elements in the same places."""

    topology: str
    opening: str
    graph: str
    boxes: tuple[Piece, ...]
    frames: Mapping[str, Piece]
    edges: tuple[Wire, ...]


@lru_cache(maxsize=128)
def template(outline: Outline) -> Template:
    """The layout of an outline, computed by Graphviz when it is first asked for.

    Raises:
        LayoutError: where no Graphviz program is found, or none can lay it out.
    """
    found = places(dot_of(outline))
    size = f'width="{found.width:g}" height="{found.height:g}"'
    return Template(
        hashlib.blake2s(repr(outline).encode(), digest_size=8).hexdigest(),
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {found.width:g} {found.height:g}" {size}'
        f' font-family="{FONT}" text-anchor="middle">',
        f'<g class="graph" transform="translate({found.shift[0]:g} {found.shift[1]:g})">',
        tuple(_box(path, found.nodes[name(path)], BASELINES[form]) for path, form in outline.boxes),
        {path: _frame(path, found.clusters[name(path)]) for path in _all(outline.frames)},
        tuple(_wire(*edge, found.edges[f"{name(edge[0])}->{name(edge[1])}"]) for edge in outline.edges),
    )


def _all(frames: Iterable[str | Frame]) -> Iterator[str]:
    """The paths of frames from the outside in, which is the order to draw them in."""
    for frame in frames:
        if isinstance(frame, Frame):
            yield frame.path
            yield from _all(frame.members)


def _rectangle(rect: Rect) -> str:
    return f'<rect x="{rect.x:g}" y="{rect.y:g}" width="{rect.width:.2f}" height="{rect.height:.2f}"'


def _box(path: str, rect: Rect, baselines: Iterable[float]) -> Piece:
    x, y = rect.centre
    lines = tuple(f'<text x="{x:.2f}" y="{y + below:.2f}"' for below in baselines)
    bars = (rect.x + 6, rect.y + rect.height - BAR - 1.5, rect.width - 12)
    return Piece(f'<g id="{escaped(path)}" class="', _rectangle(rect), lines, bars)


def _frame(path: str, rect: Rect) -> Piece:
    assert rect.label is not None, "every frame has a label"
    x, y = rect.label
    line = f'<text text-anchor="start" font-weight="bold" paint-order="stroke" stroke-width="3" x="{x:g}" y="{y:g}"'
    return Piece(f'<g id="{escaped(path)}" class="', _rectangle(rect), (line,), (0, 0, 0))


def _wire(tail: str, head: str, role: EdgeRole, line: Line) -> Wire:
    dashes = ' stroke-dasharray="4 3"' if role == "aux" else ""
    tail, head = escaped(tail), escaped(head)
    return Wire(
        f'<g id="{tail}-&gt;{head}" class="edge{f" {role}" if role else ""}"><title>{tail} → {head}\n',
        f'<path fill="none" d="{line.path}"{dashes}',
        f'<polygon points="{line.arrow}"',
        f'<text text-anchor="start" font-size="8" x="{line.label[0]:g}" y="{line.label[1]:g}"' if line.label else "",
    )


def painted(outline: Outline, faces: Faces, paper: bool = False) -> tuple[str, str]:
    """A diagram as SVG, and the name of its layout. ``paper``: on the theme's background instead of on nothing."""
    made = template(outline)
    theme = faces.theme
    parts = [made.opening, f'<rect width="100%" height="100%" fill="{theme.paper}"/>' if paper else "", made.graph]
    for wire, edge_face in zip(made.edges, faces.edges, strict=True):
        _draw(parts, wire, edge_face, theme)
    for path, piece in made.frames.items():  # above the edges, which show through, so that labels stay readable
        _surround(parts, piece, faces.frames[path], theme)
    for piece, face in zip(made.boxes, faces.boxes, strict=True):
        _paint(parts, piece, face)
    parts.append("</g></svg>\n")
    return "".join(parts), made.topology


def _paint(parts: list[str], piece: Piece, face: Face) -> None:
    parts.append(
        f'{piece.opening}{face.classes}"><title>{escaped(face.tip)}</title>{piece.rectangle} rx="4" fill="{face.fill}"'
        f' stroke="{face.border}" stroke-width="{2 if face.changed else 0.8}"/>'
    )
    left, top, width = piece.bars
    for colour, share in face.bars:
        parts.append(f'<path fill="{colour}" d="M{left:.2f},{top:g}h{width * share:.2f}v{BAR}h-{width * share:.2f}z"/>')
        left += width * share
    for place, line in zip(piece.lines, face.lines, strict=True):
        bold = ' font-weight="bold"' if line.bold else ""
        parts.append(f'{place} font-size="{line.size:g}"{bold} fill="{face.ink}">{escaped(line.text)}</text>')
    parts.append("</g>")


def _surround(parts: list[str], piece: Piece, face: Face, theme: Theme) -> None:
    line = face.lines[0]
    parts.append(
        f'{piece.opening}{face.classes}"><title>{escaped(face.tip)}</title>{piece.rectangle} rx="6" fill="{theme.line}"'
        f' fill-opacity="0.1" stroke="{face.border}" stroke-width="{2 if face.changed else 0.8}"/>{piece.lines[0]}'
        f' font-size="{line.size:g}" stroke="{face.fill}" fill="{face.ink}">{escaped(line.text)}</text></g>'
    )


def _draw(parts: list[str], wire: Wire, face: EdgeFace, theme: Theme) -> None:
    colour = line_colour(face.role, theme)
    width = THINNEST + (THICKEST - THINNEST) * sqrt(face.volume)
    label = f'{wire.label} fill="{theme.faint}">{face.shape}</text>' if wire.label else ""
    parts.append(
        f'{wire.opening}{face.shape}</title>{wire.line} stroke="{colour}" stroke-width="{width:.2f}"/>'
        f'{wire.arrow} fill="{colour}"/>{label}</g>'
    )
