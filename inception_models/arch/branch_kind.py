"""What a branch of a block is: by the side of the window that its filters make together, or a pool, or a shortcut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from .spec import Branch, Conv, Fork, Op, Pool, SepConv, SplitConv

BranchKind = Literal["1x1", "3x3", "5x5", "7x7", "pool", "shortcut"]


def branch_kind(branch: Branch) -> BranchKind:
    """What a branch is, from the side of the window that its filters make together.

    A name with 5x5 in it counts too: torchvision's 5x5 branch has 3x3 filters and keeps its place and colour.
    """
    if branch.ops and isinstance(branch.ops[0], Pool):
        return "pool"
    if not branch.ops:
        return "shortcut"
    sides = [side for op in branch.ops for side in _sides(op)]
    if max(sides, default=1) >= 7:
        return "7x7"
    window = max(1 + sum(_reach(op, axis) for op in branch.ops) for axis in (0, 1))
    if window >= 5 or "5x5" in branch.name:
        return "5x5"
    return "3x3" if window == 3 else "1x1"


def _sides(op: Op) -> Iterable[int]:
    match op:
        case Conv() | SepConv():
            return op.kernel
        case SplitConv():
            return op.square, op.band
        case Fork():
            return tuple(side for o in op.ops for side in o.kernel)
        case _:
            return ()


def _reach(op: Op, axis: int) -> int:
    """By how many pixels an op widens the window along one side, strides aside."""
    match op:
        case Conv() | SepConv():
            return op.kernel[axis] - 1
        case SplitConv():
            return max(kernel[axis] for kernel in op.kernels) - 1
        case Fork():
            return max(o.kernel[axis] for o in op.ops) - 1
        case _:
            return 0
