"""Inception modules in any traced network: modules whose branches all read one input and are concatenated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from inception_models.arch.branch_kind import BranchKind

from ..analysis.graph import Node

Branches = tuple[tuple[int, ...], ...]
"""The positions of the nodes of each branch; a branch without any is the input itself."""


def inception_modules(nodes: Sequence[Node]) -> Mapping[str, Branches]:
    """The modules whose branches all read one input and are concatenated, by path, with their branches.

    A branch may be the input itself, or a copy of a part of it; two branches at least compute something, and none
    reads what another computes. What comes after the concatenation, such as a projection, is part of the module.
    """
    blocks: dict[str, Branches] = {}
    for place, node in enumerate(nodes):
        owner = node.path.rpartition(".")[0]
        if node.layer.kind == "concat":
            branches = _branches(nodes, place, owner)
            if len(branches) > len(blocks.get(owner, ())):
                blocks[owner] = branches
    return blocks


def kind_of_branch(nodes: Iterable[Node]) -> BranchKind:
    """What a branch is, as :func:`inception_models.arch.branch_kind.branch_kind` has it: from its layers' windows."""
    layers = [node.layer for node in nodes]
    if not layers:
        return "shortcut"
    if layers[0].rules.geometry == "window" and layers[0].kind != "conv":
        return "pool"
    kernels = [layer.kernel for layer in layers if layer.kind == "conv"]
    if max((side for kernel in kernels for side in kernel), default=1) >= 7:
        return "7x7"
    window = max(1 + sum(kernel[axis] - 1 for kernel in kernels) for axis in (0, 1))
    return "5x5" if window >= 5 else "3x3" if window == 3 else "1x1"


def _branches(nodes: Sequence[Node], place: int, owner: str) -> Branches:
    """The branches that the concatenation at ``place`` joins; none where it is not that of an Inception module."""
    prefix = f"{owner}." if owner else ""
    branches: list[set[int]] = []
    sources: set[int] = set()
    for end in nodes[place].inputs:
        inside, outside = _back(nodes, end, prefix)
        if not outside:  # a parameter, such as the class token of a vision transformer
            return ()
        branches.append(inside)
        sources |= outside
    computing = [inside for inside in branches if inside]
    disjoint = sum(map(len, branches)) == len(set().union(*branches))
    if len(computing) < 2 or len(sources) > 1 or not disjoint or any(_takes_parts(nodes, place, prefix, sources)):
        return ()
    return tuple(tuple(sorted(inside)) for inside in branches)


def _takes_parts(nodes: Sequence[Node], place: int, prefix: str, sources: set[int]) -> Iterator[bool]:
    """Of what reads the input: whether it takes a part of the channels, as ShuffleNet's branches do."""
    for node in nodes[:place]:
        if node.path.startswith(prefix) and set(node.inputs) & sources:
            yield node.layer.detail == "part"


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
