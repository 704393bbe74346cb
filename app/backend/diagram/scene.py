"""What is in a diagram: boxes, the edges between them, and the clusters around them.

A box stands for one traced node or for several: a convolution with its normalisation and activation, or a folded stage.
The edges are those of the traced graph between nodes of different boxes, so no diagram can show a connection that the
network does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead, Conv

from ..analysis.graph import Layer, Node
from ..analysis.network import Analysis, StageCost
from ..analysis.receptive_field import ONE_PIXEL, Fields, through
from .box_plan import BoxSize, EdgeRole
from .boxes import BoxSpec, boxes_of, stage_box
from .options import LEVEL_DEPTHS, DiagramOptions, Direction
from .roles import BoxRole


class Box(NamedTuple):
    """A box in the network: ``path`` is its id, ``seen`` its receptive field on the picture, ``output`` the path in the
    built network of the module whose output is the box's.

    Where a block is folded, it stands for ``times`` copies, whose ``params`` and ``macs`` are added up; shapes, output
    and the receptive field are those of the first.
    """

    path: str
    spec: BoxSpec
    times: int
    params: int
    macs: int
    seen: Fields
    output: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A part with a frame around it: a block, a head, or a repeat, of which one copy may stand for ``times``."""

    path: str
    part: StageCost
    times: int


@dataclass(frozen=True, slots=True)
class ClusterTree:
    """What a cluster contains, for the layout: paths of boxes, and clusters in it.

    ``rows``: boxes side by side, in this order; ``spine``: what the block reads, then the boxes in which its branches
    meet, all in one line.
    """

    path: str
    members: tuple[str | ClusterTree, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    spine: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topology:
    """All that a layout depends on, which is never a number: one topology, one layout.

    ``labelled``: whether what flows into a whole stage is written beside the arrow. ``maps``: whether boxes have room
    for a thumbnail.
    """

    direction: Direction
    boxes: tuple[tuple[str, BoxSize], ...]
    edges: tuple[tuple[str, str, EdgeRole], ...]
    clusters: tuple[ClusterTree, ...]
    labelled: bool = True
    maps: bool = False


class PartInput(NamedTuple):
    """What a part reads: the path of a box, the shape of its output, and the receptive field of that on the picture."""

    path: str
    shape: Shape
    seen: Fields


@dataclass(frozen=True, slots=True, eq=False)
class ScenePart:
    """A stage, a head or the picture in a diagram. It is cached: while it is the same object, nothing in it has
    changed, so that what is drawn from it can be cached by it.

    ``topology`` has its boxes, the edges that end in it, and its cluster; ``boxes`` and ``edge_shapes`` are in the
    topology's order, ``clusters`` by path.
    """

    stage: StageCost
    topology: Topology
    boxes: tuple[Box, ...]
    edge_shapes: tuple[Shape, ...]
    clusters: Mapping[str, Cluster]
    output: PartInput


@dataclass(frozen=True)
class Scene:
    """All parts of a diagram, and the same together: boxes and the edges' shapes in the topology's order."""

    parts: tuple[ScenePart, ...]

    @cached_property
    def topology(self) -> Topology:
        parts = [part.topology for part in self.parts]
        return replace(
            parts[0],
            boxes=tuple(chain.from_iterable(part.boxes for part in parts)),
            edges=tuple(chain.from_iterable(part.edges for part in parts)),
            clusters=tuple(chain.from_iterable(part.clusters for part in parts)),
        )

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        return tuple(chain.from_iterable(part.boxes for part in self.parts))

    @cached_property
    def edge_shapes(self) -> tuple[Shape, ...]:
        return tuple(chain.from_iterable(part.edge_shapes for part in self.parts))


def scene(analysis: Analysis, options: DiagramOptions) -> Scene:
    """What ``options`` show of ``analysis``."""
    return Scene(tuple(_focused(analysis, options) if options.focus else _whole_network(analysis, options)))


def neighbours(analysis: Analysis, focus: str) -> tuple[str, str]:
    """The names of the stages or heads before and after one; empty at an end."""
    names = ["", *(part.name for part in (*analysis.stages, *analysis.aux)), ""]
    at = names.index(focus)
    return names[at - 1], names[at + 1]


def _whole_network(analysis: Analysis, options: DiagramOptions) -> Iterator[ScenePart]:
    view = _view(options)
    part = _picture(analysis.stages[0].in_shape, view)  # of a part of a network it is not the picture
    yield part
    outputs: dict[str, PartInput] = {}
    for stage in analysis.stages:
        part = _part(stage, part.output, _view_of(stage, options, view))
        outputs[stage.name] = part.output
        yield part
    if options.show_aux:
        for head in analysis.aux:
            assert isinstance(head.part, AuxHead)
            yield _part(head, outputs[head.part.tap], _view_of(head, options, view))


def _focused(analysis: Analysis, options: DiagramOptions) -> Iterator[ScenePart]:
    """One stage or head between what it reads and what reads it, each of which is one box."""
    view = _view(options)
    reads, before = PartInput("input", analysis.stages[0].in_shape, ONE_PIXEL), None
    head = next((head for head in analysis.aux if head.name == options.focus), None)
    last = head.part.tap if head and isinstance(head.part, AuxHead) else ""
    stages = iter(analysis.stages)
    for stage in stages:
        if stage.name == options.focus:
            break
        reads = PartInput(stage.name, stage.out_shape, through(stage.field, reads.seen))
        before = stage
        if stage.name == last:
            break
    yield _picture(reads.shape, view) if before is None else _single(before, None, reads, view)
    focus = _part(head or stage, reads, _view_of(head or stage, options, view))
    yield focus
    after = None if head else next(stages, None)
    if after:
        output = PartInput(after.name, after.out_shape, through(after.field, focus.output.seen))
        yield _single(after, focus.output, output, view)


# --- one part --------------------------------------------------------------------------------------------------------


class _View(NamedTuple):
    """What the options say about one part. ``base``: the depth of all parts; ``expanded``: whether it is shown one
    level deeper, and which copies of it are; ``folded``: one level less deep."""

    direction: Direction
    labelled: bool
    maps: bool
    fused: bool
    base: int
    expanded: bool = False
    folded: bool = False
    expanded_copies: tuple[str, ...] = ()


def _view(options: DiagramOptions) -> _View:
    """That of parts of which the options say nothing in particular."""
    return _View(options.direction, not options.focus, options.maps, options.fused, LEVEL_DEPTHS[options.level])


def _view_of(stage: StageCost, options: DiagramOptions, view: _View) -> _View:
    if not (options.expand or options.fold):
        return view
    copies = tuple(copy.name for copy in stage.copies if copy.name in options.expand)
    return view._replace(
        expanded=stage.name in options.expand, folded=stage.name in options.fold, expanded_copies=copies
    )


@lru_cache(maxsize=64)
def _picture(size: Shape, view: _View) -> ScenePart:
    stage = StageCost("input", Conv("input", 3), size, size, 0, 0, 0, 0, (), (), (), ONE_PIXEL)
    node = Node("", Layer("input", "picture"), (), size, size, 0, 0, ONE_PIXEL)
    spec = BoxSpec("", "trunk", stage, BoxRole(), (node,), size, size, 0, 0, ONE_PIXEL)
    builder = _PartBuilder(stage, view)
    builder.boxes.append(Box("input", spec, 1, 0, 0, ONE_PIXEL, "input"))
    return builder.part(PartInput("input", size, ONE_PIXEL))


@lru_cache(maxsize=512)
def _single(stage: StageCost, reads: PartInput | None, output: PartInput, view: _View) -> ScenePart:
    """A stage or aux head as one box, with an edge from what it ``reads``."""
    builder = _PartBuilder(stage, view)
    builder.boxes.append(Box(stage.name, stage_box(stage), 1, stage.params, stage.macs, output.seen, stage.name))
    if reads:
        role: EdgeRole = "aux" if isinstance(stage.part, AuxHead) else ""
        builder.edges.append((reads.path, stage.name, role, reads.shape))
    return builder.part(output)


@lru_cache(maxsize=512)
def _part(stage: StageCost, reads: PartInput, view: _View) -> ScenePart:
    """A stage or aux head after what it reads, as deep as the options want it."""
    depth = view.base + view.expanded - view.folded
    output = PartInput(stage.name, stage.out_shape, through(stage.field, reads.seen))
    if depth <= 0:
        return _single(stage, reads, output, view)
    builder = _PartBuilder(stage, view)
    if not stage.copies:
        member, path = builder.add((stage,), stage.name, reads, depth)
    elif not view.folded and ((view.expanded and view.base > 0) or view.expanded_copies):
        member, path = builder.add_copies(stage, reads)
    else:
        member, path = builder.add(stage.copies, stage.name, reads, max(view.base - view.folded, 1))
        builder.clusters[stage.name] = Cluster(stage.name, stage, len(stage.copies))
    return builder.part(output._replace(path=path), (member,) if isinstance(member, ClusterTree) else ())


@dataclass(slots=True)
class _PartBuilder:
    stage: StageCost
    view: _View
    boxes: list[Box] = field(default_factory=list)
    edges: list[tuple[str, str, EdgeRole, Shape]] = field(default_factory=list)
    clusters: dict[str, Cluster] = field(default_factory=dict)

    def part(self, output: PartInput, trees: tuple[ClusterTree, ...] = ()) -> ScenePart:
        topology = Topology(
            self.view.direction,
            tuple([(box.path, box.spec.size) for box in self.boxes]),
            tuple([(tail, head, role) for tail, head, role, _ in self.edges]),
            trees,
            self.view.labelled,
            self.view.maps,
        )
        shapes = tuple([shape for *_, shape in self.edges])
        return ScenePart(self.stage, topology, tuple(self.boxes), shapes, self.clusters, output)

    def add_copies(self, stage: StageCost, reads: PartInput) -> tuple[ClusterTree, str]:
        """Add the copies of a repeat one after another; returns as :meth:`add` does."""
        members: list[str | ClusterTree] = []
        for copy in stage.copies:
            depth = max(self.view.base, 1) + (copy.name in self.view.expanded_copies)
            member, path = self.add((copy,), copy.name, reads, depth)
            reads = PartInput(path, copy.out_shape, through(copy.field, reads.seen))
            members.append(member)
        self.clusters[stage.name] = Cluster(stage.name, stage, 1)
        return ClusterTree(stage.name, tuple(members)), reads.path

    def add(
        self, copies: Sequence[StageCost], name: str, reads: PartInput, depth: int
    ) -> tuple[str | ClusterTree, str]:
        """Add the boxes of one part, or of one copy that stands for several; ``depth`` 1: its end as the papers draw
        it, 2: every operation. Returns its cluster, or its only box, and the path of its last box."""
        stage = copies[0]
        fused = self.view.fused and depth <= max(self.view.base, 1)
        first, *others = [boxes_of(copy, fused, depth == 1) for copy in copies]
        paths = {spec.inner: f"{name}.{spec.inner}" if spec.inner else name for spec in first.boxes}
        for spec, *same in zip(first.boxes, *(copy.boxes for copy in others), strict=True):
            params, macs = sum([s.params for s in (spec, *same)]), sum([s.macs for s in (spec, *same)])
            fork = spec.inner.removesuffix(".concat")  # whose output its concatenation is
            output = stage.name if spec.inner == first.plan.end else f"{stage.name}.{fork}"
            seen = through(spec.field, reads.seen)
            self.boxes.append(Box(paths[spec.inner], spec, len(copies), params, macs, seen, output))
        for edge in first.plan.edges:
            tail = reads.path if edge.tail is None else paths[edge.tail]
            shape = reads.shape if edge.tail is None else stage.nodes[edge.source].out_shape
            self.edges.append((tail, paths[edge.head], edge.role, shape))
        if not paths:
            return reads.path, reads.path
        end = paths[first.plan.end]
        if len(paths) == 1 and not stage.branches:
            return end, end
        step = -1 if self.view.direction == "LR" else 1  # there Graphviz stacks a rank from the bottom up
        rows = tuple(tuple(paths[inner] for inner in row[::step]) for row in first.plan.rows)
        spine = (reads.path, *(paths[inner] for inner in first.plan.joins)) if stage.branches else ()
        self.clusters[name] = Cluster(name, stage, len(copies))
        return ClusterTree(name, tuple(paths.values()), rows, spine), end
