"""How boxes, edges and clusters look: their text, their colours, and what is marked as changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from inception_models.arch.branch_kind import branch_kind
from inception_models.arch.spec import Pool, Repeat

from ..analysis.changes import COPIES, Changes, WidthChange, first_copy
from ..analysis.graph import elements
from ..analysis.network import Analysis, StageCost
from ..common.colours import BRANCH_COLOURS, BRANCH_NAMES, THEMES, Theme, ThemeName, ink, lighter
from ..common.quantity import shape_text
from .box_plan import BoxSize, EdgeRole
from .boxes import BoxSpec
from .heat import HeatMap, HeatScale, heat_map, heat_value
from .labels import box_name, box_tip, cluster_tip, readable, says_the_same, stage_line
from .lettering import NAME_SIZE, NUMBER_SIZE, PADDING, TextLine, fitted_lines, fitted_text
from .options import DiagramOptions
from .scene import Box, Cluster, Scene, ScenePart

BOX_SIZES: Mapping[BoxSize, tuple[float, float]] = {  # width and height in points
    "stage": (150, 48),
    "trunk": (122, 36),
    "join": (122, 36),
    "op": (122, 36),
    "small": (58, 48),  # four beside one another fit on a phone, in letters that can be read
    "thin": (122, 18),
}
MAP_SIDE, MAP_MARGIN = 32, 2  # of a thumbnail at the left of a box, in points
MOST_LINES = 3  # in a box
CLUSTER_LABEL_WIDTH = 180  # points, for which every frame has room

Legend = tuple[tuple[str, str], ...] | HeatScale  # (colour, name) pairs, or the scale of a heat map


class BoxStyle(NamedTuple):
    """How one box or cluster looks. ``bars``: the output widths of its branches, as colours and fractions of the sum.

    ``classes``: words for style sheets, separated by spaces.
    """

    lines: tuple[TextLine, ...]
    fill: str
    border: str
    ink: str
    classes: str
    tip: str
    changed: bool
    bars: tuple[tuple[str, float], ...]


class EdgeStyle(NamedTuple):
    """How one edge looks. ``volume``: its tensor's size as a fraction of a power of two that the largest one fits in,
    so that an edit of the largest hardly ever redraws all others."""

    shape: str
    role: EdgeRole
    volume: float


@dataclass(frozen=True, slots=True, eq=False)
class PartStyle:
    """How the boxes of one part of a scene look, in its topology's order, and its clusters, by path."""

    theme: Theme
    boxes: tuple[BoxStyle, ...]
    clusters: Mapping[str, BoxStyle]


@dataclass(frozen=True, slots=True)
class DiagramStyle:
    """How a whole diagram looks: boxes and edges in the order of its topology, clusters by path."""

    theme: Theme
    boxes: tuple[BoxStyle, ...]
    edges: tuple[EdgeStyle, ...]
    clusters: Mapping[str, BoxStyle]
    legend: Legend


def style_of(
    analysis: Analysis, shown: Scene, options: DiagramOptions, original: Analysis | None = None
) -> DiagramStyle:
    """How everything in ``shown`` looks; widths that differ from ``original`` are marked."""
    parts = part_styles(analysis, shown, options, original)
    most = 1 << max(map(elements, shown.edge_shapes), default=1).bit_length()
    edges = zip(shown.topology.edges, shown.edge_shapes, strict=True)
    return DiagramStyle(
        THEMES[options.theme],
        tuple(chain.from_iterable(part.boxes for part in parts)),
        tuple([EdgeStyle(shape_text(shape), role, elements(shape) / most) for (_, _, role), shape in edges]),
        dict(chain.from_iterable(part.clusters.items() for part in parts)),
        heat_map(analysis, shown, options).scale() if options.color_by != "kind" else _kinds(shown),
    )


def part_styles(
    analysis: Analysis, shown: Scene, options: DiagramOptions, original: Analysis | None
) -> tuple[PartStyle, ...]:
    """How each part of ``shown`` looks."""
    changes, seconds, names = Changes(original), dict(options.seconds), dict(analysis.arch.about.part_names)
    look = _Look(options.theme, heat_map(analysis, shown, options))
    styles = []
    for part in shown.parts:
        name = part.stage.name
        styles.append(_part_style(look, part, seconds.get(name, 0), changes.of(part.stage), names.get(name, "")))
    return tuple(styles)


def box_extent(size: BoxSize, maps: bool) -> tuple[float, float]:
    """Width and height of a box in points, with room for a thumbnail or without."""
    width, height = BOX_SIZES[size]
    if not has_map(size, maps):
        return width, height
    return width + MAP_SIDE + MAP_MARGIN - PADDING, max(height, MAP_SIDE + 2 * MAP_MARGIN)


def has_map(size: BoxSize, maps: bool) -> bool:
    """Whether a box of this size has room for a thumbnail: thin ones have none."""
    return maps and size != "thin"


def edge_colour(role: EdgeRole, theme: Theme) -> str:
    """The colour of an edge."""
    return BRANCH_COLOURS["shortcut"] if role == "shortcut" else theme.line


def _kinds(shown: Scene) -> tuple[tuple[str, str], ...]:
    """The kinds of branches in a diagram: their colours and names."""
    present = {box.spec.role.branch for box in shown.boxes} | {
        branch_kind(branch.part)
        for box in shown.boxes
        if box.spec.size == "stage"
        for branch in first_copy(box.spec.part).branches
    }
    return tuple((colour, BRANCH_NAMES[kind]) for kind, colour in BRANCH_COLOURS.items() if kind in present)


# --- boxes -----------------------------------------------------------------------------------------------------------


class _Look(NamedTuple):
    """What is the same for every part of a diagram."""

    theme: ThemeName
    heat: HeatMap


@lru_cache(maxsize=512)
def _part_style(look: _Look, part: ScenePart, seconds: float, changed: tuple[WidthChange, ...], name: str) -> PartStyle:
    """``seconds``: what the stage takes; ``changed``: what has changed in it; ``name``: how the paper calls it."""
    timed, named = {part.stage.name: seconds}, {part.stage.name: name}
    color_by = look.heat.color_by
    in_copy = tuple(change for change in changed if change.path != COPIES)
    return PartStyle(
        THEMES[look.theme],
        tuple(
            _box(look, box, heat_value(color_by, timed, box), changed, named.get(box.path, "")) for box in part.boxes
        ),
        {
            path: _cluster(
                look,
                cluster,
                heat_value(color_by, timed, cluster),
                changed if path in named else in_copy,
                named.get(path, ""),
            )
            for path, cluster in part.clusters.items()
        },
    )


def _box(look: _Look, box: Box, heat: float, in_stage: Sequence[WidthChange], name: str) -> BoxStyle:
    """``in_stage``: what has changed in its stage; ``name``: how the paper calls a whole stage."""
    spec = box.spec
    changed = in_stage
    if in_stage and spec.size != "stage":
        paths = {node.path for node in spec.nodes}
        changed = tuple(change for change in in_stage if change.path in paths)
    whole = spec.size == "stage"
    theme = THEMES[look.theme]
    fill = _fill(look, spec, heat)
    shown = 0 if look.heat.color_by == "time" and "." in box.path else heat  # only whole stages are timed
    return BoxStyle(
        _stage_lines(look, spec, shown, changed, name) if whole else _lines(look, spec, shown, changed),
        fill,
        theme.mark if changed else theme.border,
        ink(fill),
        f"kind-{_kind(spec)}{' changed' if changed else ''}",
        box_tip(box, changed, name),
        bool(changed),
        _bars(spec.part) if whole and look.heat.color_by == "kind" else (),
    )


def _lines(look: _Look, box: BoxSpec, value: float, changed: Sequence[WidthChange]) -> tuple[TextLine, ...]:
    width = BOX_SIZES[box.size][0]
    name = box_name(box)
    small = box.size == "small"
    if box.size == "thin":
        return (fitted_text(name, width, NAME_SIZE),)
    if not small:
        main = shape_text(box.out_shape)
    elif isinstance(box.role.op, Pool):
        name, _, main = name.rpartition(" ")
    else:
        main = str(box.out_shape[0])
    for change in changed:
        if small and change.was:
            main = f"{change.was} → {main}"
        else:
            name = f"{change.was} → {change.now} · {name}" if change.was else f"new · {name}"
    if value:
        name, main = f"{main} · {name}" if small else f"{name} · {main}", look.heat.text(value)
    numbers = fitted_lines(main, width, NUMBER_SIZE, 2 if small else 1, True)
    return (*fitted_lines(name, width, NAME_SIZE, MOST_LINES - len(numbers) if small else 1), *numbers)


def _stage_lines(
    look: _Look, box: BoxSpec, value: float, changed: Sequence[WidthChange], name: str
) -> tuple[TextLine, ...]:
    line = look.heat.text(value) if value else stage_line(box.part)
    change = f"{len(changed)} changed" if changed else ""
    if len(changed) == 1 and changed[0].was and box.nodes:
        change = f"{changed[0].was} → {changed[0].now}"
    if says_the_same(box.part.name, name):
        name = ""
    if isinstance(box.part.part, Repeat):
        name, line = "", f"{name} {line}".strip()
    width = BOX_SIZES["stage"][0]
    about = " · ".join(filter(None, (name, change, line)))
    title = fitted_text(readable(box.part.name), width, NUMBER_SIZE, True)
    return title, *fitted_lines(about, width, NAME_SIZE, MOST_LINES - 1, at=" · ")


def _fill(look: _Look, box: BoxSpec, value: float) -> str:
    theme = THEMES[look.theme]
    if value:
        return look.heat.colour(value)
    weighted = any(n.layer.kind in ("conv", "linear") for n in box.nodes)
    if look.heat.color_by != "kind":
        return theme.quiet
    pools = box.role.branch == "pool" and box.nodes[-1].layer.kind in ("max_pool", "avg_pool")
    if box.role.branch is not None and (weighted or pools):
        colour = BRANCH_COLOURS[box.role.branch]
        return lighter(colour) if box.role.reduces else colour
    if not box.nodes:
        return theme.block
    return theme.trunk if weighted else theme.quiet


def _bars(part: StageCost) -> tuple[tuple[str, float], ...]:
    branches = first_copy(part).branches
    total = sum(b.out_shape[0] for b in branches)
    return tuple((BRANCH_COLOURS[branch_kind(b.part)], b.out_shape[0] / total) for b in branches)


def _kind(box: BoxSpec) -> str:
    """The kind of its layer with weights, else of its last layer; the type of a whole block."""
    if not box.nodes:
        return type(box.part.part).__name__.lower()
    kinds = [n.layer.kind for n in box.nodes]
    return next((kind for kind in kinds if kind in ("conv", "linear", "add")), kinds[-1])


# --- clusters --------------------------------------------------------------------------------------------------------


def _cluster(look: _Look, cluster: Cluster, value: float, changed: Sequence[WidthChange], name: str) -> BoxStyle:
    theme = THEMES[look.theme]
    copies = f"× {cluster.times}" if cluster.times > 1 else ""
    paper_name = "" if says_the_same(cluster.path, name) else name
    note = look.heat.text(value) if value else f"{len(changed)} changed" if changed else ""
    named = f"{paper_name} {copies}".strip()
    words = (readable(cluster.path), *((note, named) if paper_name else (named, note)))  # the last is dropped first
    return BoxStyle(
        (fitted_text(" · ".join(filter(None, words)), CLUSTER_LABEL_WIDTH, NAME_SIZE, True),),
        theme.block,
        theme.mark if changed else theme.border,
        theme.text,
        f"kind-block{' changed' if changed else ''}",
        cluster_tip(cluster, changed, name),
        bool(changed),
        (),
    )
