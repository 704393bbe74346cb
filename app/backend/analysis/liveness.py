"""Which values are in memory together while a part of a network runs in evaluation.

PyTorch frees a tensor when the last Python variable that holds it is gone. So a value lives until

- the last node that reads it has run, and
- every module that received it as its input has returned, since the caller still holds the argument, and
- where a block concatenates or adds it, that block has returned, since the block's ``forward`` holds it.

Some layers need more than their output while they run: a max pool writes int64 indices, and local response
normalisation holds three intermediate tensors at a time. Scratch memory inside a library's kernel (oneDNN, cuDNN) is
not counted: it is not a tensor, and differs between processors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from inception_models.arch.shapes import Shape

from .graph import Node, Traced, elements

INDEX_BYTES = 8  # of a max pool's int64 indices


Lifetimes = tuple[Sequence[int], Mapping[int, Sequence[int]]]
"""What :func:`owners_of` and :func:`deaths` return: both depend on the topology alone, whatever the widths."""


@lru_cache(maxsize=512)
def lifetimes(traced: tuple[Traced, ...]) -> Lifetimes:
    """The lifetimes of all values of a part in evaluation."""
    owners = owners_of(traced)
    return owners, deaths(traced, owners)


def peak_elements(
    nodes: Sequence[Node], in_shape: Shape, index_elements: int = INDEX_BYTES // 4, known: Lifetimes | None = None
) -> int:
    """Most values in memory at one time while the nodes run in order, one picture, input and output included.

    ``index_elements``: how many values an int64 index takes the place of, 2 with float32. ``known``: the values'
    lifetimes, where they are known.
    """
    owners = known[0] if known else owners_of(nodes)
    dying = known[1] if known else deaths(nodes, owners)
    sizes = [node.elements for node in nodes]
    live = peak = elements(in_shape)
    for i, node in enumerate(nodes):
        if owners[i] == i:
            live += sizes[i]
        scratch = node.layer.rules.scratch(node.out_shape)
        peak = max(peak, live + scratch.values + scratch.indices * index_elements)
        for value in dying.get(i, ()):
            live -= sizes[value]
    return peak


def owners_of(nodes: Sequence[Node | Traced], training: bool = False) -> list[int]:
    """For each node the node whose memory holds its output; -1 is the part's input.

    ``training``: dropout then writes new memory; in evaluation it returns its input.
    """
    aliasing = ("always",) if training else ("always", "in eval")
    owners: list[int] = []
    for i, node in enumerate(nodes):
        if node.layer.rules.aliases not in aliasing or not node.inputs:
            owners.append(i)
        else:
            source = node.inputs[0]
            owners.append(owners[source] if source >= 0 else -1)
    return owners


def deaths(nodes: Sequence[Node | Traced], owners: Sequence[int]) -> dict[int, list[int]]:
    """The values that are freed after each node. The part's input and its last output outlive the part."""
    paths = [node.path.split(".") for node in nodes]
    ends: dict[tuple[str, ...], int] = {}  # the last node of every module
    for i, path in enumerate(paths):
        for depth in range(len(path) + 1):
            ends[tuple(path[:depth])] = i
    last: dict[int, int] = {}
    for i, node in enumerate(nodes):
        for source in node.inputs:
            if source >= 0:
                module = _held_by(node, paths[i], paths[source])
                last[owners[source]] = max(last.get(owners[source], 0), ends[module])
    last.pop(-1, None)
    if nodes:
        last[owners[-1]] = len(nodes)
    dying: dict[int, list[int]] = {}
    for value, end in last.items():
        dying.setdefault(end, []).append(value)
    return dying


def _held_by(node: Node | Traced, path: list[str], source: list[str]) -> tuple[str, ...]:
    """The outermost module that holds the value of ``source`` for the sake of ``node``."""
    if node.layer.rules.joins:
        return tuple(path[:-1])
    shared = 0
    while shared < len(path) - 1 and shared < len(source) and path[shared] == source[shared]:
        shared += 1
    return tuple(path[: shared + 1])
