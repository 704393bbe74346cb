"""The traced network as data: layers, nodes, and the graph they make.

Those of which every edit makes dozens are named tuples, which take a third of a frozen dataclass's time to make.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from inception_models.arch.shapes import Shape

from .kinds import KINDS, KindRules, LayerKind


class Layer(NamedTuple):
    """What a traced node does, read from the module that was traced. Nothing here depends on the input's size."""

    kind: LayerKind
    detail: str = ""  # for people: "3×3/2", "ReLU"
    width: int = 0  # output channels or features, of convolutions and linear layers
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    groups: int = 1
    depthwise: bool = False  # each input channel has filters of its own, so the groups follow its width
    bias: bool = False
    channel_params: int = 0  # trainable values per channel, of normalisations
    ceil: bool = False
    output_size: tuple[int, int] = (1, 1)  # of adaptive pools

    @property
    def rules(self) -> KindRules:
        """How layers of this kind are counted."""
        return KINDS[self.kind]

    @property
    def words(self) -> str:
        """For people: ``3×3/2``, ``max pool 3×3/2``."""
        return f"{self.rules.words} {self.detail}".lstrip()


@dataclass(frozen=True, slots=True, eq=False)  # parts of one topology share them, and caches are keyed by them
class Traced:
    """A node as it was traced: a path relative to the traced part, the layer, and where its inputs come from.

    An input of -1 is the part's own input; the others are positions in the list of traced nodes.
    """

    path: str
    layer: Layer
    inputs: tuple[int, ...]


class Field(NamedTuple):
    """A receptive field, along one side, in pixels of the input it refers to.

    ``size``: how many pixels one output value sees; ``jump``: the distance between neighbouring outputs' fields;
    ``start``: the centre of the first output's field, counted from the input's edge (0.5 is the first pixel's centre).
    """

    size: int
    jump: int
    start: float

    def through(self, before: Field) -> Field:
        """This field, which refers to some layer's output, in terms of what ``before`` refers to."""
        start = before.start + (self.start - 0.5) * before.jump
        return Field(before.size + (self.size - 1) * before.jump, before.jump * self.jump, start)

    def slid(self, kernel: int, stride: int, padding: int, dilation: int = 1) -> Field:
        """The field after a window over values that have this one."""
        reach = (kernel - 1) * dilation
        start = self.start + (reach / 2 - padding) * self.jump
        return Field(self.size + reach * self.jump, self.jump * stride, start)


class Node(NamedTuple):
    """A traced node with its numbers. Shapes are of one picture: (channels, height, width) or (features,).

    ``params``: trainable parameters. ``macs``: multiply-accumulates of convolutions and linear layers, one picture.
    ``field``: (vertical, horizontal) receptive field; None after a pool over the whole grid.
    """

    path: str
    layer: Layer
    inputs: tuple[int, ...]
    in_shape: Shape
    out_shape: Shape
    params: int
    macs: int
    field: tuple[Field, Field] | None

    @property
    def elements(self) -> int:
        return elements(self.out_shape)


def elements(shape: Shape) -> int:
    """How many values a tensor of this shape holds."""
    return math.prod(shape)


def unused(path: str, taken: set[str]) -> str:
    """``path``, with a number after it if it is taken; it is taken from then on."""
    name, number = path, 1
    while name in taken:
        number += 1
        name = f"{path}_{number}"
    taken.add(name)
    return name


INPUT_NODE = "input"  # the node that is the picture


@dataclass(frozen=True)
class Graph:
    """What calls what in a whole network: every traced node by its absolute path, in the order of the forward pass.

    The first node, :data:`INPUT_NODE`, is the picture. The ``inputs`` of the others are positions among those that
    follow it, in the order in which the call takes them; -1 is the picture.
    """

    nodes: Mapping[str, Node]

    @cached_property
    def sources(self) -> Mapping[str, tuple[str, ...]]:
        """The paths of the nodes that a node reads, in the order in which its call takes them."""
        paths = tuple(self.nodes)
        return {path: tuple(paths[i + 1] for i in node.inputs) for path, node in self.nodes.items()}

    @cached_property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Every edge between two nodes, from the one that is read to its reader."""
        return tuple((source, path) for path, sources in self.sources.items() for source in sources)

    @property
    def parts(self) -> Iterable[str]:
        """The paths of all parts that hold a node, and of the nodes."""
        return self._ends

    def input_of(self, part: str) -> str:
        """The node whose output is the input of the stage, copy, branch, op or layer at the path ``part``.

        Raises:
            KeyError: where the network has no such part.
        """
        first, _ = self._ends.get(part) or self._ends[part.rpartition(".")[0]]  # a branch without ops: as its block
        return self.sources[first][0]

    def output_of(self, part: str) -> str:
        """The node that computes the output of the part at the path ``part``; without ops it is the part's input.

        Raises:
            KeyError: where the network has no such part.
        """
        return self._ends[part][1] if part in self._ends else self.input_of(part)

    @cached_property
    def _ends(self) -> dict[str, tuple[str, str]]:
        """The first and the last node of every part that has any. The first node of a block reads the block's input."""
        ends: dict[str, tuple[str, str]] = {}
        for path in self.nodes:
            names = path.split(".")
            for depth in range(1, len(names) + 1):
                part = ".".join(names[:depth])
                ends[part] = (ends.get(part, (path,))[0], path)
        return ends
