"""An ONNX file as the same record that a traced module gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from onnx import ModelProto, NodeProto, TensorProto

from inception_models.arch.shapes import Shape

from ...analysis.graph import Node, unused
from ...analysis.kinds import UnknownOp
from ...analysis.receptive_field import ONE_PIXEL
from ..analysed import ModuleAnalysis, checked_shape
from .fields import fields_of
from .layers import layer_of_op
from .macs import RULES, WEIGHT_PLACES, check_known, macs_of_node
from .names import Hierarchy, paths_of
from .reading import OnnxGraph, read_onnx

_FLOATS = (
    TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE, TensorProto.FLOAT8E4M3FN,
    TensorProto.FLOAT8E4M3FNUZ, TensorProto.FLOAT8E5M2, TensorProto.FLOAT8E5M2FNUZ,
)  # fmt: skip
_QUANTISED = (TensorProto.INT8, TensorProto.UINT8, TensorProto.INT4, TensorProto.UINT4)
# Inputs from this place on are settings or statistics, not weights.
_SETTINGS_FROM = {
    "BatchNormalization": 3, "Resize": 1, "Clip": 1, "Pad": 1, "Dropout": 1, "QuantizeLinear": 1, "DequantizeLinear": 1,
    "Pow": 1, "TopK": 1, "Where": 3,
}  # fmt: skip


@dataclass(frozen=True)
class OnnxNetwork:
    """A file that was read. ``tensors``: the name, in ``model``, of what each node of the analysis computes."""

    model: ModelProto
    analysis: ModuleAnalysis
    tensors: tuple[str, ...]


def analyze_onnx(file: Path, input_shape: Sequence[int] | int | None = None) -> ModuleAnalysis:
    """All numbers of the network in an ONNX file, for one input of ``input_shape``, or of the shape that it names.

    ``params`` are the numbers that the file stores and the network multiplies or adds: without the statistics of batch
    normalisation, and without single numbers. An exporter that folds normalisation into convolutions leaves fewer.

    Raises:
        UnknownOp: naming an operation that cannot be counted.
        ValueError: with one sentence, where the file cannot be read, or does not fit the input.
    """
    return onnx_network(file, input_shape).analysis


def onnx_network(file: Path, input_shape: Sequence[int] | int | None = None) -> OnnxNetwork:
    """The same with what it was read from. Raises as :func:`analyze_onnx` does."""
    shape = None if input_shape is None else checked_shape(input_shape)
    try:
        reader = _Reader(read_onnx(file, shape))
        for node in reader.graph.nodes:
            reader.add(node)
        return OnnxNetwork(reader.graph.model, reader.analysis(), tuple(reader.tensors))
    except (TypeError, LookupError, ArithmeticError) as problem:  # a damaged file's names can be bytes, its lists short
        raise ValueError("The file is damaged: its graph contradicts itself.") from problem


@dataclass
class _Reader:
    """What depends on nothing but the file, such as a new shape or a transposed weight, is no row of its own."""

    graph: OnnxGraph
    hierarchy: Hierarchy = field(default_factory=Hierarchy)
    rows: list[Node] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    ops: list[str] = field(default_factory=list)
    tensors: list[str] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    made_of: dict[str, frozenset[str]] = field(default_factory=dict)  # which stored tensors a computed one comes from
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.positions[self.graph.input_name] = -1
        self.made_of = {name: frozenset([name]) for name in self.graph.stored}

    def add(self, node: NodeProto) -> None:
        if node.op_type == "Constant":
            return
        check_known(node)
        reads = [name for name in node.input if name in self.positions]
        shape_only = node.op_type in ("Shape", "Size")
        weights = self._weights(node)
        if (not reads or shape_only) and not (node.op_type in RULES and self._macs(node)):
            for name in node.output:
                self.made_of[name] = frozenset() if shape_only else weights
            return
        new = weights - self.used
        self.used |= new
        inputs = tuple(self.positions[name] for name in reads)
        out = self._shape(node, node.output[0])
        shapes = [self.graph.shapes.get(name, ()) for name in node.input]
        layer = layer_of_op(node, shapes, out, [name not in self.positions for name in node.input])
        before = [ONE_PIXEL if i < 0 else self.rows[i].field for i in inputs]
        read_shapes = [self.graph.shapes.get(name, ()) for name in reads]
        seen = fields_of(node, before, read_shapes, shapes, out)
        params = sum(math.prod(self.graph.shapes.get(name, ())) for name in new)
        macs = self._macs(node)
        in_shape = _of_one(self.graph.shapes.get(reads[0], ())) if reads else ()
        for name in node.output:
            self.positions[name] = len(self.rows)
        self.rows.append(Node("", layer, inputs, in_shape, _of_one(out), params, macs, seen))
        self.owners.append(
            self.hierarchy.owner(node, [name for name in node.input if name in self.graph.stored], reads)
        )
        self.ops.append(node.op_type)
        self.tensors.append(node.output[0])

    def _macs(self, node: NodeProto) -> int:
        if node.op_type not in RULES:
            return 0
        return macs_of_node(
            node, [self._shape(node, name) for name in node.input if name], self._shape(node, node.output[0])
        )

    def _shape(self, node: NodeProto, name: str) -> Shape:
        """The shape of a tensor; where a node with MACs needs one that is not known, an error."""
        if name in self.graph.shapes:
            return self.graph.shapes[name]
        if node.op_type in RULES:
            raise UnknownOp(
                f"The shapes at {node.name or node.op_type!r} are not known from the file alone; export the network"
                " with a fixed input size, without dynamic axes."
            )
        return ()

    def _weights(self, node: NodeProto) -> frozenset[str]:
        """The stored tensors that a node reads as weights, directly or through nodes that compute with them alone."""
        names: frozenset[str] = frozenset()
        for name in node.input[: _SETTINGS_FROM.get(node.op_type)]:
            names |= self.made_of.get(name, frozenset())
        weight = node.input[WEIGHT_PLACES.get(node.op_type, 1)] if node.op_type in RULES and len(node.input) > 1 else ""
        return frozenset(name for name in names if self._is_weight(name, weight))

    def _is_weight(self, name: str, weight: str) -> bool:
        if not self.graph.shapes.get(name):
            return False  # a single number
        if name in self.graph.constants and name not in self.made_of.get(weight, ()):
            return False
        return self.graph.stored[name] in (*_FLOATS, *_QUANTISED)

    def analysis(self) -> ModuleAnalysis:
        taken: set[str] = set()
        paths = [unused(path, taken) for path in paths_of(self.owners, self.ops)]
        nodes = tuple(_named(row, path) for row, path in zip(self.rows, paths, strict=True))
        classes = {"": "ONNX network"} | self.hierarchy.classes
        params, macs = sum(node.params for node in nodes), sum(node.macs for node in nodes)
        return ModuleAnalysis(self.graph.in_shape, nodes, params, 0, macs, "ONNX", classes)


def _named(row: Node, path: str) -> Node:
    return Node(path, row.layer, row.inputs, row.in_shape, row.out_shape, row.params, row.macs, row.field)


def _of_one(shape: Shape) -> Shape:
    """Of one picture, where the first axis is the batch; else the whole shape."""
    return shape[1:] if shape[:1] == (1,) else shape
