"""An ONNX file as a graph with the shape of every tensor for one picture. Nothing in it is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onnx import GraphProto, ModelProto, NodeProto, TensorProto

from inception_models.arch.shapes import Shape

from ...common.limits import MAX_ONNX_BYTES, MAX_ONNX_NODES
from ..sentences import first_line, shape_words
from .inference import STANDARD, inferred_shapes, opset_of


@dataclass(frozen=True)
class OnnxGraph:
    """``model``: what the file contains, its functions written out. ``shapes``: of every tensor whose shape is known,
    batch included. ``stored``: the type of every tensor that the file contains, by name; of those, ``constants`` are
    written into the graph's own nodes.
    """

    model: ModelProto
    nodes: tuple[NodeProto, ...]
    input_name: str
    in_shape: Shape
    shapes: Mapping[str, Shape]
    stored: Mapping[str, int]
    constants: frozenset[str]
    opset: int


def read_onnx(file: Path, in_shape: Shape | None = None) -> OnnxGraph:
    """The graph of a file, for an input of ``in_shape`` without the batch, or of the shape that the file names.

    Raises:
        ValueError: with one sentence, where the file is no ONNX file, is too large, or takes another input.
    """
    model = _parsed(file)
    _check(model)
    model = _inlined(model)
    graph = model.graph
    stored = _stored(graph)
    picture, shape = _fixed_input(graph, stored, in_shape)
    shapes, constants = inferred_shapes(model, {picture: (1, *shape)})
    return OnnxGraph(model, tuple(graph.node), picture, shape, shapes, stored, constants, opset_of(model))


def _parsed(file: Path) -> ModelProto:
    size = file.stat().st_size
    if size > MAX_ONNX_BYTES:
        raise ValueError(
            f"The file has {size / 2**20:,.0f} MiB; an .onnx file may have {MAX_ONNX_BYTES / 2**20:,.0f} MiB."
        )
    model = ModelProto()
    try:
        model.ParseFromString(file.read_bytes())
    except Exception as problem:  # protobuf's own errors have no class in common with others
        raise ValueError("This is not an ONNX file, or it is damaged.") from problem
    if not model.graph.node or not any(entry.domain in STANDARD for entry in model.opset_import):
        raise ValueError("This is not an ONNX file of a network: it contains no graph.")
    return model


def _check(model: ModelProto) -> None:
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in _tensors(model)):
        raise ValueError(
            "The file keeps its weights in a second file, which is not read; export it as one file, with"
            " torch.onnx.export(..., external_data=False)."
        )
    if any(side < 0 for tensor in _tensors(model) for side in tensor.dims):
        raise ValueError("The file is damaged: it has a tensor with a negative side.")
    if (count := _node_count(model)) > MAX_ONNX_NODES:
        raise ValueError(f"The file's graph has {count:,} nodes; {MAX_ONNX_NODES:,} are allowed.")


def _tensors(model: ModelProto) -> Iterator[TensorProto]:
    yield from model.graph.initializer
    for nodes in (model.graph.node, *(function.node for function in model.functions)):
        for node in nodes:
            yield from (attribute.t for attribute in node.attribute if attribute.HasField("t"))


def _node_count(model: ModelProto) -> int:
    """With every call of the model's own functions written out; functions that call one another multiply."""
    bodies = {(f.domain, f.name): f.node for f in model.functions}
    known: dict[tuple[str, str], int] = {}

    def size(nodes: Sequence[NodeProto], within: tuple[tuple[str, str], ...]) -> int:
        total = 0
        for node in nodes:
            key = (node.domain, node.op_type)
            if key in within or len(within) > 50:
                raise ValueError(f"The file's function {node.op_type!r} calls itself.")
            if key in bodies and key not in known:
                known[key] = size(bodies[key], (*within, key))
            total += known.get(key, 1)
        return total

    return size(model.graph.node, ())


def _inlined(model: ModelProto) -> ModelProto:
    if not model.functions:
        return model
    from onnx.inliner import inline_local_functions

    try:
        return inline_local_functions(model)
    except Exception as problem:  # the C++ of onnx raises what it likes
        raise ValueError(f"The file's functions cannot be written out: {first_line(problem)}") from problem


def _stored(graph: GraphProto) -> dict[str, int]:
    stored = {tensor.name: tensor.data_type for tensor in graph.initializer}
    stored |= {sparse.values.name: sparse.values.data_type for sparse in graph.sparse_initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            stored |= {
                name: entry.t.data_type for name in node.output for entry in node.attribute if entry.HasField("t")
            }
    return stored


def _fixed_input(graph: GraphProto, stored: Mapping[str, int], in_shape: Shape | None) -> tuple[str, Shape]:
    """The one input that the graph has, whose shape is fixed for one picture; its name and shape without the batch."""
    inputs = [info for info in graph.input if info.name not in stored]
    if len(inputs) != 1:
        names = ", ".join(info.name for info in inputs[:5]) or "none"
        raise ValueError(f"The network must take exactly one input; this one takes {len(inputs)}: {names}.")
    dims = inputs[0].type.tensor_type.shape.dim
    free = [not dim.HasField("dim_value") or dim.dim_value <= 0 for dim in dims]
    named = " x ".join(str(dim.dim_value or dim.dim_param or "?") for dim in dims)
    if len(dims) < 2:
        raise ValueError(f"The network's input has the shape ({named}), which has no batch axis.")
    if not free[0] and dims[0].dim_value != 1:
        raise ValueError(
            f"The file is made for {dims[0].dim_value} pictures at a time; export it for one, or with a free batch."
        )
    if in_shape is None and any(free[1:]):
        raise ValueError(f"The shape of an input is needed, such as 3,224,224: the file takes {named}, batch first.")
    wanted = (1, *(in_shape or [dim.dim_value for dim in dims[1:]]))
    fits = len(wanted) == len(dims) and all(
        is_free or dim.dim_value == side for dim, is_free, side in zip(dims, free, wanted, strict=True)
    )
    if not fits:
        raise ValueError(f"The file takes an input of {named}, batch first, not {shape_words(wanted)}.")
    return inputs[0].name, wanted[1:]
