"""A person's module as the tree that its author wrote: what every part costs, and which parts are Inception modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inception_models.arch.shapes import Shape

from ..analysis.graph import Node
from ..analysis.receptive_field import Fields
from .analysed import ModuleAnalysis


@dataclass(frozen=True, slots=True)
class ModulePart:
    """A part of a module, or an op that its own ``forward`` calls, with the costs of all that runs inside.

    ``what``: its class, or the op. ``branches``: of an Inception module, how many; else 0. ``out_shape``: of one
    picture, the last time that it runs; ``field``: the (vertical, horizontal) receptive field of that output on the
    picture, None where it is the whole input or not known.
    """

    path: str
    what: str
    out_shape: Shape
    params: int
    macs: int
    branches: int
    field: Fields

    @property
    def words(self) -> str:
        """``InceptionA: 4 branches, concatenated``."""
        return f"{self.what}: {self.branches} branches, concatenated" if self.branches else self.what


def module_parts(analysis: ModuleAnalysis, depth: int = 1) -> tuple[ModulePart, ...]:
    """The parts down to ``depth`` levels, in the order of the forward pass; their costs add up to the whole's.

    Raises:
        ValueError: where ``depth`` is less than 1.
    """
    if depth < 1:
        raise ValueError(f"The depth is 1 or more, not {depth}.")
    inside: dict[str, list[Node]] = {}
    for node in analysis.nodes:
        inside.setdefault(".".join(node.path.split(".")[:depth]), []).append(node)
    branches = inception_modules(analysis.nodes)
    return tuple(
        ModulePart(
            path,
            nodes[0].layer.words if nodes[0].path == path else analysis.module_classes.get(path, nodes[0].layer.words),
            nodes[-1].out_shape,
            sum(node.params for node in nodes),
            sum(node.macs for node in nodes),
            branches.get(path, 0),
            nodes[-1].field,
        )
        for path, nodes in inside.items()
    )


def inception_modules(nodes: Sequence[Node]) -> Mapping[str, int]:
    """The modules whose branches all read one input and are concatenated, by path: how many branches each has.

    A branch may be the input itself, or a copy of a part of it; two branches at least compute something, and none
    reads what another computes. What comes after the concatenation, such as a projection, is part of the module.
    """
    blocks: dict[str, int] = {}
    for place, node in enumerate(nodes):
        owner = node.path.rpartition(".")[0]
        if node.layer.kind == "concat" and (count := _branches(nodes, place, owner)):
            blocks[owner] = max(count, blocks.get(owner, 0))
    return blocks


def _branches(nodes: Sequence[Node], place: int, owner: str) -> int:
    """How many branches the concatenation at ``place`` joins; 0 where it is not that of an Inception module."""
    prefix = f"{owner}." if owner else ""
    ends = nodes[place].inputs
    branches: list[set[int]] = []
    sources: set[int] = set()
    for end in ends:
        inside, outside = _back(nodes, end, prefix)
        if not outside:  # a parameter, such as the class token of a vision transformer
            return 0
        branches.append(inside)
        sources |= outside
    computing = [inside for inside in branches if inside]
    disjoint = sum(map(len, branches)) == len(set().union(*branches))
    first = [i for i, node in enumerate(nodes) if node.path.startswith(prefix) and set(node.inputs) & sources]
    halves = any(nodes[i].layer.detail == "part" for i in first if i < place)
    return len(ends) if len(computing) > 1 and len(sources) == 1 and disjoint and not halves else 0


def _back(nodes: Sequence[Node], end: int, prefix: str) -> tuple[set[int], set[int]]:
    """The nodes of a module that lead to ``end``, and those outside that they read."""
    inside: set[int] = set()
    outside: set[int] = set()
    todo = [end]
    while todo:
        place = todo.pop()
        if place < 0 or not nodes[place].path.startswith(prefix):
            outside.add(place)
        elif place not in inside:
            inside.add(place)
            todo += nodes[place].inputs
    return inside, outside
