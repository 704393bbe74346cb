"""From the traced nodes of one part to boxes: which nodes share a box, and which boxes are connected.

A plan knows nothing of where its part stands, so copies of a block share one, and it is remembered for as long as the
analysis remembers the part's nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from inception_models.arch.branch_kind import BranchKind, branch_kind
from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead, Conv, Fork, Inception, Op, Repeat, Residual, Stage

from ..analysis.graph import Node
from ..analysis.network import StageCost
from ..analysis.receptive_field import Fields

Form = Literal["stage", "trunk", "unit", "join", "op", "thin"]
EdgeRole = Literal["", "shortcut", "aux"]

THIN = ("batch_norm", "activation", "identity", "dropout", "flatten", "scale", "pad", "lrn", "normalize")


@dataclass(frozen=True, slots=True)
class Unit:
    """What the spec says about a box. ``op`` is None where the box is not the whole of an op.

    ``reduces``: a 1x1 or a pool on the way to its branch's last op.
    """

    op: Op | None = None
    branch: BranchKind | None = None
    reduces: bool = False


@dataclass(frozen=True, eq=False)
class Sketch:
    """A box before it has a place: ``inner`` is its path inside of the part, ``field`` refers to the part's input.

    ``form`` is its size class; no width or shape has a say in it. ``nodes`` is empty where the box is a whole block.
    """

    inner: str
    form: Form
    part: StageCost
    unit: Unit
    nodes: tuple[Node, ...]
    in_shape: Shape
    out_shape: Shape
    params: int
    macs: int
    field: Fields


@dataclass(frozen=True, slots=True)
class Link:
    """A connection between two boxes, by their inner paths; ``tail`` is None for the part's input."""

    tail: str | None
    head: str
    role: EdgeRole
    shape: Shape | None


@dataclass(frozen=True, eq=False)
class Plan:
    """The boxes of a part in the order of the forward pass, and their links, by inner paths.

    ``rows``: boxes side by side; ``joints``: those in which branches meet; ``end``: the last one.
    """

    sketches: tuple[Sketch, ...]
    links: tuple[Link, ...]
    rows: tuple[tuple[str, ...], ...]
    joints: tuple[str, ...]
    end: str


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """A part, equal to another one if both have the very same nodes: comparing hundreds of them would take longer."""

    part: StageCost

    def __hash__(self) -> int:
        return id(self.part.nodes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.part.nodes is other.part.nodes


def plan(part: StageCost, fused: bool, joined: bool) -> Plan:
    """The boxes of ``part``, which is no repeat.

    ``fused``: the layers of an op, as convolution, norm and activation, share a box. ``joined`` draws a block's end as
    the papers do: what is concatenated goes straight into the projection or the outer concatenation, and scale,
    addition and activation are one box.
    """
    return _plan(_Key(part), fused, joined)


def whole(part: StageCost) -> Sketch:
    """A stage or aux head as one box."""
    op = None if isinstance(part.part, Inception | Residual | Repeat | AuxHead) else part.part
    nodes = part.nodes if op else ()
    return Sketch("", "stage", part, Unit(op), nodes, part.in_shape, part.out_shape, part.params, part.macs, part.field)


@lru_cache(maxsize=2048)
def _plan(key: _Key, fused: bool, joined: bool) -> Plan:
    part = key.part
    units = units_of(part.part)
    owners = _owners(part.nodes, units, fused, joined)
    sketches = tuple(
        _sketch(part, inner, units, nodes, fused and joined) for inner, nodes in _owned(part.nodes, owners).items()
    )
    links: dict[tuple[str | None, str], Link] = {}
    for node, head in zip(part.nodes, owners, strict=True):
        for j in node.inputs:
            tail = owners[j] if j >= 0 else None
            if tail != head and (tail, head) not in links:
                straight = node.layer.kind == "add" and (tail is None or part.nodes[j].path.startswith("shortcut"))
                role: EdgeRole = (
                    "shortcut" if straight else "aux" if tail is None and isinstance(part.part, AuxHead) else ""
                )
                links[tail, head] = Link(tail, head, role, part.nodes[j].out_shape if j >= 0 else None)
    rows = tuple(_rows(part, [s.inner for s in sketches])) if part.branches else ()
    sides = ("shortcut", *(f"{branch.name}." for branch in part.branches))
    joints = tuple(s.inner for s in sketches if not s.inner.startswith(sides))
    return Plan(sketches, tuple(links.values()), rows, joints, owners[-1] if owners else "")


# --- what the spec knows ---------------------------------------------------------------------------------------------


def units_of(part: Stage | AuxHead) -> dict[str, Unit]:
    """Every op of the spec below ``part``, by its path inside of it."""
    match part:
        case Repeat():
            return units_of(part.block)
        case Inception() | Residual():
            found: dict[str, Unit] = {}
            for branch in part.branches:
                kind = branch_kind(branch)
                for op in branch.ops:
                    reduces = op is not branch.ops[-1] and getattr(op, "kernel", (1, 1)) == (1, 1)
                    found |= {f"{branch.name}.{path}": Unit(o, kind, reduces) for path, o in _flat(op, op.name)}
            if isinstance(part, Residual):
                found["proj"] = Unit(Conv("linear", None))
                found["shortcut"] = Unit(Conv("shortcut", None, stride=part.shortcut_stride or 1), "shortcut")
            return found
        case AuxHead() | Fork():
            return {path: Unit(o) for op in part.ops for path, o in _flat(op, op.name)}
        case _:
            return {"": Unit(part)}


def _flat(op: Op, path: str) -> Iterator[tuple[str, Op]]:
    if isinstance(op, Fork):
        for inner in op.ops:
            yield from _flat(inner, f"{path}.{inner.name}")
    else:
        yield path, op


def _unit_path(path: str, units: Mapping[str, Unit]) -> str | None:
    if path in units:
        return path
    parent = path.rpartition(".")[0]
    return parent if parent in units else None


# --- from nodes to boxes ---------------------------------------------------------------------------------------------


def _owners(nodes: Sequence[Node], units: Mapping[str, Unit], fused: bool, joined: bool) -> list[str]:
    """For each traced node the inner path of its box."""
    owners = [node.path for node in nodes]
    readers: dict[int, list[int]] = {}
    for i, node in enumerate(nodes):
        for j in node.inputs:
            readers.setdefault(j, []).append(i)
    for i in reversed(range(len(nodes))):
        node = nodes[i]
        unit = _unit_path(node.path, units)
        if unit is not None:
            owners[i] = unit if fused else node.path
        elif joined and node.layer.kind in ("concat", "scale") and len(readers.get(i, ())) == 1:
            reader = readers[i][0]
            if nodes[reader].layer.kind in ("concat", "add", "scale") or nodes[reader].path == "proj":
                owners[i] = owners[reader]
        elif joined and len(node.inputs) == 1 and nodes[node.inputs[0]].layer.kind == "add":
            owners[i] = nodes[node.inputs[0]].path
    return owners


def _owned(nodes: Sequence[Node], owners: Sequence[str]) -> dict[str, tuple[Node, ...]]:
    """The nodes of every box, boxes in the order in which they are complete."""
    found: dict[str, list[Node]] = {}
    for owner, node in zip(reversed(owners), reversed(nodes), strict=True):
        found.setdefault(owner, []).append(node)
    return {owner: tuple(reversed(found[owner])) for owner in reversed(found)}


def _sketch(part: StageCost, inner: str, units: Mapping[str, Unit], nodes: tuple[Node, ...], small: bool) -> Sketch:
    path = _unit_path(inner, units)
    unit = Unit() if path is None else units[path] if path == inner else replace(units[path], op=None)
    return Sketch(
        inner,
        _form(part, nodes, unit, path is None or path == inner, small),
        part,
        unit,
        nodes,
        nodes[0].in_shape,
        nodes[-1].out_shape,
        sum(n.params for n in nodes),
        sum(n.macs for n in nodes),
        nodes[-1].field,
    )


def _form(part: StageCost, nodes: Sequence[Node], unit: Unit, complete: bool, small: bool) -> Form:
    kind = nodes[-1].layer.kind
    if not complete:
        return "thin" if kind in THIN else "op"
    if part.branches and unit.op is not None:
        return "unit" if small else "op"
    if len(nodes) == 1 and kind in THIN:
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
