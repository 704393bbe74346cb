"""The shape of every tensor of an ONNX graph, node by node, with ONNX's own rules.

Exporters compute shapes in the graph itself, such as half of the channels. So the small whole numbers that come of
shapes are followed too, by ONNX's reference implementation of a few harmless operations. No weight is read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, TypeProto, numpy_helper
from onnx.reference import ReferenceEvaluator

from inception_models.arch.shapes import Shape

from ..sentences import first_line

STANDARD = ("", "ai.onnx")
_SMALL = 1024  # values that are followed, of a tensor
_FOLLOWED = """
    Add And Cast Ceil Concat ConstantOfShape Div Equal Floor Gather Greater Identity Less Max Min Mod Mul Neg Not Or
    Range ReduceProd Reshape Slice Sqrt Squeeze Sub Transpose Unsqueeze Where
"""
FOLLOWED = frozenset(_FOLLOWED.split())
"""Operations whose results on small tensors are followed."""


def opset_of(model: ModelProto) -> int:
    """The version of the standard that a model is written in."""
    return max(int(entry.version) for entry in model.opset_import if entry.domain in STANDARD)


def inferred_shapes(model: ModelProto, inputs: Mapping[str, Shape]) -> tuple[dict[str, Shape], frozenset[str]]:
    """The shapes that are known, by tensor, and the names of the tensors that are written into nodes as constants.

    Raises:
        ValueError: where a node does not fit what it reads.
    """
    pass_ = _Pass(model, inputs)
    for node in model.graph.node:
        pass_.add(node)
    shapes = {name: dims for name, kind in pass_.types.items() if (dims := _dims(kind)) is not None}
    return shapes, frozenset(pass_.constants)


class _Pass:
    def __init__(self, model: ModelProto, inputs: Mapping[str, Shape]) -> None:
        self.opset = opset_of(model)
        self.imports = list(model.opset_import)
        self.types: dict[str, TypeProto] = {}
        self.values: dict[str, TensorProto] = {}  # the small ones that are known
        self.constants: set[str] = set()
        for info in model.graph.input:
            if info.name in inputs:
                kind = info.type.tensor_type.elem_type
                self.types[info.name] = onnx.helper.make_tensor_type_proto(kind, inputs[info.name])
        for tensor in model.graph.initializer:
            self.keep(tensor.name, tensor)

    def keep(self, name: str, tensor: TensorProto) -> None:
        self.types[name] = onnx.helper.make_tensor_type_proto(tensor.data_type, tensor.dims)
        if math.prod(tensor.dims) <= _SMALL:
            self.values[name] = tensor

    def add(self, node: NodeProto) -> None:
        if node.op_type == "Constant":
            self.constants |= set(node.output)
            for attribute in node.attribute:
                value = _constant(attribute)
                if value is not None:
                    self.keep(node.output[0], value)
            return
        reads = [name for name in node.input if name]
        known = all(name in self.types for name in reads)
        if not known or node.domain not in STANDARD or not onnx.defs.has(node.op_type, self.opset, ""):
            return
        types = {name: self.types[name] for name in reads}
        values = {name: self.values[name] for name in reads if name in self.values}
        schema = onnx.defs.get_schema(node.op_type, self.opset, "")
        try:
            inferred = onnx.shape_inference.infer_node_outputs(schema, node, types, values, opset_imports=self.imports)
        except Exception as problem:  # the C++ of onnx raises what it likes about a broken node
            where = node.name or node.op_type
            raise ValueError(f"The node {where!r} does not fit what it reads: {first_line(problem)}") from problem
        self.types |= inferred
        self.follow(node, types, values)

    def follow(self, node: NodeProto, types: Mapping[str, TypeProto], values: Mapping[str, TensorProto]) -> None:
        """Keep the value of what is computed from shapes and small constants."""
        if node.op_type == "Shape" and (dims := _dims(types[node.input[0]])) is not None:
            bounds = {attribute.name: attribute.i for attribute in node.attribute}
            part = dims[bounds.get("start", 0) : bounds.get("end", len(dims))]
            self.keep(node.output[0], numpy_helper.from_array(np.array(part, np.int64)))
        elif node.op_type in FOLLOWED and len(values) == len(types):
            try:
                self._compute(node, {name: numpy_helper.to_array(value) for name, value in values.items()})
            except Exception:  # then it is not known, and whoever needs it says so
                return

    def _compute(self, node: NodeProto, arrays: Mapping[str, np.ndarray]) -> None:
        if _stays_small(node, [arrays[name] for name in node.input if name]):
            with np.errstate(all="ignore"):
                results = ReferenceEvaluator(node, opsets={"": self.opset}).run(None, dict(arrays))
            for name, result in zip(node.output, results, strict=True):
                self.keep(name, numpy_helper.from_array(np.asarray(result)))


def _constant(attribute: onnx.AttributeProto) -> TensorProto | None:
    if attribute.HasField("t"):
        return attribute.t
    value: object = onnx.helper.get_attribute_value(attribute)
    if attribute.name in ("value_int", "value_ints"):
        return numpy_helper.from_array(np.array(value, np.int64))
    if attribute.name in ("value_float", "value_floats"):
        return numpy_helper.from_array(np.array(value, np.float32))
    return None


def _stays_small(node: NodeProto, numbers: Sequence[np.ndarray]) -> bool:
    """Whether the result of an operation that makes new tensors has few values; the others' cannot grow much."""
    if node.op_type not in ("ConstantOfShape", "Range"):
        return True
    if node.op_type == "ConstantOfShape":
        return math.prod(int(side) for side in numbers[0].ravel()) <= _SMALL
    start, limit, step = (float(value) for value in numbers)
    return step != 0 and abs((limit - start) / step) <= _SMALL


def _dims(kind: TypeProto) -> Shape | None:
    tensor = kind.tensor_type
    if not kind.HasField("tensor_type") or not tensor.HasField("shape"):
        return None
    if not all(dim.HasField("dim_value") for dim in tensor.shape.dim):
        return None
    return tuple(dim.dim_value for dim in tensor.shape.dim)
