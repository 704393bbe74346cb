"""What the real modules compute: torch.fx traces them, and every traced node becomes a :class:`Layer`.

A part is traced once for each topology, not for each width: widths are erased before the part is built on the meta
device, and bound again by :mod:`app.backend.cost`. Tests compare the result with a trace of the whole built network.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from torch import fx, nn

from inception_models.builder import build_stage
from inception_models.layers import BatchNormNoGamma, SamePad2d, UnitNormalize, chain
from inception_models.shapes import Shape, ShapeError, chain_shape, stage_shape
from inception_models.spec import (
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

from .graph import Kind, Traced
from .op_table import UnknownOp, layer_at, layer_of

ANY_WIDTH = 8
ROOMY = 299  # pixels: a grid on which every published part fits


# --- topology --------------------------------------------------------------------------------------------------------


def topology(part: Stage | AuxHead, unit: Unit, shape: Shape) -> tuple[Traced, ...]:
    """The traced nodes of one part (of a repeat: of one copy), with paths relative to it and widths not yet bound."""
    if isinstance(part, Repeat):
        part = part.block
    part = replace(part, name="part")
    erased = _erased(part)
    if _fits(erased):
        return _trace_part(erased, unit, (ANY_WIDTH, ROOMY, ROOMY))
    return _trace_part(part, unit, shape)  # widths that must add up, or grids that agree at this size only


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


@lru_cache(maxsize=512)
def _trace_part(part: Stage | AuxHead, unit: Unit, shape: Shape) -> tuple[Traced, ...]:
    module = build_stage(part, shape, unit, ANY_WIDTH, "meta")
    return trace(chain([("part", module)]), strip="part")


def _erased(part: Stage | AuxHead) -> Stage | AuxHead:
    """The same part with every width replaced by one and the same."""
    match part:
        case AuxHead():
            return replace(part, ops=tuple(_erased_op(op) for op in part.ops))
        case Inception() | Residual():
            branches = tuple(replace(b, ops=tuple(_erased_op(op) for op in b.ops)) for b in part.branches)
            return replace(part, branches=branches)
        case Repeat():
            return part
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


class _Tracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, SamePad2d | UnitNormalize | BatchNormNoGamma) or super().is_leaf_module(
            m, module_qualified_name
        )


def trace(module: nn.Module, strip: str = "") -> tuple[Traced, ...]:
    """Every node of ``module``, traced by torch.fx; ``strip`` is a first path segment to leave out.

    Raises:
        UnknownOp: naming an op that the counter does not know.
    """
    graph = _Tracer().trace(module)
    position: dict[fx.Node, int] = {}
    found: list[Traced] = []
    taken: set[str] = set()
    for node in graph.nodes:
        if node.op == "placeholder":
            position[node] = -1
        elif node.op != "output" and not packs(node):
            layer = layer_at(node, module)
            path = unused(path_of(node, layer.kind, strip), taken)
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


def path_of(node: fx.Node, kind: Kind, strip: str) -> str:
    """A module's own path; a function's is its kind, below the module that calls it."""
    if node.op == "call_module":
        path = str(node.target)
    else:
        stack = list(node.meta.get("nn_module_stack", {}))
        path = f"{stack[-1]}.{kind}" if stack and stack[-1] else kind
    return path.removeprefix(strip).removeprefix(".")


def unused(path: str, taken: set[str]) -> str:
    """``path``, or with a number behind it if it is taken; takes it."""
    name, number = path, 1
    while name in taken:
        number += 1
        name = f"{path}_{number}"
    taken.add(name)
    return name


__all__ = ["UnknownOp", "layer_of", "topology", "trace"]
