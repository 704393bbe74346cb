"""Our own SVG as TikZ, which plain pdflatex compiles: rectangles, paths, polygons and lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from ..diagram.layout import SVG_NS
from .paper_table import latex_text

SVG_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
LONGEST = 15_000.0  # points; TeX knows no length over 16,383
ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
Offset = tuple[float, float]


def tikz_document(svg: str, width: float, height: float) -> str:
    """A document whose only page is as large as the drawing; its ``tikzpicture`` can go into a paper as it is."""
    root = ElementTree.fromstring(svg)
    body = list(_drawn(root, (0.0, 0.0), (width, height), "middle"))
    colours = sorted(set(re.findall(r"c([0-9A-F]{6})\b", "\n".join(body))))
    unit = min(1.0, LONGEST / max(width, height))
    scaled = f", scale={unit:.4f}, transform shape" if unit < 1 else ""
    return "\n".join(
        [
            "% Compiles with pdflatex. In a paper: \\usepackage{tikz}, these colours, and the tikzpicture.",
            "\\documentclass{article}",
            "\\usepackage{tikz}",
            *(f"\\definecolor{{c{colour}}}{{HTML}}{{{colour}}}" for colour in colours),
            "\\begin{document}",
            "\\setbox0=\\hbox{%",
            f"\\begin{{tikzpicture}}[x=1bp, y=-1bp, inner sep=0pt, font=\\sffamily{scaled}]",
            *body,
            "\\end{tikzpicture}}",
            "\\pdfpagewidth=\\wd0 \\pdfpageheight=\\dimexpr\\ht0+\\dp0\\relax \\pdfhorigin=0pt \\pdfvorigin=0pt",
            "\\shipout\\box0",
            "\\end{document}",
            "",
        ]
    )


def _drawn(element: ElementTree.Element, at: Offset, size: Offset, anchor: str) -> Iterator[str]:
    """The commands of an element and what is in it; ``at``: the sum of the translations around it."""
    if moved := re.match(r"translate\(([^)]*)\)", element.get("transform", "")):
        right, down = map(float, SVG_NUMBER.findall(moved[1]))
        at = (at[0] + right, at[1] + down)
    anchor = element.get("text-anchor", anchor)
    match element.tag.removeprefix(SVG_NS):
        case "rect":
            yield _rectangle(element, at, size)
        case "path":
            yield f"\\path[{_paint(element)}] {_path(element.get('d', ''), at)};"
        case "polygon":
            numbers = [float(n) for n in SVG_NUMBER.findall(element.get("points", ""))]
            corners = " -- ".join(_point(x, y, at) for x, y in zip(numbers[::2], numbers[1::2], strict=True))
            yield f"\\path[{_paint(element)}] {corners} -- cycle;"
        case "text":
            yield _label(element, at, anchor)
        case _:
            pass
    for child in element:
        yield from _drawn(child, at, size, anchor)


def _rectangle(element: ElementTree.Element, at: Offset, size: Offset) -> str:
    x, y = float(element.get("x", 0)), float(element.get("y", 0))
    given = (element.get("width", ""), element.get("height", ""))
    width, height = (whole if side == "100%" else float(side) for side, whole in zip(given, size, strict=True))
    corners = f", rounded corners={element.get('rx')}bp" if element.get("rx") else ""
    return f"\\path[{_paint(element)}{corners}] {_point(x, y, at)} rectangle {_point(x + width, y + height, at)};"


def _paint(element: ElementTree.Element) -> str:
    fill, stroke = element.get("fill", "none"), element.get("stroke", "none")
    options = [] if fill == "none" else [f"fill={_colour(fill)}"]
    if opacity := element.get("fill-opacity"):
        options.append(f"fill opacity={opacity}")
    if stroke != "none":
        options += [f"draw={_colour(stroke)}", f"line width={element.get('stroke-width', '1')}bp"]
    if element.get("stroke-dasharray"):
        options.append("dash pattern=on 4bp off 3bp")
    return ", ".join(options)


def _path(data: str, at: Offset) -> str:
    """SVG path data of the commands M, L, C, h, v and z."""
    drawn: list[str] = []
    x = y = 0.0
    for letter, rest in re.findall(r"([MLCHVhvz])([^A-Za-z]*)", data):
        numbers = [float(n) for n in SVG_NUMBER.findall(rest)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
        match letter:
            case "M" | "L":
                for x, y in pairs:
                    drawn.append(f"{'-- ' if drawn else ''}{_point(x, y, at)}")
            case "C":
                for first, second, (x, y) in zip(pairs[::3], pairs[1::3], pairs[2::3], strict=True):
                    drawn.append(f".. controls {_point(*first, at)} and {_point(*second, at)} .. {_point(x, y, at)}")
            case "h" | "v":
                x, y = (x + numbers[0], y) if letter == "h" else (x, y + numbers[0])
                drawn.append(f"-- {_point(x, y, at)}")
            case _:
                drawn.append("-- cycle")
    return " ".join(drawn)


def _label(element: ElementTree.Element, at: Offset, anchor: str) -> str:
    size = float(element.get("font-size", 8))
    weight = "\\bfseries" if element.get("font-weight") == "bold" else ""
    place = _point(float(element.get("x", 0)), float(element.get("y", 0)), at)
    style = f"anchor={ANCHORS[anchor]}, text={_colour(element.get('fill', '#000000'))}"
    return (
        f"\\node[{style}] at {place} {{\\fontsize{{{size:g}}}{{{size:g}}}\\selectfont{weight}"
        f" {latex_text(element.text or '')}}};"
    )


def _colour(text: str) -> str:
    return f"c{text.removeprefix('#').upper()}"


def _point(x: float, y: float, at: Offset) -> str:
    return f"({x + at[0]:.2f},{y + at[1]:.2f})"
