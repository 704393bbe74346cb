"""What a stage is made of, with the costs of each part: branches, ops and layers in the order of the forward pass.

Counts are of one picture and in elements, so they hold for every number format and batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead, Fork

from ..analysis.graph import Node, elements
from ..analysis.network import Analysis, StageCost
from ..analysis.receptive_field import ONE_PIXEL, Fields, through

RowLevel = Literal["network", "stage", "copy", "branch", "op", "layer"]


@dataclass(frozen=True, slots=True)
class PartCost:
    """A part of a stage or copy; ``path`` is relative to it and empty for the whole.

    ``level``: an op is one entry of the tree (a convolution with its normalisation and activation; a fork is an op of
    ops), a layer one traced node of an op. ``written``: what its layers write. ``moved``: inputs and outputs of every
    layer, each read or written once, without weights. ``field``: receptive field of its output on the stage's input.
    """

    path: str
    level: RowLevel
    what: str
    out_shape: Shape
    field: Fields
    params: int
    macs: int
    written: int
    moved: int


def network_cost(analysis: Analysis) -> PartCost:
    """The whole network without its auxiliary heads."""
    stages = [whole_cost(stage) for stage in analysis.stages]
    last = analysis.stages[-1]
    return _sum("", "network", f"{len(stages)} stages", stages, last.out_shape, analysis.field(last.name))


def whole_cost(stage: StageCost) -> PartCost:
    """A stage, a repeat's copies together."""
    if not stage.copies:
        return part_costs(stage)[0]
    copies = [part_costs(copy)[0] for copy in stage.copies]
    what = f"{len(copies)} copies" if len(copies) > 1 else "1 copy"
    return _sum("", "stage", what, copies, stage.out_shape, stage.field)


def _sum(path: str, level: RowLevel, what: str, parts: Iterable[PartCost], out_shape: Shape, field: Fields) -> PartCost:
    params = macs = written = moved = 0
    for part in parts:
        params += part.params
        macs += part.macs
        written += part.written
        moved += part.moved
    return PartCost(path, level, what, out_shape, field, params, macs, written, moved)


# --- one stage or copy -----------------------------------------------------------------------------------------------


def part_costs(stage: StageCost) -> tuple[PartCost, ...]:
    """The whole, then its parts, each in front of what it is made of. A repeat has none: ask its copies."""
    return _part_costs(_SameNodes(stage))


class _SameNodes:
    """Equal for stages that share their traced nodes, as copies do; comparing the nodes themselves would be slow."""

    __slots__ = ("stage",)

    def __init__(self, stage: StageCost) -> None:
        self.stage = stage

    def __hash__(self) -> int:
        return id(self.stage.nodes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameNodes) and self.stage.nodes is other.stage.nodes


@lru_cache(maxsize=512)
def _part_costs(key: _SameNodes) -> tuple[PartCost, ...]:
    return tuple(_Stage(key.stage).rows())


class _Stage:
    """A stage or copy with the costs of its layers, by their paths."""

    def __init__(self, stage: StageCost) -> None:
        self.stage = stage
        self.layers = {node.path: self.layer(node) for node in stage.nodes}
        branches = [branch.part for branch in stage.branches]
        self.forks = frozenset(f"{b.name}.{op.name}" for b in branches for op in b.ops if isinstance(op, Fork))

    def layer(self, node: Node) -> PartCost:
        writes = node.layer.rules.writes  # what returns its input moves nothing
        return PartCost(
            node.path,
            "layer",
            node.layer.words,
            node.out_shape,
            node.field,
            node.params,
            node.macs,
            node.elements if writes else 0,
            node.elements + sum(map(self.read, node.inputs)) if writes else 0,
        )

    def read(self, place: int) -> int:
        """The elements of one input of a layer."""
        return elements(self.stage.in_shape if place < 0 else self.stage.nodes[place].out_shape)

    def rows(self) -> Iterator[PartCost]:
        stage, nodes = self.stage, self.stage.nodes
        count = len(stage.branches)
        what = f"{count} branch{'es' if count > 1 else ''}" if count else _words(nodes)
        level: RowLevel = "copy" if "." in stage.name else "stage"
        yield _sum("", level, what, self.layers.values(), stage.out_shape, stage.field)
        names = {branch.name for branch in stage.branches}
        has_ops = bool(names) or isinstance(stage.part, AuxHead)
        for first, run in groupby(nodes, key=lambda node: node.path.partition(".")[0]):
            inside = list(run)
            if first in names:
                yield self.row(first, "branch", inside)
            yield from self.ops(inside, 2 if first in names else 1 if has_ops else 0)

    def ops(self, nodes: Sequence[Node], depth: int) -> Iterator[PartCost]:
        """Ops have paths of ``depth`` names; 0: the stage itself is the op."""
        for path, run in groupby(nodes, key=lambda node: ".".join(node.path.split(".")[:depth])):
            inside = list(run)
            if depth:
                yield self.row(path, "op", inside)
            if path in self.forks:
                yield from self.ops(inside, depth + 1)
            elif len(inside) > 1 or inside[0].path != path:
                yield from (self.layers[node.path] for node in inside)

    def row(self, path: str, level: RowLevel, nodes: Sequence[Node]) -> PartCost:
        layers = [self.layers[node.path] for node in nodes]
        return _sum(path, level, _words(nodes, self.forks), layers, layers[-1].out_shape, layers[-1].field)


# --- words and fields ------------------------------------------------------------------------------------------------


def _words(nodes: Sequence[Node], forks: frozenset[str] = frozenset()) -> str:
    """What the nodes do, in few words: ``3×3/2 + BatchNorm + ReLU``, or of many nodes ``1×1 → 1×3 | 3×1``."""
    if len(nodes) <= 3:
        return " + ".join(node.layer.words for node in nodes)
    main = [node for node in nodes if node.layer.rules.is_main]
    row: list[str] = []
    for fork, run in groupby(main, key=lambda node: next((f for f in forks if node.path.startswith(f"{f}.")), "")):
        words = [node.layer.words for node in run]
        row += [" | ".join(words)] if fork else words
    return " → ".join(row)


def fields_before(analysis: Analysis) -> Mapping[str, Fields]:
    """The receptive field of what every stage and head reads, by its name."""
    read: dict[str, Fields] = {}
    outs: dict[str, Fields] = {}
    field: Fields = ONE_PIXEL
    for stage in analysis.stages:
        read[stage.name] = field
        field = outs[stage.name] = through(stage.field, field)
    for head in analysis.aux:
        assert isinstance(head.part, AuxHead)
        read[head.name] = outs[head.part.tap]
    return read
