"""Where the channels at every place of a network come from, as linear forms of its widths.

A form has one coefficient for each editable width, and a constant at its end: what ``form @ (*widths, 1)`` gives is the
number of channels. The parameters and MACs of a layer are a product of two such forms (:mod:`.cost_model`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

import numpy as np
from numpy.typing import NDArray

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import (
    Arch,
    Branch,
    Conv,
    Fork,
    Inception,
    Op,
    Repeat,
    Residual,
    SepConv,
    SplitConv,
    Weighted,
)
from inception_models.arch.tree import walk

from ..analysis.graph import Node
from ..analysis.network import Analysis, StageCost

Form = NDArray[np.float64]
MOST_SHARES = 1000  # that a split makes of a width


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node of the network with the channels that it reads and those that it gives.

    ``reads``: of all its inputs together, each once; ``stage``: the name of its stage.
    """

    stage: str
    node: Node
    reads: Form
    gives: Form


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """A stage, or one copy of a repeated one, with its nodes in order. ``first``: whether it is not a later copy."""

    part: StageCost
    reads: Form
    nodes: tuple[PlacedNode, ...]
    first: bool


@dataclass(frozen=True)
class Channels:
    """Every part of a network without auxiliary heads. ``paths``: its editable widths. ``sums``: forms that must be
    zero, since two tensors are added whose channels come from different places.
    """

    paths: tuple[str, ...]
    parts: tuple[PlacedPart, ...]
    sums: tuple[Form, ...]

    @cached_property
    def wholes(self) -> NDArray[np.int64]:
        """For each width, what it must be a multiple of so that every share of it is a whole number of channels: 8
        where a split takes an eighth, 1 where nothing is split.
        """
        shares = {node.gives.tobytes(): node.gives[:-1] for part in self.parts for node in part.nodes}
        return np.array([lcm(*map(_denominator, set(column))) for column in zip(*shares.values(), strict=True)], int)


def _denominator(share: float) -> int:
    return Fraction(share).limit_denominator(MOST_SHARES).denominator


def channels_of(analysis: Analysis) -> Channels:
    """The channels everywhere in the network that ``analysis`` is of."""
    return _Walk(analysis.arch).channels(analysis)


def stage_widths(arch: Arch) -> dict[str, int]:
    """The editable widths outside of auxiliary heads, by path."""
    heads = {head.name for head in arch.aux}
    return {
        path: op.width
        for path, op in walk(arch)
        if isinstance(op, Weighted) and op.width is not None and path.partition(".")[0] not in heads
    }


class _Walk:
    def __init__(self, arch: Arch) -> None:
        self.paths = tuple(stage_widths(arch))
        self.ops = dict(walk(arch))
        self.places = {path: i for i, path in enumerate(self.paths)}
        self.sums: list[Form] = []

    def channels(self, analysis: Analysis) -> Channels:
        reads = self.constant(3)
        parts: list[PlacedPart] = []
        for stage in analysis.stages:
            for number, part in enumerate(stage.copies or (stage,)):
                nodes = tuple(self.nodes(stage, part, reads))
                parts.append(PlacedPart(part, reads, nodes, number == 0))
                reads = nodes[-1].gives if nodes else reads
        return Channels(self.paths, tuple(parts), tuple(self.sums))

    def constant(self, channels: float) -> Form:
        form = np.zeros(len(self.paths) + 1)
        form[-1] = channels
        return form

    def width(self, path: str) -> Form:
        form = self.constant(0)
        form[self.places[path]] = 1
        return form

    def nodes(self, stage: StageCost, part: StageCost, entering: Form) -> Iterator[PlacedNode]:
        given: list[Form] = []
        block = stage.part.block if isinstance(stage.part, Repeat) else stage.part
        for node in part.nodes:
            inputs = [entering if i < 0 else given[i] for i in node.inputs]
            if node.layer.kind == "add":
                self.sums += [other - inputs[0] for other in inputs[1:] if not np.array_equal(other, inputs[0])]
            joined = node.layer.rules.geometry == "join"
            reads = sum(inputs, self.constant(0)) if joined else inputs[0]
            gives = self.gives(stage.name, block, node, reads, entering)
            given.append(gives)
            yield PlacedNode(stage.name, node, reads, gives)

    def gives(self, stage: str, block: object, node: Node, reads: Form, entering: Form) -> Form:
        layer = node.layer
        if layer.rules.geometry == "join":
            return reads
        if layer.rules.weights != "filters" or layer.depthwise:
            factor = node.out_shape[0] / node.in_shape[0]  # a flattened grid, a depthwise multiplier
            split = self.ops.get(f"{stage}.{node.path}".rpartition(".")[0])
            if isinstance(split, SplitConv) and layer.kind == "slice":  # of these channels it is rounded
                factor = min(split.share, 1 - 3 * split.share, key=lambda share: abs(share - factor))
            return reads if factor == 1 else reads * factor
        path = f"{stage}.{node.path}"
        for known in (path, path.rpartition(".")[0]):
            if known in self.places:
                return self.width(known)
            if isinstance(self.ops.get(known), Conv | SepConv):
                return entering  # as many filters as the block's input has channels
        if isinstance(block, Residual) and node.path.startswith(("proj", "shortcut")):
            same = block.projection and block.shortcut_stride is None
            return entering if same else self.joined(stage, block, entering)
        return self.constant(layer.width)  # one for each class

    def joined(self, stage: str, block: Residual | Inception, entering: Form) -> Form:
        return sum((self.end(f"{stage}.{b.name}", b, entering) for b in block.branches), self.constant(0))

    def end(self, where: str, row: Branch | Fork, entering: Form) -> Form:
        """What a branch gives."""
        form = entering
        ops: Sequence[Op] = row.ops
        for op in ops:
            path = f"{where}.{op.name}"
            if isinstance(op, Fork):
                form = sum((self.end(path, Branch("", (conv,)), entering) for conv in op.ops), self.constant(0))
            elif isinstance(op, Weighted):
                form = self.width(path) if path in self.places else entering
        return form


def positions(shape: Shape) -> int:
    """How many places of a grid each channel has."""
    return int(np.prod(shape[1:], dtype=np.int64))


def width_vector(paths: Sequence[str], widths: Mapping[str, int]) -> Form:
    """Widths in the order of ``paths``, and the 1 that constants are multiplied by."""
    return np.array([*(widths[path] for path in paths), 1], dtype=float)
