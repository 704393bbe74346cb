"""The papers' experiments on one place of a network: factorise a convolution, drop the 1x1 reductions, swap a pool.

Factorising: Szegedy et al. 2015, "Rethinking the Inception Architecture", section 3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ..arch.refusal import Refusal, Remedy, only_working
from ..arch.rules import checked
from ..arch.shapes import Shape, op_input, op_shape
from ..arch.spec import Arch, Branch, Conv, Pool
from ..arch.tree import block_at, row_of, spliced, unknown, walk, with_block

Into = Literal["3x3s", "1xk_kx1"]
FirstWidth = Literal["input", "mean", "output"]
"""How wide the factors before the last are: as the input; the geometric mean, in equal steps from the input to the
output, which is the paper's expansion "by the square root of alpha in both steps" (section 3.1); or as the output."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What factorising a convolution does to its weights and MACs, biases and norms aside."""

    weights_before: int
    weights_after: int
    macs_before: int
    macs_after: int

    def sentence(self) -> str:
        """Before and after in words; whether anything is saved."""
        share = self.weights_after / self.weights_before - 1
        text = (
            f"{self.weights_before:,} → {self.weights_after:,} weights ({share:+.1%}),"
            f" {self.macs_before:,} → {self.macs_after:,} MACs"
        )
        saves = self.weights_after < self.weights_before and self.macs_after < self.macs_before
        return text if saves else f"{text}: this saves nothing here"


def saving(arch: Arch, path: str, into: Into = "3x3s", first: FirstWidth = "mean") -> Saving:
    """What :func:`factorised` would change.

    Raises:
        ValueError: as it does.
    """
    row = row_of(factorised(arch, path, into, first), path)
    old = _conv_at(arch, path)
    names = {op.name for op in row_of(arch, path)} - {old.name}
    shape, channels = op_input(arch, path)
    before = _cost((old,), shape, channels)
    after = _cost(tuple(op for op in row if isinstance(op, Conv) and op.name not in names), shape, channels)
    return Saving(before[0], after[0], before[1], after[1])


def _cost(convs: tuple[Conv, ...], shape: Shape, block_channels: int) -> tuple[int, int]:
    """Weights and MACs of convolutions in a row."""
    weights = macs = 0
    for conv in convs:
        after = op_shape(conv, shape, 0, conv.name, block_channels)
        own = shape[0] * after[0] * conv.kernel[0] * conv.kernel[1]
        weights += own
        macs += own * after[1] * after[2]
        shape = after
    return weights, macs


def factorised(arch: Arch, path: str, into: Into = "3x3s", first: FirstWidth = "mean") -> Arch:
    """The k x k convolution at ``path`` as (k-1)/2 convolutions of 3x3, or as 1xk followed by kx1.

    The last one keeps the name, so the path, the width and the stride stay where they were; those in front of it are
    called ``name_1``, ``name_2`` ... They have its unit, and the width that ``first`` says; the output grid and width
    stay the same.

    Raises:
        ValueError: where ``path`` is not such a convolution.
    """
    conv = _conv_at(arch, path)
    high, wide = conv.kernel
    if into == "3x3s" and (high != wide or high < 5 or high % 2 == 0):
        split = Remedy(
            "Factorise into 1×k and k×1", lambda a: factorised(a, path, "1xk_kx1", first), f"--factorise {path}=1xk_kx1"
        )
        raise Refusal(
            f"{path} is {high}×{wide}, not 5×5, 7×7 or larger and odd, so 3×3s cannot replace it.",
            *only_working(arch, split),
        )
    if into == "1xk_kx1" and (high != wide or high < 2):
        raise ValueError(f"{path} is {high}×{wide}; only a square larger than 1×1 splits into 1×k and k×1.")
    kernels = [(3, 3)] * ((high - 1) // 2) if into == "3x3s" else [(1, wide), (high, 1)]
    taken = {op.name for op in row_of(arch, path)}
    factors = tuple(
        replace(conv, name=_free(f"{conv.name}_{number}", taken), width=width, kernel=kernel, stride=1)
        for number, (kernel, width) in enumerate(
            zip(kernels[:-1], _widths(arch, path, conv, len(kernels), first), strict=True), 1
        )
    )
    return checked(spliced(arch, path, (*factors, replace(conv, kernel=kernels[-1]))))


def _widths(arch: Arch, path: str, conv: Conv, factors: int, first: FirstWidth) -> list[int | None]:
    """Of the factors before the last."""
    if first == "output":
        return [conv.width] * (factors - 1)
    shape, block_channels = op_input(arch, path)
    entering, leaving = shape[0], conv.width or block_channels
    if first == "input":
        return [entering] * (factors - 1)
    return [round(entering * (leaving / entering) ** (step / factors)) for step in range(1, factors)]


def unfactorised(arch: Arch, path: str) -> Arch:
    """The convolution at ``path`` and those in front of it that it was factorised with as one: this undoes
    :func:`factorised`, and turns the double 3x3 of a published network into the 5x5 that it replaced.

    A kx1 and the 1xk before it (or the other way round) become k x k. Of 3x3s, all that directly precede it in a row
    with stride 1 count, back to the one called ``name_1`` if there is one. Width, stride and unit are the last one's.

    Raises:
        ValueError: where nothing in front of ``path`` belongs to it.
    """
    last = _conv_at(arch, path)
    row = row_of(arch, path)
    factors: list[Conv] = []
    for op in reversed(row[: [part.name for part in row].index(last.name)]):
        if not isinstance(op, Conv) or op.stride != 1 or op.padding != last.padding or not _pairs(op, last):
            break
        factors.append(op)
        if last.kernel != (3, 3) or op.name.rstrip("_") == f"{last.name}_1":
            break
    if not factors:
        raise ValueError(
            f"Nothing in front of {path} can be joined with it; a 3×3 after a 3×3, or a k×1 after a 1×k, can."
        )
    side = 2 * len(factors) + 3 if last.kernel == (3, 3) else max(last.kernel)
    return checked(spliced(arch, path, (replace(last, kernel=(side, side)),), before=len(factors)))


def _pairs(op: Conv, last: Conv) -> bool:
    high, wide = last.kernel
    return op.kernel == (3, 3) == last.kernel or (1 in last.kernel and high != wide and op.kernel == (wide, high))


def naive(arch: Arch, block: str) -> Arch:
    """A module without its 1x1 reductions and pool projections: figure 2a of "Going deeper with convolutions".

    Every 1x1 convolution with stride 1 that shares its branch with something else goes.

    Raises:
        ValueError: where the block has none, or where the network does not fit together without them.
    """
    old = block_at(arch, block)
    branches = tuple(_without_reductions(b) for b in old.branches)
    if branches == old.branches:
        raise ValueError(f"{block} has no 1×1 reductions to leave out; a module with a 1×1 in front of a filter has.")
    return checked(with_block(arch, replace(old, branches=branches)))


def _without_reductions(branch: Branch) -> Branch:
    kept = tuple(op for op in branch.ops if not (isinstance(op, Conv) and op.kernel == (1, 1) and op.stride == 1))
    return replace(branch, ops=kept) if kept else branch


def swapped_pool(arch: Arch, path: str) -> Arch:
    """The max pool at ``path`` as an average pool, or the other way round.

    Raises:
        ValueError: where ``path`` is not a pool, or pads in a way that an average pool cannot.
    """
    pools = {p: op for p, op in walk(arch) if isinstance(op, Pool)}
    if path not in pools:
        raise unknown(path, pools, "a pool")
    old = pools[path]
    return checked(spliced(arch, path, (replace(old, kind="avg" if old.kind == "max" else "max"),)))


def _conv_at(arch: Arch, path: str) -> Conv:
    convs = {p: op for p, op in walk(arch) if isinstance(op, Conv)}
    if path not in convs:
        raise unknown(path, convs, "a convolution")
    return convs[path]


def _free(name: str, taken: set[str]) -> str:
    """``name``, or with as many underscores at its end as it takes to be the only one."""
    while name in taken:
        name += "_"
    return name
