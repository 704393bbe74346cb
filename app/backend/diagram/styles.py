"""How boxes and frames look: what is written on them, in which colour, and what is marked as changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from inception_models.arch.branch_kind import branch_kind
from inception_models.arch.spec import Pool

from ..analysis.changes import Changes, WidthChange, first_copy
from ..analysis.graph import elements
from ..analysis.network import Analysis, StageCost
from ..common.colours import BRANCH_COLOURS, BRANCH_NAMES, THEMES, Theme, ThemeName, heat, ink, lighter
from ..common.quantity import float32_bytes, percent, shape_text, short
from .boxes import EdgeRole, Form, Sketch
from .labels import box_name, box_tip, group_tip, readable, stage_line
from .scene import Box, ColorBy, Group, Scene, View, scene

SIZES: Mapping[Form, tuple[float, float]] = {  # width and height in points
    "stage": (136, 34),
    "trunk": (104, 26),
    "join": (104, 26),
    "op": (104, 26),
    "thin": (104, 14),
    "unit": (66, 26),
}
FRAME_LABEL = 130  # points, wider than most frames' narrowest place for it
PADDING = 4  # points to the left and right of a text, together
SMALLEST = 6.0  # points


class Text(NamedTuple):
    """A line of text and its size in points."""

    text: str
    size: float
    bold: bool


class Face(NamedTuple):
    """How one box or frame looks. ``bars``: what its branches contribute, as colours and fractions of the whole."""

    lines: tuple[Text, ...]
    fill: str
    border: str
    ink: str
    classes: str
    tip: str
    changed: bool
    bars: tuple[tuple[str, float], ...]


class EdgeFace(NamedTuple):
    """How one edge looks. ``volume``: its tensor's size as a fraction of the largest one's."""

    shape: str
    role: EdgeRole
    volume: float


@dataclass(frozen=True, slots=True)
class Faces:
    """The looks of a whole diagram, in the order of its outline; frames by path."""

    theme: Theme
    boxes: tuple[Face, ...]
    edges: tuple[EdgeFace, ...]
    frames: Mapping[str, Face]


@dataclass(frozen=True, slots=True)
class Heat:
    """The legend of a heat map: the colours from nothing to the most, and what the most is."""

    colours: tuple[str, ...]
    low: str
    high: str


@lru_cache(maxsize=8192)
def fitted(text: str, width: float, size: float, bold: bool = False) -> Text:
    """``text`` small enough for ``width`` points: first smaller, then cut; the tooltip has all of it."""
    letter = 0.58 if bold else 0.52  # mean width of Helvetica's letters and digits, in sizes
    room = (width - PADDING) / letter
    if room >= len(text) * SMALLEST:
        return Text(text, round(min(size, room / max(len(text), 1)), 1), bold)
    return Text(f"{text[: int(room / SMALLEST) - 1]}…", SMALLEST, bold)


def faces(analysis: Analysis, shown: Scene, view: View, original: Analysis | None = None) -> Faces:
    """How everything in ``shown`` looks; widths that differ from ``original`` are marked."""
    style, changes, seconds = _style(analysis, shown, view), Changes(original), dict(view.seconds)
    most = max(map(elements, shown.shapes), default=1)
    edges = (
        EdgeFace(shape_text(shape), role, elements(shape) / most)
        for (_, _, role), shape in zip(shown.outline.edges, shown.shapes, strict=True)
    )
    frames = {path: _group(style, group, _value(view, seconds, group), changes) for path, group in shown.groups.items()}
    boxes = tuple([_box(style, box, _value(view, seconds, box), changes) for box in shown.boxes])
    return Faces(THEMES[view.theme], boxes, tuple(edges), frames)


class _Style(NamedTuple):
    """What is the same for every box of a picture: the theme, and the heat map with its largest value.

    ``total``: the network's MACs where the heat map shows shares of it, else zero.
    """

    theme: ThemeName
    color_by: ColorBy
    most: float
    total: int

    def written(self, value: float) -> str:
        """A value of the heat map as text."""
        match self.color_by:
            case "share":
                return percent(value, self.total)
            case "memory":
                return short(value, "B")
            case "field":
                return f"{value:,} px"
            case "time":
                return short(value, "s")
            case _:
                return short(value)


def _value(view: View, seconds: Mapping[str, float], part: Box | Group) -> float:
    """What the heat map shows, of all copies together; zero is off the scale."""
    cost, out_shape = (part, part.sketch.out_shape) if isinstance(part, Box) else (part.part, part.part.out_shape)
    match view.color_by:
        case "kind":
            return 0
        case "params":
            return cost.params
        case "memory":
            return float32_bytes(elements(out_shape))
        case "macs" | "share":
            return cost.macs
        case "field":
            return max(side.size for side in part.seen) if isinstance(part, Box) and part.seen else 0
        case "time":
            return seconds.get(part.path.partition(".")[0], 0)


def _style(analysis: Analysis, shown: Scene, view: View) -> _Style:
    parts: list[Box | Group] = [*shown.boxes, *(shown.groups.values() if view.color_by == "time" else ())]
    seconds = dict(view.seconds)
    most = max((_value(view, seconds, part) for part in parts), default=0)
    return _Style(view.theme, view.color_by, most, analysis.macs if view.color_by == "share" else 0)


def _box(style: _Style, box: Box, value: float, changes: Changes) -> Face:
    sketch = box.sketch
    changed = changes.of(sketch.part) if sketch.form == "stage" else changes.among(sketch.part, sketch.nodes)
    return _look(style, box, value, changed)


@lru_cache(maxsize=8192)
def _look(style: _Style, placed: Box, heat_value: float, changed: tuple[WidthChange, ...]) -> Face:
    box = placed.sketch
    whole = box.form == "stage"
    theme = THEMES[style.theme]
    fill = _fill(style, box, heat_value)
    value = 0 if style.color_by == "time" and "." in placed.path else heat_value  # only whole stages are timed
    return Face(
        _stage_lines(style, box, value, changed) if whole else _lines(style, box, value, changed),
        fill,
        theme.mark if changed else theme.border,
        ink(fill),
        f"node kind-{_kind(box)}{' changed' if changed else ''}",
        box_tip(placed, changed),
        bool(changed),
        _bars(box.part) if whole and style.color_by == "kind" else (),
    )


def _lines(style: _Style, box: Sketch, value: float, changed: Sequence[WidthChange]) -> tuple[Text, ...]:
    width = SIZES[box.form][0]
    words = box_name(box)
    if box.form == "thin":
        return (fitted(words, width, 8),)
    if box.form != "unit":
        main = shape_text(box.out_shape)
    elif isinstance(box.unit.op, Pool):
        words, _, main = words.rpartition(" ")
    else:
        main = str(box.out_shape[0])
    for change in changed:
        if box.form == "unit" and change.was:
            main = f"{change.was} → {main}"
        else:
            words = f"{change.was} → {change.now} · {words}" if change.was else f"new · {words}"
    if value:
        words, main = f"{words} · {main}", style.written(value)
    return fitted(words, width, 7.5), fitted(main, width, 10, True)


def _stage_lines(style: _Style, box: Sketch, value: float, changed: Sequence[WidthChange]) -> tuple[Text, ...]:
    line = style.written(value) if value else stage_line(box.part)
    if len(changed) == 1 and changed[0].was and box.nodes:
        line = f"{changed[0].was} → {changed[0].now} · {line}"
    elif changed:
        line = f"{len(changed)} changed · {line}"
    width = SIZES["stage"][0]
    return fitted(readable(box.part.name), width, 10.5, True), fitted(line, width, 8)


def _fill(style: _Style, box: Sketch, value: float) -> str:
    theme = THEMES[style.theme]
    if value:
        return heat(value / style.most)
    weighted = any(n.layer.kind in ("conv", "linear") for n in box.nodes)
    if style.color_by != "kind":
        return theme.quiet
    pools = box.unit.branch == "pool" and box.nodes[-1].layer.kind in ("max_pool", "avg_pool")
    if box.unit.branch is not None and (weighted or pools):
        colour = BRANCH_COLOURS[box.unit.branch]
        return lighter(colour) if box.unit.reduces else colour
    if not box.nodes:
        return theme.block
    return theme.trunk if weighted else theme.quiet


def _group(style: _Style, group: Group, value: float, changes: Changes) -> Face:
    changed = changes.of(group.part)
    theme = THEMES[style.theme]
    words = [readable(group.path), *([f"× {group.times}"] if group.times > 1 else [])]
    if value:
        words.append(style.written(value))
    elif changed:
        words.append(f"{len(changed)} changed")
    return Face(
        (fitted(" · ".join(words), FRAME_LABEL, 9, True),),
        theme.block,
        theme.mark if changed else theme.border,
        theme.text,
        f"cluster kind-block{' changed' if changed else ''}",
        group_tip(group, changed),
        bool(changed),
        (),
    )


def _bars(part: StageCost) -> tuple[tuple[str, float], ...]:
    branches = first_copy(part).branches
    whole = sum(b.out_shape[0] for b in branches)
    return tuple((BRANCH_COLOURS[branch_kind(b.part)], b.out_shape[0] / whole) for b in branches)


def _kind(box: Sketch) -> str:
    """The box's class name: its weighted layer's kind, else its last layer's; of a stage the block's."""
    if not box.nodes:
        return type(box.part.part).__name__.lower()
    kinds = [n.layer.kind for n in box.nodes]
    return next((kind for kind in kinds if kind in ("conv", "linear", "add")), kinds[-1])


def legend(analysis: Analysis, view: View) -> tuple[tuple[str, str], ...] | Heat:
    """What the colours of a diagram mean: (colour, name) pairs, or the scale of a heat map."""
    shown = scene(analysis, view)
    if view.color_by != "kind":
        style = _style(analysis, shown, view)
        return Heat(tuple(heat(step / 9) for step in range(10)), "0", style.written(style.most))
    present = {box.sketch.unit.branch for box in shown.boxes} | {
        branch_kind(b.part)
        for box in shown.boxes
        if box.sketch.form == "stage"
        for b in first_copy(box.sketch.part).branches
    }
    return tuple((colour, BRANCH_NAMES[kind]) for kind, colour in BRANCH_COLOURS.items() if kind in present)
