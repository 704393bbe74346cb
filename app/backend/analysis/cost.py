"""Shapes, parameters and multiply-accumulates of traced nodes, by formula.

Counting rules. ``params``: trainable parameters. ``macs``: multiply-accumulates of convolutions and linear layers for
one picture; bias additions, normalisation, activation and pooling are not counted. This is half of what
``torch.utils.flop_counter`` reports. FLOPs, where shown, are 2 x MACs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from inception_models.arch.shapes import Shape, padding_of, window_count

from .graph import Layer, Node, Traced, elements
from .receptive_field import ONE_PIXEL, Fields, fields_after


def bind(traced: Sequence[Traced], in_shape: Shape, widths: Mapping[str, int]) -> tuple[Node, ...]:
    """The traced nodes with widths put in and everything counted, for a part whose input has ``in_shape``.

    ``widths`` has the output channels of every weighted op by its path: what
    :func:`inception_models.arch.shapes.out_widths` returns.
    """
    nodes: list[Node] = []
    shapes: dict[int, Shape] = {-1: in_shape}
    fields: dict[int, Fields] = {-1: ONE_PIXEL}
    for number, item in enumerate(traced):
        shape = shapes[item.inputs[0]]
        layer = _with_width(item, shape, widths)
        out = shapes[number] = out_shape(layer, [shapes[i] for i in item.inputs])
        field = fields[number] = fields_after(layer, [fields[i] for i in item.inputs], shape)
        params, macs = params_of(layer, shape), macs_of(layer, shape, out)
        nodes.append(Node(item.path, layer, item.inputs, shape, out, params, macs, field))
    return tuple(nodes)


def _with_width(item: Traced, shape: Shape, widths: Mapping[str, int]) -> Layer:
    layer = item.layer
    if layer.depthwise:
        return replace(layer, width=shape[0] * (layer.width // layer.groups), groups=shape[0])
    if layer.rules.weights != "filters" and layer.kind != "slice":
        return layer
    path = item.path if item.path in widths else item.path.rpartition(".")[0]
    return _wide(layer, widths[path])


@lru_cache(maxsize=4096)
def _wide(layer: Layer, width: int) -> Layer:
    return replace(layer, width=width)


def out_shape(layer: Layer, shapes: Sequence[Shape]) -> Shape:
    """The output shape of a layer whose inputs have these shapes."""
    first = shapes[0]
    match layer.rules.geometry:
        case "same":
            return first
        case "window":
            return (layer.width or first[0], *_windows(layer, first))
        case "grid":
            return (first[0], *layer.output_size)
        case "pad":
            return (first[0], *_padded(layer, first))
        case "slice":
            return (layer.width, *first[1:])
        case "join":
            return (sum(s[0] for s in shapes), *first[1:])
        case "vector":
            return (layer.width or elements(first),)


def _windows(layer: Layer, shape: Shape) -> tuple[int, int]:
    (_, height, width), kernel, stride, (above, left) = shape, layer.kernel, layer.stride, layer.padding
    return (
        window_count(height, kernel[0], stride[0], (above, above), layer.ceil),
        window_count(width, kernel[1], stride[1], (left, left), layer.ceil),
    )


def _padded(layer: Layer, shape: Shape) -> tuple[int, int]:
    height, width = (
        size + sum(padding_of("tf", size, layer.kernel[axis], layer.stride[axis]))
        for axis, size in enumerate(shape[1:])
    )
    return height, width


def params_of(layer: Layer, shape: Shape) -> int:
    """Trainable parameters of a layer that receives ``shape``."""
    match layer.rules.weights:
        case "filters":
            return layer.width * (_fan_in(layer, shape) + layer.bias)
        case "channels":
            return layer.channel_params * shape[0]
        case "none":
            return 0


def macs_of(layer: Layer, shape: Shape, out: Shape) -> int:
    """Multiply-accumulates of a layer from ``shape`` to ``out``, for one picture."""
    return elements(out) * _fan_in(layer, shape) if layer.rules.weights == "filters" else 0


def _fan_in(layer: Layer, shape: Shape) -> int:
    """The inputs that one output of a convolution, or of a linear layer over the last axis, is a sum of."""
    channels = shape[-1] if layer.rules.geometry == "vector" else shape[0] // layer.groups
    return channels * layer.kernel[0] * layer.kernel[1]
