"""Shapes, parameters and multiply-accumulates of traced nodes, by formula.

Counting rules. ``params``: trainable parameters. ``macs``: multiply-accumulates of convolutions and linear layers for
one picture; bias additions, normalisation, activation and pooling are not counted. This is half of what
``torch.utils.flop_counter`` reports. FLOPs, where shown, are 2 x MACs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from inception_models.arch.shapes import Shape, padding_of, window_count

from .graph import Layer, Node, Traced, elements
from .receptive_field import ONE_PIXEL, Fields, fields_behind


def bind(traced: Sequence[Traced], in_shape: Shape, widths: Mapping[str, int]) -> tuple[Node, ...]:
    """The traced nodes with widths put in and everything counted, for a part whose input has ``in_shape``.

    ``widths`` has the output channels of every weighted op by its path: what
    :func:`inception_models.arch.shapes.out_widths` returns.
    """
    nodes: list[Node] = []
    for item in traced:
        shapes = [in_shape if i < 0 else nodes[i].out_shape for i in item.inputs]
        fields: list[Fields] = [ONE_PIXEL if i < 0 else nodes[i].field for i in item.inputs]
        layer = _with_width(item, shapes[0], widths)
        out = out_shape(layer, shapes)
        params, macs = params_of(layer, shapes[0]), macs_of(layer, shapes[0], out)
        nodes.append(
            Node(item.path, layer, item.inputs, shapes[0], out, params, macs, fields_behind(layer, fields, shapes[0]))
        )
    return tuple(nodes)


def _with_width(item: Traced, shape: Shape, widths: Mapping[str, int]) -> Layer:
    layer = item.layer
    match layer.kind:
        case "conv" if layer.groups > 1 or item.path.endswith("depthwise"):  # one group for each channel that arrives
            width = shape[0] * (layer.width // layer.groups)
            return replace(layer, width=width, groups=shape[0])
        case "conv" | "linear":
            path = item.path if item.path in widths else item.path.rpartition(".")[0]
            width = widths[path]
            return layer if width == layer.width else replace(layer, width=width)
        case _:
            return layer


def out_shape(layer: Layer, shapes: Sequence[Shape]) -> Shape:
    """The shape behind a layer whose inputs have these shapes."""
    first = shapes[0]
    match layer.kind:
        case "conv":
            return (layer.width, *_windows(layer, first))
        case "max_pool" | "avg_pool":
            return (first[0], *_windows(layer, first))
        case "adaptive_pool":
            return (first[0], *layer.output_size)
        case "pad":
            return (
                first[0],
                *(
                    size + sum(padding_of("tf", size, k, s))
                    for size, k, s in zip(first[1:], layer.kernel, layer.stride, strict=True)
                ),
            )
        case "concat":
            return (sum(s[0] for s in shapes), *first[1:])
        case "flatten":
            return (elements(first),)
        case "linear":
            return (layer.width,)
        case _:
            return first


def _windows(layer: Layer, shape: Shape) -> tuple[int, int]:
    height, width = (
        window_count(size, layer.kernel[axis], layer.stride[axis], (layer.padding[axis],) * 2, layer.ceil)
        for axis, size in enumerate(shape[1:])
    )
    return height, width


def params_of(layer: Layer, shape: Shape) -> int:
    """Trainable parameters of a layer that receives ``shape``."""
    match layer.kind:
        case "conv":
            return layer.width * (shape[0] // layer.groups * layer.kernel[0] * layer.kernel[1] + layer.bias)
        case "linear":
            return layer.width * (shape[0] + layer.bias)
        case "batch_norm":
            return layer.norm_params * shape[0]
        case _:
            return 0


def macs_of(layer: Layer, shape: Shape, out: Shape) -> int:
    """Multiply-accumulates of a layer from ``shape`` to ``out``, for one picture."""
    match layer.kind:
        case "conv":
            return elements(out) * (shape[0] // layer.groups) * layer.kernel[0] * layer.kernel[1]
        case "linear":
            return shape[0] * layer.width
        case _:
            return 0
