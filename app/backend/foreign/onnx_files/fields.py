"""Receptive fields of ONNX's operations, for tensors (batch, channels, height, width); None where not known."""

from __future__ import annotations

from collections.abc import Sequence

from onnx import NodeProto

from inception_models.arch.shapes import Shape

from ...analysis.graph import Field
from ...analysis.receptive_field import Fields
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
    rows, columns = (_widest([field[axis] for field in known]) for axis in (0, 1))
    return None if rows is None or columns is None else (rows, columns)


def _widest(fields: Sequence[Field]) -> Field | None:
    """What several tensors see together; None where their values are not equally far apart."""
    if len({field.jump for field in fields}) > 1:
        return None
    first = min(field.start - field.size / 2 for field in fields)
    last = max(field.start + field.size / 2 for field in fields)
    return Field(round(last - first), fields[0].jump, (first + last) / 2)


def _slid(node: NodeProto, fields: tuple[Field, Field], inputs: Sequence[Shape]) -> Fields:
    window = window_of(node, inputs)
    sides = []
    for axis, field in enumerate(fields):
        reach = (window.kernel[axis] - 1) * window.dilation[axis]
        start = field.start + (reach / 2 - window.padding[axis]) * field.jump
        sides.append(Field(field.size + reach * field.jump, field.jump * window.stride[axis], start))
    return sides[0], sides[1]
