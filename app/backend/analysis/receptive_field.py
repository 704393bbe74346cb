"""Receptive fields: which pixels one output value can depend on.

A window of k with stride s and padding p after a field (size, jump, start) gives (size + (k-1) jump, jump s,
start + ((k-1)/2 - p) jump), for each side (Araujo, Norris, Sim 2019, "Computing Receptive Fields of Convolutional
Neural Networks"). Where branches meet, the largest field counts. A pool over the whole grid sees everything: None.
"""

from __future__ import annotations

from collections.abc import Sequence

from inception_models.arch.shapes import Shape, padding_of

from .graph import Field, Layer

Fields = tuple[Field, Field] | None

ONE_PIXEL: Fields = (Field(1, 1, 0.5), Field(1, 1, 0.5))


def fields_after(layer: Layer, fields: Sequence[Fields], grid: Shape) -> Fields:
    """The (vertical, horizontal) field of a layer whose inputs have these fields; ``grid``: its first input's."""
    widest = fields[0] if len(fields) == 1 else _widest(fields)
    if widest is None:
        return None
    match layer.rules.geometry:
        case "window":
            return _slid(widest[0], layer, 0), _slid(widest[1], layer, 1)
        case "pad":
            return _padded(widest[0], layer, 0, grid[0]), _padded(widest[1], layer, 1, grid[1])
        case "same" | "join" | "slice":
            return widest
        case "grid" | "vector":
            return None


def _widest(fields: Sequence[Fields]) -> Fields:
    known = [f for f in fields if f is not None]
    if len(known) < len(fields):
        return None
    return max((f[0] for f in known), key=_size), max((f[1] for f in known), key=_size)


def through(field: Fields, before: Fields) -> Fields:
    """A receptive field on some part's input as one on what ``before`` refers to, such as the picture."""
    if field is None or before is None:
        return None
    return field[0].through(before[0]), field[1].through(before[1])


def seen_together(fields: Sequence[Field]) -> Field | None:
    """What values at one place of several tensors see, where every offset counts; None where their jumps differ."""
    if len({field.jump for field in fields}) > 1:
        return None
    first = min(field.start - field.size / 2 for field in fields)
    last = max(field.start + field.size / 2 for field in fields)
    return Field(round(last - first), fields[0].jump, (first + last) / 2)


def _size(field: Field) -> int:
    return field.size


def _slid(field: Field, layer: Layer, axis: int) -> Field:
    return field.slid(layer.kernel[axis], layer.stride[axis], layer.padding[axis])


def _padded(field: Field, layer: Layer, axis: int, size: int) -> Field:
    before = padding_of("tf", size, layer.kernel[axis], layer.stride[axis])[0]
    return Field(field.size, field.jump, field.start - before * field.jump)
