"""Which pixels one value of a feature map can depend on, exactly: paddings, one-sided windows and borders included.

Walking back from a cell, a window of k with stride s and padding p that makes outputs lo to hi has read inputs
lo s - p to hi s - p + k - 1, of which those inside of its input are real. Where branches meet, the hull of all counts.
Far from the borders this is the receptive field of :mod:`app.backend.analysis.receptive_field`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from inception_models import Arch
from inception_models.arch.shapes import padding_of
from inception_models.arch.tree import unknown

from ..analysis.graph import Node
from ..analysis.network import analyze
from .activations import parts

Span = tuple[int, int]  # first and last, both inside


@dataclass(frozen=True, slots=True)
class Reach:
    """What the cells of one output see: of each row the rows of pixels, of each column the columns, first and last."""

    rows: tuple[Span, ...]
    columns: tuple[Span, ...]

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of what a cell sees, px of the network's input; the last two lie outside."""
        (top, bottom), (left, right) = self.rows[row], self.columns[column]
        return left, top, right + 1, bottom + 1


@lru_cache(maxsize=64)
def reach(arch: Arch, path: str) -> Reach:
    """Of the stage, copy, branch or op at ``path``. A vector has one cell, which sees everything.

    Raises:
        ValueError: where nothing in the network has this path.
    """
    known = parts(arch)
    if path not in known:
        raise unknown(path, known, "an output")
    analysis = analyze(arch)
    nodes = analysis.graph.nodes
    sources: dict[str, list[str]] = {}
    for tail, head in analysis.graph.edges:
        sources.setdefault(head, []).append(tail)
    end = _end(nodes, sources, path)
    sides = []
    for axis in (0, 1):
        cells = nodes[end].out_shape[1 + axis] if len(nodes[end].out_shape) == 3 else 1
        sides.append(tuple(_seen(nodes, sources, end, cell, axis) for cell in range(cells)))
    return Reach(sides[0], sides[1])


def _end(nodes: Mapping[str, Node], sources: Mapping[str, Sequence[str]], path: str) -> str:
    """The last traced node of the part at ``path``."""
    own = [name for name in nodes if name == path or name.startswith(f"{path}.")]
    if own:
        return own[-1]
    block = path.rpartition(".")[0]  # a branch without ops puts out what its block was given
    return sources[next(name for name in nodes if name.startswith(f"{block}."))][0]


def _seen(nodes: Mapping[str, Node], sources: Mapping[str, Sequence[str]], end: str, cell: int, axis: int) -> Span:
    """The first and last pixel, along one side, that a cell of ``end`` depends on."""
    asked: dict[str, Span] = {end: (cell, cell)}
    for name in reversed(list(nodes)):  # readers stand behind what they read
        if name not in asked or name == "input":
            continue
        before = _read(nodes[name], asked.pop(name), axis)
        for source in sources[name]:
            low, high = asked.get(source, before)
            asked[source] = (min(low, before[0]), max(high, before[1]))
    return asked["input"]


def _read(node: Node, span: Span, axis: int) -> Span:
    """What a node has read, along one side, to make the outputs ``span``."""
    layer = node.layer
    last = (node.in_shape[1 + axis] if len(node.in_shape) == 3 else 1) - 1
    k, s, p = layer.kernel[axis], layer.stride[axis], layer.padding[axis]
    low, high = span
    match layer.kind:
        case "conv" | "max_pool" | "avg_pool":
            low, high = low * s - p, high * s - p + k - 1
        case "pad":
            before = padding_of("tf", last + 1, k, s)[0]
            low, high = low - before, high - before
        case "adaptive_pool":
            out = node.out_shape[1 + axis]
            low, high = low * (last + 1) // out, math.ceil((high + 1) * (last + 1) / out) - 1
        case "flatten" | "linear":
            low, high = 0, last
        case _:
            pass
    return max(low, 0), min(high, last)
