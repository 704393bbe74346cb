"""From the traced nodes of one part to boxes: which nodes share a box, and which boxes are connected.

A part is a stage, one copy of a repeated block, or an auxiliary head. Its boxes do not depend on where in the network
it is, so equal copies share them, and they are cached for as long as the analysis keeps the part's nodes. Without their
numbers they depend on its topology only, so that an edit of widths finds them planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead, Fork, Inception, Repeat, Residual

from ..analysis.graph import Node, Traced
from ..analysis.kinds import LayerKind
from ..analysis.network import StageCost
from ..analysis.receptive_field import Fields
from .roles import BoxRole, op_path, roles_of

BoxSize = Literal["stage", "trunk", "join", "op", "small", "thin"]
EdgeRole = Literal["", "shortcut", "aux"]

THIN_LAYERS = (
    "batch_norm",
    "activation",
    "identity",
    "dropout",
    "flatten",
    "scale",
    "pad",
    "lrn",
    "normalize",
    "layer_norm",
    "layer_scale",
    "slice",
)


@dataclass(frozen=True, eq=False)
class BoxSpec:
    """A box within its part: ``inner`` is its path inside the part, ``field`` refers to the part's input.

    ``size`` does not depend on any filter count or shape. ``nodes`` is empty where the box is a whole block.
    """

    inner: str
    size: BoxSize
    part: StageCost
    role: BoxRole
    nodes: tuple[Node, ...]
    in_shape: Shape
    out_shape: Shape
    params: int
    macs: int
    field: Fields


class BoxEdge(NamedTuple):
    """An edge between two boxes, by their inner paths; ``tail`` is None for the part's input."""

    tail: str | None
    head: str
    role: EdgeRole
    shape: Shape | None


@dataclass(frozen=True, eq=False)
class PartBoxes:
    """The boxes of a part in the order of the forward pass, and the edges between them, by inner paths.

    ``rows``: boxes side by side; ``joins``: those in which branches meet; ``end``: the last one.
    """

    boxes: tuple[BoxSpec, ...]
    edges: tuple[BoxEdge, ...]
    rows: tuple[tuple[str, ...], ...]
    joins: tuple[str, ...]
    end: str


class _PlannedBox(NamedTuple):
    """A box without its numbers. ``at``: which of the part's nodes it has."""

    inner: str
    size: BoxSize
    role: BoxRole
    at: tuple[int, ...]


class _Plan(NamedTuple):
    """The boxes of all parts of one topology. ``edges``: tail, head, role, and which node is the tail's last one."""

    boxes: tuple[_PlannedBox, ...]
    edges: tuple[tuple[str | None, str, EdgeRole, int], ...]
    rows: tuple[tuple[str, ...], ...]
    joins: tuple[str, ...]
    end: str


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """A part, equal to another one if both have the very same ``nodes``, of which comparing hundreds would take longer."""

    part: StageCost
    nodes: tuple[Node, ...] | tuple[Traced, ...]

    def __hash__(self) -> int:
        return id(self.nodes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.nodes is other.nodes


def boxes_of(part: StageCost, fused: bool, joined: bool) -> PartBoxes:
    """The boxes of ``part``, which is not a repeat.

    ``fused``: the layers of an op (convolution, normalisation, activation) share a box. ``joined`` draws a block's end
    as the papers do: what is concatenated goes straight into the projection or the outer concatenation, and scale,
    addition and activation are one box.
    """
    return _boxes_of(_Key(part, part.nodes), fused, joined)


def stage_box(part: StageCost) -> BoxSpec:
    """A stage or aux head as one box."""
    op = None if isinstance(part.part, Inception | Residual | Repeat | AuxHead) else part.part
    return BoxSpec(
        "",
        "stage",
        part,
        BoxRole(op),
        part.nodes if op else (),
        part.in_shape,
        part.out_shape,
        part.params,
        part.macs,
        part.field,
    )


@lru_cache(maxsize=512)
def _boxes_of(key: _Key, fused: bool, joined: bool) -> PartBoxes:
    part = key.part
    plan = _plan(_Key(part, part.traced), fused, joined)
    edges = [
        BoxEdge(tail, head, role, None if tail is None else part.nodes[source].out_shape)
        for tail, head, role, source in plan.edges
    ]
    return PartBoxes(tuple([_box(part, box) for box in plan.boxes]), tuple(edges), plan.rows, plan.joins, plan.end)


def _box(part: StageCost, planned: _PlannedBox) -> BoxSpec:
    nodes = tuple([part.nodes[i] for i in planned.at])
    return BoxSpec(
        planned.inner,
        planned.size,
        part,
        planned.role,
        nodes,
        nodes[0].in_shape,
        nodes[-1].out_shape,
        sum([n.params for n in nodes]),
        sum([n.macs for n in nodes]),
        nodes[-1].field,
    )


# --- from nodes to boxes ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _plan(key: _Key, fused: bool, joined: bool) -> _Plan:
    part, nodes = key.part, key.part.nodes
    roles = roles_of(part.part)
    owners = _owners(nodes, roles, fused, joined)
    boxes = tuple(_planned(part, inner, roles, at, fused and joined) for inner, at in _owned(owners))
    rows = tuple(_rows(part, [box.inner for box in boxes])) if part.branches else ()
    sides = ("shortcut", *(f"{branch.name}." for branch in part.branches))
    joins = tuple(box.inner for box in boxes if not box.inner.startswith(sides))
    return _Plan(boxes, tuple(_edges(part, owners)), rows, joins, owners[-1] if owners else "")


def _owners(nodes: Sequence[Node], roles: Mapping[str, BoxRole], fused: bool, joined: bool) -> list[str]:
    """For each traced node the inner path of its box."""
    owners = [node.path for node in nodes]
    readers: dict[int, list[int]] = {}
    for i, node in enumerate(nodes):
        for j in node.inputs:
            readers.setdefault(j, []).append(i)
    for i in reversed(range(len(nodes))):
        node = nodes[i]
        own = op_path(node.path, roles)
        if own is not None:
            owners[i] = own if fused else node.path
        elif joined and node.layer.kind in ("concat", "scale") and len(readers.get(i, ())) == 1:
            reader = readers[i][0]
            if nodes[reader].layer.kind in ("concat", "add", "scale") or nodes[reader].path == "proj":
                owners[i] = owners[reader]
        elif joined and len(node.inputs) == 1 and nodes[node.inputs[0]].layer.kind == "add":
            owners[i] = nodes[node.inputs[0]].path
    return owners


def _owned(owners: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every box's inner path and which nodes it has, boxes in the order in which they are complete."""
    owned: dict[str, list[int]] = {}
    for i in reversed(range(len(owners))):
        owned.setdefault(owners[i], []).append(i)
    for owner in reversed(owned):
        yield owner, tuple(reversed(owned[owner]))


def _edges(part: StageCost, owners: Sequence[str]) -> Iterator[tuple[str | None, str, EdgeRole, int]]:
    """Those of the traced graph between nodes of different boxes, one for each pair of boxes."""
    seen: set[tuple[str | None, str]] = set()
    for node, head in zip(part.nodes, owners, strict=True):
        for j in node.inputs:
            tail = owners[j] if j >= 0 else None
            if tail != head and (tail, head) not in seen:
                seen.add((tail, head))
                yield tail, head, _edge_role(part, node, j), j


def _edge_role(part: StageCost, reader: Node, source: int) -> EdgeRole:
    """``source``: the index of the node that ``reader`` reads, negative for the part's input."""
    if reader.layer.kind == "add" and (source < 0 or part.nodes[source].path.startswith("shortcut")):
        return "shortcut"
    return "aux" if source < 0 and isinstance(part.part, AuxHead) else ""


def _planned(
    part: StageCost, inner: str, roles: Mapping[str, BoxRole], at: tuple[int, ...], small: bool
) -> _PlannedBox:
    path = op_path(inner, roles)
    role = BoxRole() if path is None else roles[path] if path == inner else replace(roles[path], op=None)
    kinds = [part.nodes[i].layer.kind for i in at]
    return _PlannedBox(inner, _size(part, kinds, role, path is None or path == inner, small), role, at)


def _size(part: StageCost, kinds: Sequence[LayerKind], role: BoxRole, complete: bool, small: bool) -> BoxSize:
    """``complete``: the box is the whole of an op, or of none; ``small``: a branch's ops get small boxes."""
    kind = kinds[-1]
    if not complete:
        return "thin" if kind in THIN_LAYERS else "op"
    if part.branches and role.op is not None:
        return "small" if small else "op"
    if len(kinds) == 1 and kind in THIN_LAYERS:
        return "thin"
    return "join" if part.branches else "trunk"


def _rows(part: StageCost, inner: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The first boxes of a block's branches, left to right, then the boxes of each fork."""
    heads = [_first(f"{branch.name}.", inner) for branch in part.branches]
    yield tuple(head for head in (_first("shortcut", inner), *heads) if head)
    for branch in part.branches:
        for op in branch.part.ops:
            if isinstance(op, Fork):
                sides = [_first(f"{branch.name}.{op.name}.{side.name}", inner) for side in op.ops]
                yield tuple(side for side in sides if side)


def _first(prefix: str, paths: Iterable[str]) -> str:
    return next((path for path in paths if path.startswith(prefix)), "")
