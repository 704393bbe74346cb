"""A diagram as a figure for a paper: in columns that fit a page, or one block of it, with a legend and a caption."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt
from types import MappingProxyType
from typing import cast, get_args

from inception_models.arch.spec import AuxHead, Branch, Fork, Inception, Op, Repeat, Residual, Stage
from inception_models.arch.tree import unknown

from ..analysis.network import Analysis
from ..common.colours import THEMES, Theme
from ..common.thumbnail import Thumbnail
from ..diagram import DiagramOptions, HeatScale, dot_text, draw
from ..diagram.dot import escaped
from ..diagram.export import FIGURE_FONT, FigureFormat, svg_file
from ..diagram.labels import readable
from ..diagram.svg import Drawing, svg_text
from .paper_table import caption
from .tikz import tikz_document

FIGURE_ENDINGS = (".svg", ".pdf", ".png", ".tex", ".dot")
PAGE = 297 / 210  # height to width, upright A4
MOST_COLUMNS = 6
GAP, MARGIN, LINE = 24.0, 12.0, 12.0  # points
CAPTION_SIZE, LEAST_WIDTH = 9.0, 300.0


@dataclass(frozen=True, slots=True)
class Figure:
    """An SVG document and its size in points."""

    svg: str
    width: float
    height: float

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.svg


def figure_bytes(
    analysis: Analysis,
    ending: str,
    options: DiagramOptions,
    original: Analysis,
    stage: str = "",
    maps: Mapping[str, Thumbnail] = MappingProxyType({}),
) -> bytes:
    """The figure as a file that ends in ``ending``: .svg, .pdf, .png, .tex (TikZ, for pdflatex), or the graph as .dot.

    Raises:
        ValueError: for another ending, or a ``stage`` that the network does not have.
        LayoutError: where Graphviz cannot lay it out.
    """
    if ending not in FIGURE_ENDINGS:
        raise ValueError(
            f"A diagram is written as {', '.join(FIGURE_ENDINGS)}, not as {ending or 'a file without an ending'}."
        )
    if ending == ".dot":
        return dot_text(part_of(analysis, [stage]) if stage else analysis, options, original).encode()
    if ending == ".tex":  # which has no pictures
        made = figure(analysis, replace(options, maps=False), original, stage)
        return tikz_document(made.svg, made.width, made.height).encode()
    made = figure(analysis, options, original, stage, maps)
    formats: dict[str, FigureFormat] = {f".{name}": cast(FigureFormat, name) for name in get_args(FigureFormat)}
    return svg_file(made.svg, formats[ending], made.width, made.height)


def figure(
    analysis: Analysis,
    options: DiagramOptions,
    original: Analysis,
    stage: str = "",
    maps: Mapping[str, Thumbnail] = MappingProxyType({}),
) -> Figure:
    """The whole network, in as many columns as make it fit a page, or the block ``stage`` alone.

    ``maps``: as :func:`.diagram.draw` takes them.
    """
    theme = THEMES[options.theme]
    if stage:
        parts = [part_of(analysis, [stage])]
    else:
        parts = [part_of(analysis, names) for names in _columns(analysis, options, original)]
    before = {s.name: b.name for b, s in zip(analysis.stages, analysis.stages[1:], strict=False)}
    tops = [before.get(part.stages[0].name, "") for part in parts]
    drawings = [
        draw(
            part, options, original, _with_input(maps, top if top or part.stages[0] != analysis.stages[0] else "input")
        )
        for part, top in zip(parts, tops, strict=True)
    ]
    width = max(LEAST_WIDTH, sum(d.width for d in drawings) + GAP * (len(drawings) - 1) + 2 * MARGIN)
    depth = max(drawing.height for drawing in drawings) + 2 * MARGIN
    legend = list(_legend(drawings[0], theme, depth))
    words = f"{readable(stage)} of {caption(analysis, original)}" if stage else caption(analysis, original)
    lines = textwrap.wrap(words, int((width - 2 * MARGIN) / (0.5 * CAPTION_SIZE)))
    first = depth + LINE * (2 if legend else 1)
    below = [_text(MARGIN, first + LINE * i, line, CAPTION_SIZE, theme.text) for i, line in enumerate(lines)]
    height = first + LINE * len(lines) + MARGIN
    body = [*_placed(drawings, tops), *legend, *below]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
        f' height="{height:g}" font-family="{FIGURE_FONT}" text-anchor="middle">'
        f'<rect width="100%" height="100%" fill="{theme.paper}"/>{"".join(body)}</svg>\n'
    )
    return Figure(svg, width, height)


def _with_input(maps: Mapping[str, Thumbnail], source: str) -> dict[str, Thumbnail]:
    """``maps`` for a part of a network whose input is the output of ``source``."""
    rest = {path: thumbnail for path, thumbnail in maps.items() if path != "input"}
    return rest | {"input": maps[source]} if source in maps else rest


def part_of(analysis: Analysis, names: Sequence[str]) -> Analysis:
    """Some stages of a network in a row, with the heads that read them, or a head alone.

    Raises:
        ValueError: where there is no stage of such a name.
    """
    every = {stage.name: stage for stage in (*analysis.stages, *analysis.aux)}
    for name in names:
        if name not in every:
            raise unknown(name, every, "a stage")
    heads = [] if len(names) == 1 else [h for h in analysis.aux if isinstance(h.part, AuxHead) and h.part.tap in names]
    return replace(analysis, stages=tuple(every[name] for name in names), aux=tuple(heads))


# --- columns ---------------------------------------------------------------------------------------------------------


def _columns(analysis: Analysis, options: DiagramOptions, original: Analysis) -> list[list[str]]:
    """The names of the stages in each column. A heat map, whose scale is the network's, stays in one piece."""
    names = [stage.name for stage in analysis.stages]
    if options.direction == "LR" or options.color_by != "kind":
        return [names]
    whole = draw(analysis, options, original)
    count = ceil(sqrt(whole.height / whole.width / PAGE) - 0.4)  # the highest column is higher than an even one
    count = min(max(count, 1), MOST_COLUMNS, len(names))
    heights = [_rows(stage.part) for stage in analysis.stages]
    columns: list[list[str]] = [[]]
    done = 0.0
    for name, height in zip(names, heights, strict=True):
        if columns[-1] and done + height / 2 > sum(heights) * len(columns) / count:
            columns.append([])
        columns[-1].append(name)
        done += height
    return columns


def _rows(part: Stage | AuxHead) -> int:
    """About how many boxes high a stage is."""
    match part:
        case Repeat():
            return _rows(part.block) + 1
        case Inception() | Residual():
            return 2 + max(len(_flat(branch)) for branch in part.branches)
        case _:
            return 1


def _flat(branch: Branch) -> list[Op]:
    return [op.ops[0] if isinstance(op, Fork) else op for op in branch.ops]


def _placed(drawings: Sequence[Drawing], tops: Sequence[str]) -> Iterator[str]:
    """The drawings side by side; a column that goes on says after what."""
    x = MARGIN
    for number, (drawing, before) in enumerate(zip(drawings, tops, strict=True)):
        inner = svg_text(drawing).partition(">")[2].removesuffix("</svg>\n")
        if before:
            inner = inner.replace(">input</text>", f">after {escaped(readable(before))}</text>", 1)
        if number:  # an id is there once
            inner = inner.replace('<g id="', f'<g id="column{number + 1}:')
        yield f'<g transform="translate({x:g} {MARGIN:g})">{inner}</g>'
        x += drawing.width + GAP


# --- what is below ---------------------------------------------------------------------------------------------------


def _legend(drawing: Drawing, theme: Theme, y: float) -> Iterator[str]:
    if isinstance(drawing.legend, HeatScale):
        scale = drawing.legend
        entries = [(colour, "") for colour in scale.colours]
        entries = [(entries[0][0], scale.low), *entries[1:-1], (entries[-1][0], scale.high)]
    else:
        entries = list(drawing.legend)
    x = MARGIN
    for colour, name in entries:
        yield f'<rect x="{x:g}" y="{y:g}" width="8" height="8" fill="{colour}"/>'
        if name:
            yield _text(x + 11, y + 7, name, 8, theme.text)
        x += 11 + (len(name) * 4.6 + 10 if name else 0)


def _text(x: float, y: float, text: str, size: float, colour: str) -> str:
    return f'<text text-anchor="start" x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}">{escaped(text)}</text>'
