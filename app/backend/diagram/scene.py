"""What is in a diagram: boxes, the edges between them, and the clusters around them.

A box stands for one traced node or for several: a convolution with its normalisation and activation, or a folded stage.
The edges are those of the traced graph between nodes of different boxes, so no diagram can show a connection that the
network does not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead, Conv

from ..analysis.graph import Layer, Node
from ..analysis.network import Analysis, StageCost
from ..analysis.receptive_field import ONE_PIXEL, Fields, through
from .boxes import BoxSize, BoxSpec, EdgeRole, PartBoxes, boxes_of, stage_box
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


@dataclass(frozen=True, slots=True)
class Scene:
    """A topology and its contents: boxes and the edges' shapes in the topology's order, clusters by path."""

    topology: Topology
    boxes: tuple[Box, ...]
    edge_shapes: tuple[Shape, ...]
    clusters: Mapping[str, Cluster]


def scene(analysis: Analysis, options: DiagramOptions) -> Scene:
    """What ``options`` show of ``analysis``."""
    builder = _SceneBuilder(options)
    if options.focus:
        return _focused(analysis, builder)
    reads = builder.add_picture(analysis.stages[0].in_shape)  # of a part of a network it is not the picture
    outputs: dict[str, PartInput] = {}
    for stage in analysis.stages:
        reads = outputs[stage.name] = builder.add_stage(stage, reads)
    if options.show_aux:
        for head in analysis.aux:
            assert isinstance(head.part, AuxHead)
            builder.add_stage(head, outputs[head.part.tap])
    return builder.scene()


def neighbours(analysis: Analysis, focus: str) -> tuple[str, str]:
    """The names of the stages or heads before and after one; empty at an end."""
    names = ["", *(part.name for part in (*analysis.stages, *analysis.aux)), ""]
    at = names.index(focus)
    return names[at - 1], names[at + 1]


def _focused(analysis: Analysis, builder: _SceneBuilder) -> Scene:
    """One stage or head between what it reads and what reads it, each of which is one box."""
    reads, before = PartInput("input", analysis.stages[0].in_shape, ONE_PIXEL), None
    head = next((head for head in analysis.aux if head.name == builder.options.focus), None)
    last = head.part.tap if head and isinstance(head.part, AuxHead) else ""
    stages = iter(analysis.stages)
    for stage in stages:
        if stage.name == builder.options.focus:
            break
        reads = PartInput(stage.name, stage.out_shape, through(stage.field, reads.seen))
        before = stage
        if stage.name == last:
            break
    focus = head or stage
    if before is None:
        builder.add_picture(reads.shape)
    else:
        builder.add_whole(before, reads.seen)
    output = builder.add_stage(focus, reads)
    after = None if head else next(stages, None)
    if after:
        builder.add_whole(after, through(after.field, output.seen))
        builder.edges[output.path, after.name] = ("", output.shape)
    return builder.scene()


class PartInput(NamedTuple):
    """What a part reads: the path of a box, the shape of its output, and the receptive field of that on the picture."""

    path: str
    shape: Shape
    seen: Fields


@dataclass(slots=True)
class _SceneBuilder:
    options: DiagramOptions
    boxes: list[Box] = field(default_factory=list)
    edges: dict[tuple[str, str], tuple[EdgeRole, Shape]] = field(default_factory=dict)
    trees: list[ClusterTree] = field(default_factory=list)
    clusters: dict[str, Cluster] = field(default_factory=dict)

    def scene(self) -> Scene:
        topology = Topology(
            self.options.direction,
            tuple([(box.path, box.spec.size) for box in self.boxes]),
            tuple([(tail, head, role) for (tail, head), (role, _) in self.edges.items()]),
            tuple(self.trees),
            labelled=not self.options.focus,
            maps=self.options.maps,
        )
        return Scene(topology, tuple(self.boxes), tuple([shape for _, shape in self.edges.values()]), self.clusters)

    def add_picture(self, size: Shape) -> PartInput:
        """Add the network's input."""
        self.boxes.append(_picture(size))
        return PartInput("input", size, ONE_PIXEL)

    def add_stage(self, stage: StageCost, reads: PartInput) -> PartInput:
        """Add a stage or aux head, as deep as the options want it; returns what the next stage reads."""
        base, expand = LEVEL_DEPTHS[self.options.level], self.options.expand
        expanded, folded = stage.name in expand, stage.name in self.options.fold
        depth = base + expanded - folded
        output = reads._replace(shape=stage.out_shape, seen=through(stage.field, reads.seen))
        if depth <= 0:
            self.add_whole(stage, output.seen)
            self.edges[reads.path, stage.name] = ("aux" if isinstance(stage.part, AuxHead) else "", reads.shape)
            return output._replace(path=stage.name)
        if not stage.copies:
            member, path = self._add_part((stage,), stage.name, reads, depth)
        elif not folded and ((expanded and base > 0) or any(copy.name in expand for copy in stage.copies)):
            member, path = self._add_copies(stage, reads, max(base, 1))
        else:
            member, path = self._add_part(stage.copies, stage.name, reads, max(base - folded, 1))
            self.clusters[stage.name] = Cluster(stage.name, stage, len(stage.copies))
        if isinstance(member, ClusterTree):
            self.trees.append(member)
        return output._replace(path=path)

    def add_whole(self, stage: StageCost, seen: Fields) -> None:
        """Add a stage or aux head as one box, without its edges."""
        self.boxes.append(Box(stage.name, stage_box(stage), 1, stage.params, stage.macs, seen, stage.name))

    def _add_copies(self, stage: StageCost, reads: PartInput, base: int) -> tuple[ClusterTree, str]:
        members: list[str | ClusterTree] = []
        for copy in stage.copies:
            member, path = self._add_part((copy,), copy.name, reads, base + (copy.name in self.options.expand))
            reads = PartInput(path, copy.out_shape, through(copy.field, reads.seen))
            members.append(member)
        self.clusters[stage.name] = Cluster(stage.name, stage, 1)
        return ClusterTree(stage.name, tuple(members)), reads.path

    def _add_part(
        self, copies: Sequence[StageCost], name: str, reads: PartInput, depth: int
    ) -> tuple[str | ClusterTree, str]:
        """Add the boxes of one part, or of one copy that stands for several; ``depth`` 1: its end as the papers draw
        it, 2: every operation. Returns its cluster, or its only box, and the path of its last box."""
        part = copies[0]
        apart = depth > max(LEVEL_DEPTHS[self.options.level], 1)
        contents = tuple([boxes_of(copy, self.options.fused and not apart, depth == 1) for copy in copies])
        step = -1 if self.options.direction == "LR" else 1  # there Graphviz stacks a rank from the bottom up
        placed = _placed(contents, name, part.name, reads, step, bool(part.branches))
        self.boxes += placed.boxes
        self.edges.update(placed.edges)
        if isinstance(placed.member, ClusterTree):
            self.clusters[name] = Cluster(name, part, len(copies))
        return placed.member, placed.end


@lru_cache(maxsize=64)
def _picture(size: Shape) -> Box:
    part = StageCost("input", Conv("input", 3), size, size, 0, 0, 0, 0, (), (), (), ONE_PIXEL)
    node = Node("", Layer("input", "picture"), (), size, size, 0, 0, ONE_PIXEL)
    spec = BoxSpec("", "trunk", part, BoxRole(), (node,), size, size, 0, 0, ONE_PIXEL)
    return Box("input", spec, 1, 0, 0, ONE_PIXEL, "input")


class _PlacedPart(NamedTuple):
    """The boxes and edges of one part in the network; ``member``: its cluster, or its only box; ``end``: the path of
    its last box, which the next part reads."""

    boxes: tuple[Box, ...]
    edges: dict[tuple[str, str], tuple[EdgeRole, Shape]]
    member: str | ClusterTree
    end: str


@lru_cache(maxsize=512)
def _placed(
    copies: tuple[PartBoxes, ...], name: str, module: str, reads: PartInput, step: int, branched: bool
) -> _PlacedPart:
    """One part after what it reads; cached, since an edit leaves most parts as they were. ``module``: of its first
    copy."""
    first = copies[0]
    paths = {spec.inner: f"{name}.{spec.inner}" if spec.inner else name for spec in first.boxes}
    boxes = []
    for spec, *others in zip(*(copy.boxes for copy in copies), strict=True):
        params, macs = spec.params, spec.macs
        for other in others:
            params, macs = params + other.params, macs + other.macs
        fork = spec.inner.removesuffix(".concat")  # whose output its concatenation is
        output = module if spec.inner == first.end else f"{module}.{fork}"
        boxes.append(Box(paths[spec.inner], spec, len(copies), params, macs, through(spec.field, reads.seen), output))
    edges = {
        (reads.path if edge.tail is None else paths[edge.tail], paths[edge.head]): (
            edge.role,
            edge.shape or reads.shape,
        )
        for edge in first.edges
    }
    if not paths:
        return _PlacedPart((), {}, reads.path, reads.path)
    end = paths[first.end]
    if len(paths) == 1 and not branched:
        return _PlacedPart(tuple(boxes), edges, end, end)
    rows = tuple(tuple(paths[inner] for inner in row[::step]) for row in first.rows)
    spine = (reads.path, *(paths[inner] for inner in first.joins)) if branched else ()
    return _PlacedPart(tuple(boxes), edges, ClusterTree(name, tuple(paths.values()), rows, spine), end)
