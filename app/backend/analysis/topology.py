"""The traced nodes of a network's parts, each traced once for its topology, whatever its widths.

Widths are erased before a part is built on the meta device and traced, and bound again by :mod:`.cost`. Tests compare
the result with a trace of the whole built network.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from torch import Tensor, nn

from inception_models.arch.shapes import Shape, ShapeError, chain_shape, stage_shape
from inception_models.arch.spec import (
    AuxHead,
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

from .graph import Layer, Traced
from .op_table import layer_of
from .trace import OpLayers, trace

ANY_WIDTH = 16  # so many that every group of a split convolution has several
ROOMY_PX = 299  # a grid on which every published part fits

_Key = tuple[Stage | AuxHead, Unit, Shape]  # what a topology depends on
_KEPT = 512  # topologies
_known: OrderedDict[_Key, tuple[Traced, ...]] = OrderedDict()
_last_parts: dict[int, tuple[Stage | AuxHead, Unit]] = {}  # the last network's by id; holding them keeps the ids valid
_lock = threading.Lock()


def topology(part: Stage | AuxHead, unit: Unit, shape: Shape) -> tuple[Traced, ...]:
    """The traced nodes of one part (of a repeat: of one copy), with paths relative to it and widths not yet bound."""
    block = part.block if isinstance(part, Repeat) else part
    return _traced([_template(part, unit) or (replace(block, name="part"), unit, shape)])[0]


def trace_ahead(parts: Iterable[Stage | AuxHead], unit: Unit) -> None:
    """Trace in one go what :func:`topology` will be asked for: each call of torch.fx has an overhead of milliseconds.

    An edit shares most of its parts with the network before it; these are skipped without a look inside.
    """
    global _last_parts
    before, _last_parts = _last_parts, {id(part): (part, unit) for part in parts}
    new = [part for key, (part, _) in _last_parts.items() if key not in before or before[key][1] != unit]
    templates = (_template(part, unit) for part in new)
    _traced([key for key in dict.fromkeys(templates) if key])


def forget_topologies() -> None:
    """Empty the caches, for benchmarks."""
    global _last_parts
    _last_parts = {}
    with _lock:
        _known.clear()
    for cache in (_template, _fits, _layers):
        cache.cache_clear()


@lru_cache(maxsize=1024)
def _template(part: Stage | AuxHead, unit: Unit) -> _Key | None:
    """The key that parts of one topology share; None where only certain widths or sizes fit together."""
    block = part.block if isinstance(part, Repeat) else part
    erased = _erased(replace(block, name="part"))
    return (erased, unit, (ANY_WIDTH, ROOMY_PX, ROOMY_PX)) if _fits(erased) else None


def _traced(keys: list[_Key]) -> list[tuple[Traced, ...]]:
    with _lock:
        missing = [key for key in keys if key not in _known]
        if missing:
            _known.update(zip(missing, _trace_parts(missing), strict=True))
        traced = [_known[key] for key in keys]
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return traced


class _SideBySide(nn.Module):
    """Parts that all read the same input, so that one trace serves them all."""

    def __init__(self, parts: Iterable[nn.Module]) -> None:
        super().__init__()
        for number, part in enumerate(parts):
            self.add_module(f"part{number}", part)

    def forward(self, x: Tensor) -> list[Tensor]:
        return [part(x) for part in self.children()]


class _Skeleton(Maker):
    """Builds parts in which the layers of every op with weights are a placeholder; they were built and read once."""

    def unit_of(self, op: UnitOp, shape: Shape, block_channels: int) -> nn.Module:
        return OpLayers(_layers(replace(op, name="op"), self.unit, self.classes, shape, block_channels))


@lru_cache(maxsize=512)
def _layers(op: UnitOp, unit: Unit, classes: int, shape: Shape, block_channels: int) -> tuple[tuple[str, Layer], ...]:
    """The layers of an op by name, read from the real modules."""
    real = Maker(unit, classes, "meta").unit_of(op, shape, block_channels)
    return tuple((name, layer_of(module)) for name, module in real.named_children())


def _trace_parts(keys: list[_Key]) -> Iterator[tuple[Traced, ...]]:
    """The trace of every part, cut out of one trace of all."""
    traced = trace(_SideBySide([_Skeleton(unit, ANY_WIDTH, "meta").part(part, shape) for part, unit, shape in keys]))
    owners = [item.path.partition(".")[0] for item in traced]
    for number in range(len(keys)):
        own = [i for i, owner in enumerate(owners) if owner == f"part{number}"]
        place = {-1: -1, **{i: new for new, i in enumerate(own)}}
        yield tuple(
            Traced(traced[i].path.partition(".")[2], traced[i].layer, tuple(place[j] for j in traced[i].inputs))
            for i in own
        )


@lru_cache(maxsize=512)
def _fits(part: Stage | AuxHead) -> bool:
    try:
        shape = (ANY_WIDTH, ROOMY_PX, ROOMY_PX)
        if isinstance(part, AuxHead):
            chain_shape(part.ops, shape, ANY_WIDTH, part.name)
        else:
            stage_shape(part, shape, ANY_WIDTH)
    except ShapeError:
        return False
    return True


def _erased(part: Stage | AuxHead) -> Stage | AuxHead:
    """The same part with every width set to :data:`ANY_WIDTH`."""
    match part:
        case AuxHead():
            return replace(part, ops=tuple(_erased_op(op) for op in part.ops))
        case Inception() | Residual():
            branches = tuple(replace(b, ops=tuple(_erased_op(op) for op in b.ops)) for b in part.branches)
            return replace(part, branches=branches)
        case Repeat():
            return part  # its block is erased instead
        case _:
            return _erased_op(part)


def _erased_op(op: Op) -> Op:
    match op:
        case Conv() | SepConv() | Linear() if op.width is not None:
            return replace(op, width=ANY_WIDTH)
        case Fork():
            return replace(op, ops=tuple(replace(c, width=ANY_WIDTH) for c in op.ops))
        case _:
            return op
