"""Shapes, parameters and multiply-accumulates of traced nodes, by formula.

Counting rules. ``params``: trainable parameters. ``macs``: multiply-accumulates of convolutions and linear layers for
one picture; bias additions, normalisation, activation and pooling are not counted. This is half of what
``torch.utils.flop_counter`` reports. FLOPs, where shown, are 2 x MACs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from inception_models.arch.shapes import Shape, padding_of, window_count

from .graph import Layer, Node, Traced, elements
from .receptive_field import ONE_PIXEL, Fields, fields_after


def bind(traced: tuple[Traced, ...], in_shape: Shape, widths: Mapping[str, int]) -> tuple[Node, ...]:
    """The traced nodes with widths put in and everything counted, for a part whose input has ``in_shape``.

    ``widths`` has the output channels of every weighted op by its path: what
    :func:`inception_models.arch.shapes.out_widths` returns.
    """
    nodes: list[Node] = []
    shapes: dict[int, Shape] = {-1: in_shape}
    for number, (item, (grid, field)) in enumerate(zip(traced, _places(traced, in_shape[1:]), strict=True)):
        shape = shapes[item.inputs[0]]
        layer = _with_width(item, shape, widths)
        out = shapes[number] = (channels_after(layer, [shapes[i] for i in item.inputs]), *grid)
        nodes.append(Node(item.path, layer, item.inputs, shape, out, *params_and_macs(layer, shape, out), field))
    return tuple(nodes)


@lru_cache(maxsize=512)
def _places(traced: tuple[Traced, ...], grid: Shape) -> tuple[tuple[Shape, Fields], ...]:
    """The height and width of every output, and its receptive field: no width changes them."""
    grids, fields = {-1: grid}, {-1: ONE_PIXEL}
    for number, item in enumerate(traced):
        before = grids[item.inputs[0]]
        grids[number] = grid_after(item.layer, before)
        fields[number] = fields_after(item.layer, [fields[i] for i in item.inputs], before)
    return tuple((grids[number], fields[number]) for number in range(len(traced)))


def _with_width(item: Traced, shape: Shape, widths: Mapping[str, int]) -> Layer:
    layer = item.layer
    if layer.depthwise:
        return layer._replace(width=shape[0] * (layer.width // layer.groups), groups=shape[0])
    if layer.rules.weights != "filters" and layer.kind != "slice":
        return layer
    path = item.path if item.path in widths else item.path.rpartition(".")[0]
    return layer._replace(width=widths[path])


def channels_after(layer: Layer, shapes: Sequence[Shape]) -> int:
    """The channels, or features, of the output of a layer whose inputs have these shapes."""
    match layer.rules.geometry:
        case "window" | "slice":
            return layer.width or shapes[0][0]
        case "same" | "grid" | "pad":
            return shapes[0][0]
        case "join":
            return sum(shape[0] for shape in shapes)
        case "vector":
            return layer.width or elements(shapes[0])


def grid_after(layer: Layer, grid: Shape) -> Shape:
    """The height and width of the output of a layer whose first input has these, or none."""
    match layer.rules.geometry:
        case "same" | "join" | "slice":
            return grid
        case "window":
            return tuple(
                window_count(size, layer.kernel[axis], layer.stride[axis], (layer.padding[axis],) * 2, layer.ceil)
                for axis, size in enumerate(grid)
            )
        case "pad":
            return tuple(
                size + sum(padding_of("tf", size, layer.kernel[axis], layer.stride[axis]))
                for axis, size in enumerate(grid)
            )
        case "grid":
            return layer.output_size
        case "vector":
            return ()


def params_and_macs(layer: Layer, shape: Shape, out: Shape) -> tuple[int, int]:
    """Trainable parameters of a layer from ``shape`` to ``out``, and multiply-accumulates for one picture."""
    match layer.rules.weights:
        case "filters":
            channels = shape[-1] if layer.rules.geometry == "vector" else shape[0] // layer.groups
            fan_in = channels * layer.kernel[0] * layer.kernel[1]  # what one output is a sum of
            return layer.width * (fan_in + layer.bias), elements(out) * fan_in
        case "channels":
            return layer.channel_params * shape[0], 0
        case "none":
            return 0, 0
