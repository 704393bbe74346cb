"""What stands in a diagram: boxes, the edges between them, and the frames around them.

A box stands for one traced node, or for several: a convolution with its norm and activation, a folded stage. The edges
are those of the traced graph between nodes of different boxes, so no picture can show a connection that is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead, Conv

from ..analysis.graph import Layer, Node
from ..analysis.network import Analysis, StageCost
from ..analysis.receptive_field import ONE_PIXEL, Fields, through
from ..common.colours import ThemeName
from .boxes import EdgeRole, Form, Plan, Sketch, Unit, plan, whole

Level = Literal["stage", "branch", "op"]
ColorBy = Literal["kind", "params", "macs", "memory", "share", "field", "time"]
Direction = Literal["TB", "BT", "LR"]

LEVELS: Mapping[Level, int] = {"stage": 0, "branch": 1, "op": 2}


@dataclass(frozen=True, slots=True)
class View:
    """How a diagram is drawn.

    ``level``: a stage a box; a module's branches as the papers draw them; or every operation. ``expand`` and ``fold``:
    names of stages shown one level deeper, or one less deep. A repeat is drawn once with its count; expanded beyond its
    branches it unfolds into copies, which can be expanded in their turn (``block35.3``). ``fused``: a convolution, its
    normalisation and its activation are one box. ``color_by``: ``memory`` is the size of the output, ``share`` that of
    the network's MACs, ``field`` the receptive field on the picture, ``time`` what ``seconds`` has for whole stages.
    """

    level: Level = "branch"
    expand: frozenset[str] = frozenset()
    fold: frozenset[str] = frozenset()
    color_by: ColorBy = "kind"
    direction: Direction = "TB"
    fused: bool = True
    show_aux: bool = True
    theme: ThemeName = "light"
    seconds: tuple[tuple[str, float], ...] = ()


class Box(NamedTuple):
    """A sketch in its place: ``path`` is its id, ``seen`` its receptive field on the picture.

    Where a block is folded, it stands for ``times`` copies, whose ``params`` and ``macs`` are added up; shapes and the
    field are those of the first.
    """

    path: str
    sketch: Sketch
    times: int
    params: int
    macs: int
    seen: Fields


@dataclass(frozen=True, slots=True)
class Group:
    """A part with a frame around it: a block, a head, or a repeat, of which one copy may stand for ``times``."""

    path: str
    part: StageCost
    times: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a group's frame goes. ``rows``: boxes that stand side by side in this order; ``spine``: what the block
    reads, then the boxes in which its branches meet, which stand in line.
    """

    path: str
    members: tuple[str | Frame, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    spine: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """All that a layout depends on, and no number: one outline, one layout."""

    direction: Direction
    boxes: tuple[tuple[str, Form], ...]
    edges: tuple[tuple[str, str, EdgeRole], ...]
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """An outline and what fills it: boxes and the edges' shapes in the outline's order, groups by path."""

    outline: Outline
    boxes: tuple[Box, ...]
    shapes: tuple[Shape, ...]
    groups: Mapping[str, Group]


def scene(analysis: Analysis, view: View) -> Scene:
    """What ``view`` shows of ``analysis``."""
    made = _Making(view)
    source = made.picture((3, analysis.input_size, analysis.input_size))
    ends: dict[str, Source] = {}
    for stage in analysis.stages:
        source = ends[stage.name] = made.stage(stage, source)
    if view.show_aux:
        for head in analysis.aux:
            assert isinstance(head.part, AuxHead)
            made.stage(head, ends[head.part.tap])
    outline = Outline(
        view.direction,
        tuple([(box.path, box.sketch.form) for box in made.boxes]),
        tuple([(tail, head, role) for (tail, head), (role, _) in made.edges.items()]),
        tuple(made.frames),
    )
    return Scene(outline, tuple(made.boxes), tuple([shape for _, shape in made.edges.values()]), made.groups)


def toggled(analysis: Analysis, view: View, path: str) -> View:
    """``view`` after a double click: on a box, its stage is shown one level deeper; on a frame, one level less deep."""
    stage, _, rest = path.partition(".")
    number = rest.partition(".")[0]
    if path not in scene(analysis, view).groups:
        name = f"{stage}.{number}" if number.isdigit() else stage
        if name in view.fold:
            return replace(view, fold=view.fold - {name})
        return replace(view, expand=view.expand | {name})
    name = path if path in view.expand else stage  # copies fold together
    if name not in view.expand and not any(other.startswith(f"{name}.") for other in view.expand):
        return replace(view, fold=view.fold | {name})
    return replace(view, expand=frozenset(e for e in view.expand if e != name and not e.startswith(f"{name}.")))


class Source(NamedTuple):
    """What a part reads: a box, the shape that comes from it, and what that sees of the picture."""

    path: str
    shape: Shape
    seen: Fields


@dataclass(slots=True)
class _Making:
    """A scene while it is put together."""

    view: View
    boxes: list[Box] = field(default_factory=list)
    edges: dict[tuple[str, str], tuple[EdgeRole, Shape]] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)

    def picture(self, size: Shape) -> Source:
        """The network's input."""
        self.boxes.append(_picture(size))
        return Source("input", size, ONE_PIXEL)

    def stage(self, stage: StageCost, source: Source) -> Source:
        """Adds a stage or aux head, as deep as the view wants it; returns what the next stage reads."""
        base, expand = LEVELS[self.view.level], self.view.expand
        opened, folded = stage.name in expand, stage.name in self.view.fold
        depth = base + opened - folded
        end = source._replace(shape=stage.out_shape, seen=through(stage.field, source.seen))
        if depth <= 0:
            self.boxes.append(Box(stage.name, whole(stage), 1, stage.params, stage.macs, end.seen))
            self.edges[source.path, stage.name] = ("aux" if isinstance(stage.part, AuxHead) else "", source.shape)
            return end._replace(path=stage.name)
        if not stage.copies:
            member, path = self._part((stage,), stage.name, source, depth)
        elif not folded and ((opened and base > 0) or any(copy.name in expand for copy in stage.copies)):
            member, path = self._copies(stage, source, max(base, 1))
        else:
            member, path = self._part(stage.copies, stage.name, source, max(base - folded, 1))
            self.groups[stage.name] = Group(stage.name, stage, len(stage.copies))
        if isinstance(member, Frame):
            self.frames.append(member)
        return end._replace(path=path)

    def _copies(self, stage: StageCost, source: Source, base: int) -> tuple[Frame, str]:
        members: list[str | Frame] = []
        for copy in stage.copies:
            member, path = self._part((copy,), copy.name, source, base + (copy.name in self.view.expand))
            source = Source(path, copy.out_shape, through(copy.field, source.seen))
            members.append(member)
        self.groups[stage.name] = Group(stage.name, stage, 1)
        return Frame(stage.name, tuple(members)), source.path

    def _part(self, copies: Sequence[StageCost], name: str, source: Source, depth: int) -> tuple[str | Frame, str]:
        """Adds the boxes of one part, or of one copy that stands for several; ``depth`` 1: joints as the papers draw
        them, 2: every operation. Returns its frame, or its only box, and the path of its end."""
        part = copies[0]
        expanded = depth > max(LEVELS[self.view.level], 1)
        plans = tuple([plan(copy, self.view.fused and not expanded, depth == 1) for copy in copies])
        step = -1 if self.view.direction == "LR" else 1  # there Graphviz stacks a rank from the bottom up
        placed = _placed(plans, name, source, step, bool(part.branches))
        self.boxes += placed.boxes
        self.edges.update(placed.edges)
        if isinstance(placed.member, Frame):
            self.groups[name] = Group(name, part, len(copies))
        return placed.member, placed.end


@lru_cache(maxsize=64)
def _picture(size: Shape) -> Box:
    part = StageCost("input", Conv("input", 3), size, size, 0, 0, 0, 0, (), (), (), ONE_PIXEL)
    node = Node("", Layer("input", "picture"), (), size, size, 0, 0, ONE_PIXEL)
    return Box("input", Sketch("", "trunk", part, Unit(), (node,), size, size, 0, 0, ONE_PIXEL), 1, 0, 0, ONE_PIXEL)


class _Placed(NamedTuple):
    """The boxes and edges of one part in its place; ``member``: its frame, or its only box; ``end``: what comes next
    reads this."""

    boxes: tuple[Box, ...]
    edges: dict[tuple[str, str], tuple[EdgeRole, Shape]]
    member: str | Frame
    end: str


@lru_cache(maxsize=4096)
def _placed(plans: tuple[Plan, ...], name: str, source: Source, step: int, branched: bool) -> _Placed:
    """One part behind ``source``, remembered: after an edit most are what they were."""
    planned = plans[0]
    paths = {s.inner: f"{name}.{s.inner}" if s.inner else name for s in planned.sketches}
    boxes = []
    for sketch, *others in zip(*(p.sketches for p in plans), strict=True):
        params, macs = sketch.params, sketch.macs
        for other in others:
            params, macs = params + other.params, macs + other.macs
        boxes.append(Box(paths[sketch.inner], sketch, len(plans), params, macs, through(sketch.field, source.seen)))
    edges = {
        (source.path if link.tail is None else paths[link.tail], paths[link.head]): (
            link.role,
            link.shape or source.shape,
        )
        for link in planned.links
    }
    if not paths:
        return _Placed((), {}, source.path, source.path)
    end = paths[planned.end]
    if len(paths) == 1 and not branched:
        return _Placed(tuple(boxes), edges, end, end)
    rows = tuple(tuple(paths[inner] for inner in row[::step]) for row in planned.rows)
    spine = (source.path, *(paths[inner] for inner in planned.joints)) if branched else ()
    return _Placed(tuple(boxes), edges, Frame(name, tuple(paths.values()), rows, spine), end)
