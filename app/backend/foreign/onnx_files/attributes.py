"""The attributes of ONNX's nodes, with their defaults."""

from __future__ import annotations

from onnx import AttributeProto, NodeProto


def _attribute(node: NodeProto, name: str) -> AttributeProto | None:
    return next((attribute for attribute in node.attribute if attribute.name == name), None)


def number(node: NodeProto, name: str, default: int) -> int:
    """A whole number."""
    attribute = _attribute(node, name)
    return default if attribute is None else int(attribute.i)


def text(node: NodeProto, name: str) -> str:
    """A text, empty by default."""
    attribute = _attribute(node, name)
    return "" if attribute is None else attribute.s.decode(errors="replace")


def ints(node: NodeProto, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    """Whole numbers."""
    attribute = _attribute(node, name)
    return default if attribute is None or not attribute.ints else tuple(attribute.ints)
