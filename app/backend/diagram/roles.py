"""What the spec says about the boxes of a part: the op of each, the kind of its branch, whether it is a reduction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from inception_models.arch.branch_kind import BranchKind, branch_kind
from inception_models.arch.spec import AuxHead, Channelwise, Conv, Fork, Inception, Op, Repeat, Residual, Stage


@dataclass(frozen=True, slots=True)
class BoxRole:
    """What the spec says about a box. ``op`` is None where the box is not the whole of an op.

    ``reduces``: a 1x1 or a pool on the way to its branch's last op.
    """

    op: Op | None = None
    branch: BranchKind | None = None
    reduces: bool = False


def roles_of(part: Stage | AuxHead) -> dict[str, BoxRole]:
    """The role of every op of the spec below ``part``, by its path inside it."""
    match part:
        case Repeat():
            return roles_of(part.block)
        case Inception() | Residual():
            roles: dict[str, BoxRole] = {}
            for branch in part.branches:
                kind = branch_kind(branch)
                for op in branch.ops:
                    one_place = getattr(op, "kernel", (1, 1)) == (1, 1) and not isinstance(op, Channelwise)
                    reduces = op is not branch.ops[-1] and one_place
                    roles |= {f"{branch.name}.{path}": BoxRole(o, kind, reduces) for path, o in _flat(op, op.name)}
            if isinstance(part, Residual):
                roles["proj"] = BoxRole(Conv("linear", None))
                roles["shortcut"] = BoxRole(Conv("shortcut", None, stride=part.shortcut_stride or 1), "shortcut")
            return roles
        case AuxHead() | Fork():
            return {path: BoxRole(o) for op in part.ops for path, o in _flat(op, op.name)}
        case _:
            return {"": BoxRole(part)}


def _flat(op: Op, path: str) -> Iterator[tuple[str, Op]]:
    if isinstance(op, Fork):
        for inner in op.ops:
            yield from _flat(inner, f"{path}.{inner.name}")
    else:
        yield path, op


def role_of(inner: str, roles: Mapping[str, BoxRole]) -> BoxRole:
    """The role of the box at ``inner``: that of the op which it is, without the op where it is only a part of it."""
    path = op_path(inner, roles)
    return BoxRole() if path is None else roles[path] if path == inner else replace(roles[path], op=None)


def op_path(path: str, roles: Mapping[str, BoxRole]) -> str | None:
    """The path of the op that a traced layer belongs to."""
    if path in roles:
        return path
    parent = path.rpartition(".")[0]
    return parent if parent in roles else None
