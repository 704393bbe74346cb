"""What the real modules compute: torch.fx traces them, and every traced node becomes a :class:`Layer`.

A part is traced once for each topology, not for each width: widths are erased before the part is built on the meta
device, and bound again by :mod:`.cost`. Tests compare the result with a trace of the whole built network.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from torch import Tensor, fx, nn

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
from inception_models.net.builder import Maker
from inception_models.net.layers import BatchNormNoGamma, SamePad2d, UnitNormalize

from .graph import Kind, Layer, Traced
from .op_table import UnknownOp, layer_at, layer_of

ANY_WIDTH = 8
ROOMY = 299  # pixels: a grid on which every published part fits


# --- topology --------------------------------------------------------------------------------------------------------


Key = tuple[Stage | AuxHead, Unit, Shape]  # what a topology depends on
KEPT = 512  # topologies
_known: OrderedDict[Key, tuple[Traced, ...]] = OrderedDict()
_prepared: dict[int, tuple[Stage | AuxHead, Unit]] = {}  # the last network's parts by id; holding them keeps ids valid
_lock = threading.Lock()


def topology(part: Stage | AuxHead, unit: Unit, shape: Shape) -> tuple[Traced, ...]:
    """The traced nodes of one part (of a repeat: of one copy), with paths relative to it and widths not yet bound."""
    block = part.block if isinstance(part, Repeat) else part
    return _traced([_template(part, unit) or (replace(block, name="part"), unit, shape)])[0]


def prepare(parts: Iterable[Stage | AuxHead], unit: Unit) -> None:
    """Trace at once what :func:`topology` will be asked for: each call of torch.fx costs milliseconds of its own.

    An edit shares most of its parts with the network before it; these are passed over without a look inside.
    """
    global _prepared
    before, _prepared = _prepared, {id(part): (part, unit) for part in parts}
    new = [part for key, (part, _) in _prepared.items() if key not in before or before[key][1] != unit]
    templates = (_template(part, unit) for part in new)
    _traced([key for key in dict.fromkeys(templates) if key])


def forget() -> None:
    """Empty the cache, for whoever measures."""
    global _prepared
    _prepared = {}
    with _lock:
        _known.clear()
    for cache in (_template, _fits, _layers):
        cache.cache_clear()


@lru_cache(maxsize=4096)
def _template(part: Stage | AuxHead, unit: Unit) -> Key | None:
    """What parts of one topology share; None where widths must add up, or grids agree at this size only."""
    block = part.block if isinstance(part, Repeat) else part
    erased = _erased(replace(block, name="part"))
    return (erased, unit, (ANY_WIDTH, ROOMY, ROOMY)) if _fits(erased) else None


def _traced(keys: list[Key]) -> list[tuple[Traced, ...]]:
    with _lock:
        missing = [key for key in keys if key not in _known]
        if missing:
            _known.update(zip(missing, _trace_parts(missing), strict=True))
        found = [_known[key] for key in keys]
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found


class _SideBySide(nn.Module):
    """Parts that all read the same input, so that one trace serves them all."""

    def __init__(self, parts: Iterable[nn.Module]) -> None:
        super().__init__()
        for number, part in enumerate(parts):
            self.add_module(f"part{number}", part)

    def forward(self, x: Tensor) -> list[Tensor]:
        return [part(x) for part in self.children()]


class _Described(nn.Module):
    """Stands for the layers of one op, which are in a row: torch.fx then has one step to follow instead of three."""

    def __init__(self, layers: tuple[tuple[str, Layer], ...]) -> None:
        super().__init__()
        self.layers = layers


class _Skeleton(Maker):
    """Builds parts in which every op with weights is described; what is described was built once, to be read."""

    def unit_of(self, op: Conv | SepConv | Linear, shape: Shape, block_channels: int) -> nn.Module:
        return _Described(_layers(replace(op, name="op"), self.unit, self.classes, shape, block_channels))


@lru_cache(maxsize=512)
def _layers(
    op: Conv | SepConv | Linear, unit: Unit, classes: int, shape: Shape, block_channels: int
) -> tuple[tuple[str, Layer], ...]:
    """The layers of an op by name, read off the real modules."""
    real = Maker(unit, classes, "meta").unit_of(op, shape, block_channels)
    return tuple((name, layer_of(module)) for name, module in real.named_children())


def _trace_parts(keys: list[Key]) -> Iterator[tuple[Traced, ...]]:
    """The trace of every part, cut out of one trace of all."""
    found = trace(_SideBySide([_Skeleton(unit, ANY_WIDTH, "meta").part(part, shape) for part, unit, shape in keys]))
    owners = [item.path.partition(".")[0] for item in found]
    for number in range(len(keys)):
        own = [i for i, owner in enumerate(owners) if owner == f"part{number}"]
        place = {-1: -1, **{i: new for new, i in enumerate(own)}}
        yield tuple(
            Traced(found[i].path.partition(".")[2], found[i].layer, tuple(place[j] for j in found[i].inputs))
            for i in own
        )


@lru_cache(maxsize=512)
def _fits(part: Stage | AuxHead) -> bool:
    try:
        shape = (ANY_WIDTH, ROOMY, ROOMY)
        if isinstance(part, AuxHead):
            chain_shape(part.ops, shape, ANY_WIDTH, part.name)
        else:
            stage_shape(part, shape, ANY_WIDTH)
    except ShapeError:
        return False
    return True


def _erased(part: Stage | AuxHead) -> Stage | AuxHead:
    """The same part with every width replaced by one and the same."""
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


# --- torch.fx --------------------------------------------------------------------------------------------------------


_one_trace = threading.Lock()

WHOLES = (SamePad2d, UnitNormalize, BatchNormNoGamma, _Described)


class Tracer(fx.Tracer):
    """torch.fx's, which also takes this project's own layers as wholes.

    While it traces, torch.fx replaces ``nn.Module.__call__`` and ``__getattr__`` for the whole process. What another
    thread runs meanwhile is handed on unchanged, so it goes its usual way, hooks included. Two traces at once would
    each take the other's replacement for the original and leave it in place: one waits for the other.
    """

    def __init__(self) -> None:
        super().__init__()
        self.thread = 0

    def trace(
        self, root: nn.Module | Callable[..., object], concrete_args: dict[str, object] | None = None
    ) -> fx.Graph:
        with _one_trace:
            self.thread = threading.get_ident()
            return super().trace(root, concrete_args)

    def call_module(
        self, m: nn.Module, forward: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> object:
        if threading.get_ident() != self.thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: object, parameter_proxy_cache: dict[str, fx.Proxy]) -> object:
        if threading.get_ident() != self.thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, WHOLES) or super().is_leaf_module(m, module_qualified_name)


def trace(module: nn.Module) -> tuple[Traced, ...]:
    """Every node of ``module``, traced by torch.fx.

    Raises:
        UnknownOp: naming an op that the counter does not know.
    """
    graph = Tracer().trace(module)
    position: dict[fx.Node, int] = {}
    found: list[Traced] = []
    taken: set[str] = set()
    for node in graph.nodes:
        if node.op == "placeholder":
            position[node] = -1
        elif node.op == "call_module" and isinstance(unit := module.get_submodule(str(node.target)), _Described):
            (source,) = [position[n] for n in sources(node)]
            for name, layer in unit.layers:
                found.append(Traced(f"{node.target}.{name}", layer, (source,)))
                source = len(found) - 1
            position[node] = source
        elif node.op != "output" and not packs(node):
            layer = layer_at(node, module)
            path = unused(path_of(node, layer.kind), taken)
            inputs = tuple(position[n] for n in sources(node))
            position[node] = len(found)
            found.append(Traced(path, layer, inputs))
    return tuple(found)


def sources(node: fx.Node) -> list[fx.Node]:
    """The nodes that this one reads, each as often as it does: two empty branches both pass the block's input on."""
    found: list[fx.Node] = []
    fx.node.map_arg((node.args, node.kwargs), found.append)
    return found


def packs(node: fx.Node) -> bool:
    """Whether a node only puts outputs into a named tuple."""
    return isinstance(node.target, type) and issubclass(node.target, tuple)


def path_of(node: fx.Node, kind: Kind) -> str:
    """A module's own path; a function's is its kind, below the module that calls it."""
    if node.op == "call_module":
        return str(node.target)
    stack = list(node.meta.get("nn_module_stack", {}))
    return f"{stack[-1]}.{kind}" if stack and stack[-1] else kind


def unused(path: str, taken: set[str]) -> str:
    """``path``, or with a number behind it if it is taken; takes it."""
    name, number = path, 1
    while name in taken:
        number += 1
        name = f"{path}_{number}"
    taken.add(name)
    return name


__all__ = ["UnknownOp", "layer_of", "topology", "trace"]
