"""Which traced nodes of a part share a box, of what size it is, and which boxes are connected.

It depends on the part's topology only, so that an edit of widths finds it planned. Parts with other names share it too:
what the spec says of a box, such as its name, is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from inception_models.arch.spec import AuxHead, Fork

from ..analysis.graph import Node, Traced
from ..analysis.kinds import LayerKind
from ..analysis.network import StageCost
from .roles import BoxRole, op_path, role_of, roles_of

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


class PlannedBox(NamedTuple):
    """A box by its path inside the part. ``at``: the positions of its nodes among the part's."""

    inner: str
    size: BoxSize
    at: tuple[int, ...]


class PlannedEdge(NamedTuple):
    """An edge between two boxes, by their inner paths; ``tail`` is None for the part's input.

    ``source``: the position of the node whose output flows along it, -1 for the part's input.
    """

    tail: str | None
    head: str
    role: EdgeRole
    source: int


@dataclass(frozen=True, slots=True, eq=False)
class BoxPlan:
    """The boxes of a part in the order of the forward pass, and the edges between them.

    ``rows``: boxes side by side; ``joins``: those in which branches meet; ``end``: the last one. All by inner paths.
    """

    boxes: tuple[PlannedBox, ...]
    edges: tuple[PlannedEdge, ...]
    rows: tuple[tuple[str, ...], ...]
    joins: tuple[str, ...]
    end: str


@dataclass(frozen=True, slots=True, eq=False)
class PartKey:
    """A part, equal to another one if both have the very same ``nodes``; comparing hundreds would take longer."""

    part: StageCost
    nodes: tuple[Node, ...] | tuple[Traced, ...]

    def __hash__(self) -> int:
        return id(self.nodes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartKey) and self.nodes is other.nodes


def box_plan(part: StageCost, fused: bool, joined: bool) -> BoxPlan:
    """The boxes of ``part``, which is not a repeat; the options are those of :func:`.boxes.boxes_of`."""
    return _plan(PartKey(part, part.traced), fused, joined)


@lru_cache(maxsize=512)
def _plan(key: PartKey, fused: bool, joined: bool) -> BoxPlan:
    part, nodes = key.part, key.part.nodes
    roles = roles_of(part.part)
    owners = _owners(nodes, roles, fused, joined)
    boxes = tuple(_planned(part, inner, roles, at, fused and joined) for inner, at in _owned(owners))
    rows = tuple(_rows(part, [box.inner for box in boxes])) if part.branches else ()
    sides = ("shortcut", *(f"{branch.name}." for branch in part.branches))
    joins = tuple(box.inner for box in boxes if not box.inner.startswith(sides))
    return BoxPlan(boxes, tuple(_edges(part, owners)), rows, joins, owners[-1] if owners else "")


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


def _edges(part: StageCost, owners: Sequence[str]) -> Iterator[PlannedEdge]:
    """Those of the traced graph between nodes of different boxes, one for each pair of boxes."""
    seen: set[tuple[str | None, str]] = set()
    for node, head in zip(part.nodes, owners, strict=True):
        for j in node.inputs:
            tail = owners[j] if j >= 0 else None
            if tail != head and (tail, head) not in seen:
                seen.add((tail, head))
                yield PlannedEdge(tail, head, _edge_role(part, node, j), j)


def _edge_role(part: StageCost, reader: Node, source: int) -> EdgeRole:
    """``source``: the index of the node that ``reader`` reads, negative for the part's input."""
    if reader.layer.kind == "add" and (source < 0 or part.nodes[source].path.startswith("shortcut")):
        return "shortcut"
    return "aux" if source < 0 and isinstance(part.part, AuxHead) else ""


def _planned(part: StageCost, inner: str, roles: Mapping[str, BoxRole], at: tuple[int, ...], small: bool) -> PlannedBox:
    kinds = [part.nodes[i].layer.kind for i in at]
    complete = op_path(inner, roles) in (None, inner)
    return PlannedBox(inner, _size(part, kinds, role_of(inner, roles), complete, small), at)


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
