"""An analysis as JSON and back, as one process hands it to another."""

from __future__ import annotations

import json
from dataclasses import asdict

from ..analysis.graph import Field, Layer, Node
from .analysed import ModuleAnalysis


def to_json(analysis: ModuleAnalysis) -> str:
    """All of it."""
    return json.dumps(asdict(analysis))


def from_json(text: str) -> ModuleAnalysis:
    """What :func:`to_json` wrote."""
    values = json.loads(text)
    values["in_shape"] = tuple(values["in_shape"])
    values["nodes"] = tuple(_node(*node) for node in values["nodes"])
    return ModuleAnalysis(**values)


def _node(
    path: str,
    layer: list[object],
    inputs: list[int],
    in_shape: list[int],
    out_shape: list[int],
    params: int,
    macs: int,
    field: list[list[float]] | None,
) -> Node:
    sides = [tuple(value) if isinstance(value, list) else value for value in layer]
    fields = None if field is None else (_field(*field[0]), _field(*field[1]))
    shapes = tuple(in_shape), tuple(out_shape)
    return Node(path, Layer(*sides), tuple(inputs), *shapes, params, macs, fields)  # type: ignore[arg-type]


def _field(size: float, jump: float, start: float) -> Field:
    return Field(int(size), int(jump), start)
