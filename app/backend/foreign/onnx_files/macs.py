"""Multiply-accumulates of ONNX's operations: what torch's counter counts for the same work, or an error, never zero."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import onnx
from onnx import NodeProto

from inception_models.arch.shapes import Shape

from ...analysis.kinds import UnknownOp
from .attributes import number, text

_Shapes = Sequence[Shape]
_Rule = Callable[[NodeProto, _Shapes, Shape], int]


def macs_of_node(node: NodeProto, inputs: _Shapes, out: Shape) -> int:
    """Multiply-accumulates of one node with inputs and first output of these shapes; of products only.

    Raises:
        UnknownOp: naming the operation, where counting it as zero could be wrong.
    """
    rule = RULES.get(node.op_type)
    return 0 if rule is None else rule(node, inputs, out)


def check_known(node: NodeProto) -> None:
    """
    Raises:
        UnknownOp: where a node is no operation of the ONNX standard, or one whose work is not known.
    """
    if node.domain not in ("", "ai.onnx"):
        raise UnknownOp(
            f"The operation {node.op_type!r} of {node.domain!r} is not one that this program can count; export the"
            " network without an optimiser's own operations."
        )
    if node.op_type in REFUSED or not onnx.defs.has(node.op_type):
        raise UnknownOp(f"The operation {node.op_type!r} is not one that this program can count.")
    for attribute in node.attribute:  # of If, Loop and Scan
        for inner in (attribute.g, *attribute.graphs):
            for child in inner.node:
                check_known(child)
                if child.op_type in RULES:
                    raise UnknownOp(f"A {child.op_type} inside {node.op_type} is not one that this program can count.")


def _conv(weights: int) -> _Rule:
    """Every output value is a sum over a window of a group's channels; ``weights``: which input holds them."""

    def macs(node: NodeProto, inputs: _Shapes, out: Shape) -> int:
        _check_channels(node, inputs[0][1], inputs[weights][1] * number(node, "group", 1))
        return math.prod(out) * math.prod(inputs[weights][1:])

    return macs


def _transposed(node: NodeProto, inputs: _Shapes, out: Shape) -> int:
    _check_channels(node, inputs[0][1], inputs[1][0])
    return math.prod(inputs[0]) * math.prod(inputs[1][1:])


def _check_channels(node: NodeProto, channels: int, taken: int) -> None:
    """ONNX's shape inference does not look."""
    if channels != taken:
        where = node.name or node.op_type
        raise ValueError(f"The node {where!r} does not fit what it reads: {channels} channels, and it takes {taken}.")


def _gemm(node: NodeProto, inputs: _Shapes, out: Shape) -> int:
    return math.prod(out) * inputs[0][0 if number(node, "transA", 0) else 1]


def _matmul(node: NodeProto, inputs: _Shapes, out: Shape) -> int:
    return math.prod(out) * inputs[0][-1]


def _recurrent(node: NodeProto, inputs: _Shapes, out: Shape) -> int:
    """Every step multiplies the weights of all gates and directions once with each sequence of the batch."""
    return inputs[0][0] * inputs[0][1] * (math.prod(inputs[1]) + math.prod(inputs[2]))


def _attention(node: NodeProto, inputs: _Shapes, out: Shape) -> int:
    """Queries x keys, and the weights that come of it x values."""
    if len(inputs) > 4:
        raise UnknownOp("An Attention with keys of earlier calls is not one that this program can count.")
    query, key, value = inputs[:3]
    batch, length, keys = query[0], query[-2], key[-2]
    if len(query) == 4:
        return batch * query[1] * length * keys * (query[-1] + value[-1])
    heads, kept = number(node, "q_num_heads", 1), number(node, "kv_num_heads", 1)
    return batch * length * keys * (query[-1] + value[-1] // kept * heads)


def _einsum(node: NodeProto, inputs: _Shapes, out: Shape) -> int:
    """A product of two tensors, whose labels that only one of them has are summed before."""
    equation = text(node, "equation").replace(" ", "")
    terms = equation.partition("->")[0].split(",")
    if len(terms) == 1:
        return 0
    if len(terms) > 2 or "->" not in equation:
        raise UnknownOp(f"The Einsum {equation!r} is not one that this program can count.")
    result = equation.partition("->")[2]
    sizes: dict[str, int] = {}
    sides = [_labels(term, shape, sizes) for term, shape in zip(terms, inputs, strict=False)]
    kept = set(_labels(result, out, sizes))
    summed = sides[0] & sides[1] - kept
    return math.prod(sizes[label] for label in kept | summed) if summed else 0


def _labels(term: str, shape: Shape, sizes: dict[str, int]) -> set[str]:
    """The labels of a term; those that an ellipsis stands for are numbers, counted from its end."""
    before, dots, after = term.partition("...")
    rest = [str(i) for i in reversed(range(len(shape) - len(before) - len(after)))] if dots else []
    labels = [*before, *rest, *after]
    for label, size in zip(labels, shape, strict=False):
        sizes[label] = max(size, sizes.get(label, 1))
    return set(labels)


RULES: Mapping[str, _Rule] = {
    "Conv": _conv(1),
    "ConvInteger": _conv(1),
    "DeformConv": _conv(1),
    "QLinearConv": _conv(3),
    "ConvTranspose": _transposed,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "MatMulInteger": _matmul,
    "QLinearMatMul": _matmul,
    "Einsum": _einsum,
    "Attention": _attention,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "RNN": _recurrent,
}
WEIGHT_PLACES: Mapping[str, int] = {"QLinearConv": 3, "QLinearMatMul": 3}
"""Which input of an operation with MACs holds its weights, where that is not the second."""
_REFUSED = "AffineGrid CausalConvWithState DFT Det ImageDecoder LinearAttention MelWeightMatrix STFT SequenceMap"
REFUSED = frozenset(_REFUSED.split())
"""Operations of the standard that multiply in other ways."""
