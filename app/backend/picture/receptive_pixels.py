"""Which pixels one value of a feature map can depend on, exactly: paddings, one-sided windows and borders included.

Walking back from a cell, a window of k with stride s and padding p that makes outputs lo to hi has read inputs
lo s - p to hi s - p + k - 1, of which those inside its input are real. Where branches meet, their common span counts.
Far from the borders this is the receptive field of :mod:`app.backend.analysis.receptive_field`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from inception_models import Arch
from inception_models.arch.shapes import padding_of
from inception_models.arch.tree import unknown

from ..analysis.graph import INPUT_NODE, Graph, Node
from ..analysis.network import analyze
from .activations import output_parts

Span = tuple[int, int]  # first and last, both inclusive


@dataclass(frozen=True, slots=True)
class Reach:
    """What the cells of one output see: for each row the first and last row of pixels, for each column the columns."""

    rows: tuple[Span, ...]
    columns: tuple[Span, ...]

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of what a cell sees, px of the network's input; the last two are exclusive."""
        (top, bottom), (left, right) = self.rows[row], self.columns[column]
        return left, top, right + 1, bottom + 1


@lru_cache(maxsize=64)
def reach(arch: Arch, path: str) -> Reach:
    """What the output of the stage, copy, branch or op at ``path`` sees. A vector has one cell, which sees everything.

    Raises:
        ValueError: where no part of the network has this path.
    """
    known = output_parts(arch)
    if path not in known:
        raise unknown(path, known, "an output")
    graph = analyze(arch).graph
    end = graph.output_of(path)
    shape = graph.nodes[end].out_shape
    rows, columns = (
        tuple(_seen(graph, end, cell, axis) for cell in range(shape[1 + axis] if len(shape) == 3 else 1))
        for axis in (0, 1)
    )
    return Reach(rows, columns)


def _seen(graph: Graph, end: str, cell: int, axis: int) -> Span:
    """The first and last pixel, along one side, that a cell of ``end`` depends on."""
    asked: dict[str, Span] = {end: (cell, cell)}
    for path in reversed(list(graph.nodes)):  # readers come after what they read
        if path not in asked or path == INPUT_NODE:
            continue
        read = _read(graph.nodes[path], asked.pop(path), axis)
        for source in graph.sources[path]:
            low, high = asked.get(source, read)
            asked[source] = (min(low, read[0]), max(high, read[1]))
    return asked[INPUT_NODE]


def _read(node: Node, span: Span, axis: int) -> Span:
    """What a node has read, along one side, to compute the outputs ``span``."""
    layer = node.layer
    last = (node.in_shape[1 + axis] if len(node.in_shape) == 3 else 1) - 1
    k, s, p = layer.kernel[axis], layer.stride[axis], layer.padding[axis]
    low, high = span
    match layer.rules.geometry:
        case "window":
            low, high = low * s - p, high * s - p + k - 1
        case "pad":
            before = padding_of("tf", last + 1, k, s)[0]
            low, high = low - before, high - before
        case "grid":
            out = node.out_shape[1 + axis]
            low, high = low * (last + 1) // out, math.ceil((high + 1) * (last + 1) / out) - 1
        case "vector":
            low, high = 0, last
        case "same" | "join" | "slice":
            pass
    return max(low, 0), min(high, last)
