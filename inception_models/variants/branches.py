"""What several variants share: the branches of the modules of Inception v2 and its successors, and the classifier."""

from __future__ import annotations

from ..arch.spec import Branch, Conv, Dropout, Fork, GlobalPool, Linear, Op, Padding, Pool, PoolKind, Stage


def branch1x1(width: int) -> Branch:
    """1x1."""
    return Branch("branch1x1", (Conv("conv", width),))


def branch3x3(*widths: int, halve: Padding | None = None, name: str = "branch3x3") -> Branch:
    """1x1 to the first width, 3x3 to the second; one width: no 1x1. ``halve``: stride 2 with this padding."""
    *reduce, width = widths
    return Branch(name, (*(Conv("reduce", n) for n in reduce), _last("conv", width, halve)))


def branch5x5(reduce: int, width: int) -> Branch:
    """1x1, 5x5."""
    return Branch("branch5x5", (Conv("reduce", reduce), Conv("conv", width, (5, 5))))


def branch3x3dbl(reduce: int, width1: int, width2: int, halve: Padding | None = None) -> Branch:
    """1x1, 3x3, 3x3. ``halve``: the last 3x3 has stride 2 with this padding."""
    return Branch(
        "branch3x3dbl", (Conv("reduce", reduce), Conv("conv1", width1, (3, 3)), _last("conv2", width2, halve))
    )


def branch7x7(reduce: int, width1x7: int, width7x1: int, *then: Op) -> Branch:
    """1x1, 1x7, 7x1, then whatever else is given."""
    return Branch(
        "branch7x7",
        (Conv("reduce", reduce), Conv("conv1x7", width1x7, (1, 7)), Conv("conv7x1", width7x1, (7, 1)), *then),
    )


def branch7x7dbl(reduce: int, width1: int, width2: int, width3: int, width4: int) -> Branch:
    """1x1, 7x1, 1x7, 7x1, 1x7."""
    ops = (
        Conv("reduce", reduce),
        Conv("conv7x1_1", width1, (7, 1)),
        Conv("conv1x7_1", width2, (1, 7)),
        Conv("conv7x1_2", width3, (7, 1)),
        Conv("conv1x7_2", width4, (1, 7)),
    )
    return Branch("branch7x7dbl", ops)


def branch_pool(proj: int, kind: PoolKind = "avg", include_pad: bool = True) -> Branch:
    """3x3 pool with stride 1, 1x1."""
    return Branch("branch_pool", (Pool("pool", kind, 3, 1, "same", include_pad=include_pad), Conv("proj", proj)))


def branch_down(pool: Pool | None = None) -> Branch:
    """A pool that halves the grid and passes all its channels on."""
    return Branch("branch_pool", (pool or Pool("pool", "max", 3, 2),))


def fork(width: int) -> Fork:
    """1x3 and 3x1 side by side."""
    return Fork("fork", (Conv("conv1x3", width, (1, 3)), Conv("conv3x1", width, (3, 1))))


def classifier_head(dropout: float) -> tuple[Stage, ...]:
    """Average over the whole grid, dropout, one fully connected layer to the classes."""
    return GlobalPool("avgpool"), Dropout("dropout", dropout), Linear("fc")


def _last(name: str, width: int, halve: Padding | None) -> Conv:
    return Conv(name, width, (3, 3)) if halve is None else Conv(name, width, (3, 3), 2, halve)
