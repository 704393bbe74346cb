"""The traced nodes of a network's parts, each traced once for its topology, whatever its widths.

Widths are erased before a part is built on the meta device and its calls recorded, and bound again by :mod:`.cost`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from torch import nn

from inception_models.arch.shapes import Shape, ShapeError, chain_shape, stage_shape
from inception_models.arch.spec import (
    AuxHead,
    Branch,
    Conv,
    Fork,
    Inception,
    Linear,
    Op,
    Repeat,
    Residual,
    SepConv,
    Stage,
    Unit,
)
from inception_models.net.builder import Maker, UnitOp

from .graph import Traced
from .op_table import layer_of
from .recording import NamedLayers, OpLayers, record

ANY_WIDTH = 16  # so many that every group of a split convolution has several
ROOMY_PX = 299  # a grid on which every published part fits
NAME = "part"  # of a part whose own name does not matter
ROOMY: Shape = (ANY_WIDTH, ROOMY_PX, ROOMY_PX)


def topology(part: Stage | AuxHead, unit: Unit, shape: Shape) -> tuple[Traced, ...]:
    """The traced nodes of one part (of a repeat: of one copy), with paths relative to it and widths not yet bound.

    Parts of one topology share them: the very same tuple.
    """
    known = _generic(part, unit)
    if known:
        return known
    return _traced(replace(part.block if isinstance(part, Repeat) else part, name=NAME), unit, shape)


@lru_cache(maxsize=1024)
def _generic(part: Stage | AuxHead, unit: Unit) -> tuple[Traced, ...]:
    """The nodes of all parts of one topology; none where only certain widths or sizes fit together."""
    return _fitting(_erased(part), unit)


@lru_cache(maxsize=512)
def _fitting(part: Stage | AuxHead, unit: Unit) -> tuple[Traced, ...]:
    try:
        if isinstance(part, AuxHead):
            chain_shape(part.ops, ROOMY, ANY_WIDTH, part.name)
        else:
            stage_shape(part, ROOMY, ANY_WIDTH)
    except ShapeError:
        return ()
    return _traced(part, unit, ROOMY)


@lru_cache(maxsize=512)
def _traced(part: Stage | AuxHead, unit: Unit, shape: Shape) -> tuple[Traced, ...]:
    return record(_Skeleton(unit, ANY_WIDTH, "meta").part(part, shape))


class _Skeleton(Maker):
    """Builds parts in which the layers of every op with weights are a placeholder; they were built and read once."""

    def unit_of(self, op: UnitOp, shape: Shape, block_channels: int) -> nn.Module:
        return OpLayers(_layers(replace(op, name="op"), self.unit))


@lru_cache(maxsize=512)
def _layers(op: UnitOp, unit: Unit) -> NamedLayers:
    """The layers of an op by name, read from the real modules."""
    real = _Reader(unit, ANY_WIDTH, "meta").unit_of(op, (ANY_WIDTH,), ANY_WIDTH)
    return tuple((name, layer_of(module)) for name, module in real.named_children())


class _Conv2d(nn.Conv2d):
    """Only to be read: drawing initial weights, which the meta device discards, would take most of the time."""

    def reset_parameters(self) -> None:
        pass


class _Linear(nn.Linear):
    """Likewise."""

    def reset_parameters(self) -> None:
        pass


class _Reader(Maker):
    """Builds ops to be read: what follows a convolution is the same modules each time, which take longest to build."""

    conv2d, fully_connected = _Conv2d, _Linear

    def after(self, unit: Unit, width: int, activate: bool) -> Iterator[tuple[str, nn.Module]]:
        yield from _after(unit, width, activate)


@lru_cache(maxsize=64)
def _after(unit: Unit, width: int, activate: bool) -> tuple[tuple[str, nn.Module], ...]:
    return tuple(Maker(unit, ANY_WIDTH, "meta").after(unit, width, activate))


def _erased(part: Stage | AuxHead) -> Stage | AuxHead:
    """The same part, of a repeat its block, without its name and with every width set to :data:`ANY_WIDTH`."""
    match part:
        case AuxHead():
            return replace(part, name=NAME, ops=tuple(_erased_op(op) for op in part.ops))
        case Inception() | Residual():
            branches = tuple([Branch(b.name, tuple([_erased_op(op) for op in b.ops])) for b in part.branches])
            return replace(part, name=NAME, branches=branches)
        case Repeat():
            return _erased(part.block)
        case _:
            return replace(_erased_op(part), name=NAME)


@lru_cache(maxsize=1024)
def _erased_op(op: Op) -> Op:
    match op:
        case Conv() | SepConv() | Linear() if op.width is not None:
            return replace(op, width=ANY_WIDTH)
        case Fork():
            return replace(op, ops=tuple(replace(c, width=ANY_WIDTH) for c in op.ops))
        case _:
            return op
