"""Receptive fields of ONNX's operations, for tensors (batch, channels, height, width); None where not known."""

from __future__ import annotations

from collections.abc import Sequence

from onnx import NodeProto

from inception_models.arch.shapes import Shape

from ...analysis.graph import Field
from ...analysis.receptive_field import Fields, seen_together
from .attributes import number
from .layers import window_of

_WINDOWS = ("Conv", "ConvInteger", "QLinearConv", "MaxPool", "AveragePool", "LpPool")
_SAME = """
    BatchNormalization LRN Dropout Identity Cast Relu LeakyRelu PRelu Elu Selu Celu Gelu Mish Swish Sigmoid HardSigmoid
    HardSwish Tanh Softplus Softsign ThresholdedRelu Clip Add Sum Sub Mul Div Pow Sqrt Exp Erf Neg Abs Min Max Where
    QuantizeLinear DequantizeLinear
"""
SAME = frozenset(_SAME.split())


def fields_of(
    node: NodeProto, fields: Sequence[Fields], read: Sequence[Shape], inputs: Sequence[Shape], out: Shape
) -> Fields:
    """The (vertical, horizontal) field after a node. ``fields`` and ``read``: the fields and shapes of those of its
    ``inputs`` that depend on the picture."""
    known = [field for field in fields if field is not None]
    if not known or len(known) < len(fields) or len(out) != 4:
        return None
    if node.op_type in _WINDOWS:
        return _slid(node, known[0], inputs)
    joins = node.op_type == "Concat" and number(node, "axis", 0) % 4 == 1
    if not joins and node.op_type not in SAME:
        return None
    if any(shape[-2:] != out[-2:] for shape in read):
        return None
    rows, columns = (seen_together([field[axis] for field in known]) for axis in (0, 1))
    return None if rows is None or columns is None else (rows, columns)


def _slid(node: NodeProto, fields: tuple[Field, Field], inputs: Sequence[Shape]) -> Fields:
    window = window_of(node, inputs)
    rows, columns = (
        field.slid(window.kernel[axis], window.stride[axis], window.padding[axis], window.dilation[axis])
        for axis, field in enumerate(fields)
    )
    return rows, columns
