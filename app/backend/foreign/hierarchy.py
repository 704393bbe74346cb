"""A person's module as the tree that its author wrote: what every part costs, and which parts are Inception modules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inception_models.arch.shapes import Shape

from ..analysis.graph import Node
from ..analysis.receptive_field import Fields
from .analysed import ModuleAnalysis
from .branches import inception_modules


@dataclass(frozen=True, slots=True)
class ModulePart:
    """A part of a module, or an op that its own ``forward`` calls, with the costs of all that runs inside.

    ``what``: its class, or the op. ``branches``: of an Inception module, how many; else 0. ``out_shape``: of one
    picture, the last time that it runs; ``field``: the (vertical, horizontal) receptive field of that output on the
    picture, None where it is the whole input or not known.
    """

    path: str
    what: str
    out_shape: Shape
    params: int
    macs: int
    branches: int
    field: Fields

    @property
    def words(self) -> str:
        """``InceptionA: 4 branches, concatenated``."""
        return f"{self.what}: {self.branches} branches, concatenated" if self.branches else self.what


def module_parts(analysis: ModuleAnalysis, depth: int = 1) -> tuple[ModulePart, ...]:
    """The parts down to ``depth`` levels, in the order of the forward pass; their costs add up to the whole's.

    Raises:
        ValueError: where ``depth`` is less than 1.
    """
    if depth < 1:
        raise ValueError(f"The depth is 1 or more, not {depth}.")
    inside: dict[str, list[Node]] = {}
    for node in analysis.nodes:
        inside.setdefault(".".join(node.path.split(".")[:depth]), []).append(node)
    branches = inception_modules(analysis.nodes)
    return tuple(
        ModulePart(
            path,
            nodes[0].layer.words if nodes[0].path == path else analysis.module_classes.get(path, nodes[0].layer.words),
            nodes[-1].out_shape,
            sum(node.params for node in nodes),
            sum(node.macs for node in nodes),
            len(branches.get(path, ())),
            nodes[-1].field,
        )
        for path, nodes in inside.items()
    )


def part_tree(analysis: ModuleAnalysis) -> tuple[ModulePart, ...]:
    """The parts of every level, each before those inside it, in the order of the forward pass."""
    levels = max((node.path.count(".") + 1 for node in analysis.nodes), default=0)
    parts: dict[str, ModulePart] = {}
    inside: dict[str, list[str]] = {}
    for depth in range(1, levels + 1):
        for part in module_parts(analysis, depth):
            if part.path not in parts:
                parts[part.path] = part
                inside.setdefault(part.path.rpartition(".")[0], []).append(part.path)

    def below(path: str) -> Iterator[ModulePart]:
        for child in inside.get(path, ()):
            yield parts[child]
            yield from below(child)

    return tuple(below(""))
