"""Receptive fields: which pixels one output value can depend on.

A window of k with stride s and padding p behind a field (size, jump, start) gives (size + (k-1) jump, jump s,
start + ((k-1)/2 - p) jump), for each side (Araujo, Norris, Sim 2019, "Computing Receptive Fields of Convolutional
Neural Networks"). Where branches meet, the largest field counts. A pool over the whole grid sees everything: None.
"""

from __future__ import annotations

from collections.abc import Sequence

from inception_models.arch.shapes import Shape, padding_of

from .graph import Field, Layer

Fields = tuple[Field, Field] | None

ONE_PIXEL: Fields = (Field(1, 1, 0.5), Field(1, 1, 0.5))


def fields_behind(layer: Layer, fields: Sequence[Fields], shape: Shape) -> Fields:
    """The (vertical, horizontal) field behind a layer whose inputs have these fields; ``shape``: its first input's."""
    known = [f for f in fields if f is not None]
    if len(known) < len(fields) or layer.kind in ("adaptive_pool", "flatten", "linear"):
        return None
    widest = (max((f[0] for f in known), key=_reach), max((f[1] for f in known), key=_reach))
    match layer.kind:
        case "conv" | "max_pool" | "avg_pool":
            return _slid(widest[0], layer, 0), _slid(widest[1], layer, 1)
        case "pad":
            return _padded(widest[0], layer, 0, shape[1]), _padded(widest[1], layer, 1, shape[2])
        case _:
            return widest


def behind(field: Fields, before: Fields) -> Fields:
    """A receptive field on some part's input as one on what ``before`` refers to, such as the picture."""
    if field is None or before is None:
        return None
    return field[0].behind(before[0]), field[1].behind(before[1])


def _reach(field: Field) -> int:
    return field.size


def _slid(field: Field, layer: Layer, axis: int) -> Field:
    k, s, p = layer.kernel[axis], layer.stride[axis], layer.padding[axis]
    return Field(field.size + (k - 1) * field.jump, field.jump * s, field.start + ((k - 1) / 2 - p) * field.jump)


def _padded(field: Field, layer: Layer, axis: int, size: int) -> Field:
    before = padding_of("tf", size, layer.kernel[axis], layer.stride[axis])[0]
    return Field(field.size, field.jump, field.start - before * field.jump)
