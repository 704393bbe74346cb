"""Which branches a block has, and which ops a branch: add, remove, duplicate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

from ..arch.refusal import Refusal, Remedy, only_working
from ..arch.rules import checked, shown
from ..arch.shapes import ShapeError
from ..arch.spec import Arch, Branch, Linear, Op
from ..arch.tree import block_at, blocks, branch_at, row_of, spliced, with_block

Item = TypeVar("Item")


def with_branch(arch: Arch, block: str, branch: Branch, index: int | None = None) -> Arch:
    """``arch`` with one more branch in a block: in front of the one at ``index``, or as the last.

    Raises:
        ValueError: for a name that is taken or cannot be one, an index out of range, or a branch that does not fit.
    """
    old = block_at(arch, block)
    return checked(with_block(arch, replace(old, branches=_inserted(old.branches, branch, index, block))))


def without_branch(arch: Arch, path: str) -> Arch:
    """``arch`` without a branch.

    Raises:
        ValueError: where it is the block's only one, or where the network does not fit together without it.
    """
    block, branch = branch_at(arch, path)
    if len(block.branches) == 1:
        raise Refusal(
            f"{path} is the only branch of {block.name}; a block with two or more can lose one.",
            *only_working(arch, _without_ops(path, branch)),
        )
    return checked(with_block(arch, replace(block, branches=tuple(b for b in block.branches if b is not branch))))


def _without_ops(path: str, branch: Branch) -> Remedy:
    """The branch stays, and passes its input on."""

    def emptied(arch: Arch) -> Arch:
        return checked(_with_branch_instead(arch, path, replace(branch, ops=())))

    ops = [f"--remove {path}.{op.name}" for op in branch.ops]
    return Remedy(f"Remove all layers of {path}", emptied, " ".join(ops))


def _with_branch_instead(arch: Arch, path: str, new: Branch) -> Arch:
    block, old = branch_at(arch, path)
    return with_block(arch, replace(block, branches=tuple(new if b is old else b for b in block.branches)))


def duplicated_branch(arch: Arch, path: str) -> Arch:
    """``arch`` with a copy of a branch right after it, under the first free name: ``branch3x3_2``, ``branch3x3_3`` ...

    Raises:
        ValueError: where the network does not fit together with it.
    """
    block, branch = branch_at(arch, path)
    names = {b.name for b in block.branches}
    name = free_name(branch.name, names)
    at = block.branches.index(branch) + 1
    return with_branch(arch, block.name, replace(branch, name=name), at)


def free_name(name: str, taken: Collection[str]) -> str:
    """``name`` if nobody has it, else ``name_2``, ``name_3`` ..."""
    return next(free for free in (name, *(f"{name}_{n}" for n in range(2, len(taken) + 3))) if free not in taken)


def with_op(arch: Arch, branch: str, op: Op, index: int | None = None) -> Arch:
    """``arch`` with one more op in a branch: in front of the one at ``index``, or as the last.

    Raises:
        ValueError: for a name that is taken or cannot be one, an index out of range, or an op that does not fit.
    """
    _, old = branch_at(arch, branch)
    if isinstance(op, Linear):
        raise ValueError(
            f"{branch} passes images on, not vectors; a 1×1 convolution does what {op.name} would at every place."
        )
    return checked(_with_branch_instead(arch, branch, replace(old, ops=_inserted(old.ops, op, index, branch))))


def without_op(arch: Arch, path: str) -> Arch:
    """``arch`` without an op of a branch. A branch that loses its last op passes its input on.

    Raises:
        ValueError: where there is no such op in a branch, or where the network does not fit together without it.
    """
    row_of(arch, path)
    if "." not in path or path.partition(".")[0] not in blocks(arch):
        raise ValueError(f"{path} is not in a branch; only ops of a block's branches can be removed.")
    try:
        return checked(spliced(arch, path, ()))
    except ShapeError as problem:
        branch = path.rpartition(".")[0]
        remove = Remedy(f"Remove all of {branch}", lambda a: without_branch(a, branch), f"--remove {branch}")
        raise Refusal(str(problem), *only_working(arch, remove)) from None


def _inserted(items: tuple[Item, ...], new: Item, index: int | None, where: str) -> tuple[Item, ...]:
    at = len(items) if index is None else index
    if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at <= len(items):
        raise ValueError(f"{where} has places 0 to {len(items)} for a new part, not {shown(at)}.")
    return (*items[:at], new, *items[at:])
