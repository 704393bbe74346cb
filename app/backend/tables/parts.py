"""What a stage is made of, with the counts of each piece: branches, ops and layers in the order of the forward pass.

Counts are of one picture and in elements, so they hold for every number format and batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead, Fork

from ..analysis.graph import Node, elements
from ..analysis.liveness import ALIASES
from ..analysis.network import Analysis, StageCost
from ..analysis.receptive_field import ONE_PIXEL, Fields, behind

Level = Literal["network", "stage", "copy", "branch", "op", "layer"]
MAIN = ("conv", "linear", "max_pool", "avg_pool", "adaptive_pool")  # what a row of layers is known by


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a stage or copy; ``path`` is relative to it and empty for the whole.

    ``level``: an op is one entry of the tree (a convolution with its normalisation and activation; a fork is an op of
    ops), a layer one traced node of an op. ``written``: what its layers write. ``moved``: inputs and outputs of every
    layer, each read or written once, without weights. ``field``: receptive field of its output on the stage's input.
    """

    path: str
    level: Level
    what: str
    out_shape: Shape
    params: int
    macs: int
    written: int
    moved: int
    field: Fields


def network(analysis: Analysis) -> Part:
    """The whole network without its auxiliary heads."""
    field = analysis.field(analysis.stages[-1].name)
    return _joined([whole(stage) for stage in analysis.stages], "network", "stages", field)


def whole(stage: StageCost) -> Part:
    """A stage, a repeat's copies together."""
    if not stage.copies:
        return parts(stage)[0]
    return _joined([parts(copy)[0] for copy in stage.copies], "stage", "copies", stage.field)


def _joined(rows: Sequence[Part], level: Level, noun: str, field: Fields) -> Part:
    return Part(
        "",
        level,
        f"{len(rows)} {noun}",
        rows[-1].out_shape,
        sum(row.params for row in rows),
        sum(row.macs for row in rows),
        sum(row.written for row in rows),
        sum(row.moved for row in rows),
        field,
    )


# --- one stage or copy -----------------------------------------------------------------------------------------------


def parts(part: StageCost) -> tuple[Part, ...]:
    """The whole, then its pieces, each in front of what it is made of. A repeat has none: ask its copies."""
    return _parts(_SameNodes(part))


class _SameNodes:
    """Equal for parts that share their traced nodes, as copies do; comparing the nodes themselves would be slow."""

    __slots__ = ("part",)

    def __init__(self, part: StageCost) -> None:
        self.part = part

    def __hash__(self) -> int:
        return id(self.part.nodes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameNodes) and self.part.nodes is other.part.nodes


@lru_cache(maxsize=2048)
def _parts(key: _SameNodes) -> tuple[Part, ...]:
    return tuple(_inside(key.part))


def _inside(part: StageCost) -> Iterator[Part]:
    nodes = part.nodes
    moved = {node.path: _moved(node) for node in nodes}
    count = len(part.branches)
    yield Part(
        "",
        "copy" if "." in part.name else "stage",
        f"{count} branch{'es' if count > 1 else ''}" if count else _what(nodes),
        part.out_shape,
        part.params,
        part.macs,
        part.activation_elements,
        sum(moved.values()),
        part.field,
    )
    names = {branch.name for branch in part.branches}
    forks = frozenset(f"{b.name}.{op.name}" for b in part.branches for op in b.part.ops if isinstance(op, Fork))
    has_ops = bool(names) or isinstance(part.part, AuxHead)
    for first, run in groupby(nodes, key=lambda node: node.path.partition(".")[0]):
        inside = list(run)
        if first in names:
            yield _sum(first, "branch", inside, moved, forks)
        yield from _ops(inside, 2 if first in names else 1 if has_ops else 0, moved, forks)


def _ops(nodes: Sequence[Node], depth: int, moved: Mapping[str, int], forks: frozenset[str]) -> Iterator[Part]:
    """Ops have paths of ``depth`` names; 0: the stage itself is the op."""
    for path, run in groupby(nodes, key=lambda node: ".".join(node.path.split(".")[:depth])):
        inside = list(run)
        if depth:
            yield _sum(path, "op", inside, moved, forks)
        if path in forks:
            yield from _ops(inside, depth + 1, moved, frozenset())
        elif len(inside) > 1 or inside[0].path != path:
            for node in inside:
                yield _sum(node.path, "layer", [node], moved)


def _sum(
    path: str, level: Level, nodes: Sequence[Node], moved: Mapping[str, int], forks: frozenset[str] = frozenset()
) -> Part:
    return Part(
        path,
        level,
        _what(nodes, forks),
        nodes[-1].out_shape,
        sum(node.params for node in nodes),
        sum(node.macs for node in nodes),
        sum(node.elements for node in nodes if node.layer.kind not in ALIASES),
        sum(moved[node.path] for node in nodes),
        nodes[-1].field,
    )


def _moved(node: Node) -> int:
    """Elements that a layer reads and writes, without its weights. What returns its input moves nothing."""
    match node.layer.kind:
        case kind if kind in ALIASES:
            return 0
        case "concat":
            return 2 * node.elements
        case "add":
            return (len(node.inputs) + 1) * node.elements
        case _:
            return elements(node.in_shape) + node.elements


# --- words and fields ------------------------------------------------------------------------------------------------


def _what(nodes: Sequence[Node], forks: frozenset[str] = frozenset()) -> str:
    """What the nodes do, in few words: ``3×3/2 + BatchNorm + ReLU``, or of many nodes ``1×1 → 1×3 | 3×1``."""
    if len(nodes) <= 3:
        return " + ".join(map(_name, nodes))
    main = [node for node in nodes if node.layer.kind in MAIN]
    row: list[str] = []
    for fork, run in groupby(main, key=lambda node: next((f for f in forks if node.path.startswith(f"{f}.")), "")):
        names = map(_name, run)
        row += [" | ".join(names)] if fork else names
    return " → ".join(row)


def _name(node: Node) -> str:
    layer = node.layer
    match layer.kind:
        case "max_pool" | "avg_pool":
            return f"{'max' if layer.kind == 'max_pool' else 'average'} pool {layer.detail}"
        case "adaptive_pool":
            return f"average pool {layer.detail}"
        case "dropout":
            return f"dropout {layer.detail}"
        case _:
            return layer.detail


def fields_before(analysis: Analysis) -> dict[str, Fields]:
    """The receptive field of what every stage and head reads, by its name."""
    found: dict[str, Fields] = {}
    outs: dict[str, Fields] = {}
    field: Fields = ONE_PIXEL
    for stage in analysis.stages:
        found[stage.name] = field
        field = outs[stage.name] = behind(stage.field, field)
    for head in analysis.aux:
        assert isinstance(head.part, AuxHead)
        found[head.name] = outs[head.part.tap]
    return found
