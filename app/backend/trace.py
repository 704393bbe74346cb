"""What the real modules compute: torch.fx traces them, and every traced node becomes a :class:`Layer`.

A part is traced once for each topology, not for each width: widths are erased before the part is built on the meta
device, and bound again by :mod:`app.backend.cost`. Tests compare the result with a trace of the whole built network.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import cast

import torch
from torch import fx, nn
from torch.nn import functional as F

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

from .graph import Kind, Layer, Traced

ANY_WIDTH = 8
ROOMY = 299  # pixels: a grid on which every published part fits


class UnknownOp(ValueError):
    """The counter does not know an op; counting it as zero would be a lie."""


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
        elif node.op != "output" and not _packs(node):
            layer = _layer(node, module)
            path = _unused(_path(node, layer.kind, strip), taken)
            inputs = tuple(position[n] for n in _sources(node))
            position[node] = len(found)
            found.append(Traced(path, layer, inputs))
    return tuple(found)


def _sources(node: fx.Node) -> list[fx.Node]:
    """The nodes that this one reads, each as often as it does: two empty branches both pass the block's input on."""
    found: list[fx.Node] = []
    fx.node.map_arg((node.args, node.kwargs), found.append)
    return found


def _packs(node: fx.Node) -> bool:
    """Whether a node only puts outputs into a named tuple."""
    return isinstance(node.target, type) and issubclass(node.target, tuple)


def _path(node: fx.Node, kind: Kind, strip: str) -> str:
    """A module's own path; a function's is its kind, below the module that calls it."""
    if node.op == "call_module":
        path = str(node.target)
    else:
        stack = list(node.meta.get("nn_module_stack", {}))
        path = f"{stack[-1]}.{kind}" if stack and stack[-1] else kind
    return path.removeprefix(strip).removeprefix(".")


def _unused(path: str, taken: set[str]) -> str:
    name, number = path, 1
    while name in taken:
        number += 1
        name = f"{path}_{number}"
    taken.add(name)
    return name


def _layer(node: fx.Node, root: nn.Module) -> Layer:
    if node.op == "call_module":
        return layer_of(root.get_submodule(str(node.target)))
    layer = FUNCTIONS.get(node.target) if node.op == "call_function" else None
    if layer is None:
        name = getattr(node.target, "__name__", str(node.target))
        raise UnknownOp(f"The operation {name!r} at {node.name!r} is not one that this program can count.")
    return layer


def layer_of(module: nn.Module) -> Layer:
    """What one torch module does.

    Raises:
        UnknownOp: naming the module's class, where it is not known.
    """
    for kind, describe in MODULES.items():
        if isinstance(module, kind):
            return describe(module)
    raise UnknownOp(f"The layer {type(module).__name__} is not one that this program can count.")


def _pair(value: int | tuple[int, ...]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[-1])


def _times(kernel: tuple[int, int], stride: tuple[int, int]) -> str:
    """``3x3/2``: a window and its stride."""
    return f"{kernel[0]}×{kernel[1]}" + (f"/{stride[0]}" if max(stride) > 1 else "")


def _conv(m: nn.Module) -> Layer:
    assert isinstance(m, nn.Conv2d)
    if _pair(m.dilation) != (1, 1) or isinstance(m.padding, str):
        raise UnknownOp("A dilated convolution, or one with padding given as a word, is not one that is counted here.")
    kernel, stride = _pair(m.kernel_size), _pair(m.stride)
    detail = _times(kernel, stride) + (" depthwise" if m.groups > 1 and m.groups == m.in_channels else "")
    padding = _pair(m.padding)
    return Layer("conv", detail, m.out_channels, kernel, stride, padding, m.groups, m.bias is not None)


def _pool(m: nn.Module) -> Layer:
    assert isinstance(m, nn.MaxPool2d | nn.AvgPool2d)
    kernel = _pair(m.kernel_size)
    stride = _pair(m.stride)
    kind: Kind = "max_pool" if isinstance(m, nn.MaxPool2d) else "avg_pool"
    return Layer(kind, _times(kernel, stride), 0, kernel, stride, _pair(m.padding), ceil=m.ceil_mode)


def _norm(m: nn.Module) -> Layer:
    assert isinstance(m, nn.modules.batchnorm._BatchNorm)
    trained = sum(p is not None and p.requires_grad for p in m._parameters.values())
    return Layer("batch_norm", "BatchNorm", norm_params=trained)


def _adaptive(m: nn.Module) -> Layer:
    assert isinstance(m, nn.AdaptiveAvgPool2d)
    size = m.output_size
    assert isinstance(size, int | tuple)
    out = _pair(cast(tuple[int, int], size))
    return Layer("adaptive_pool", f"to {out[0]}×{out[1]}", output_size=out)


def _pad(m: nn.Module) -> Layer:
    assert isinstance(m, SamePad2d)
    return Layer("pad", "SAME", kernel=m.kernel, stride=(m.stride, m.stride))


def _linear(m: nn.Module) -> Layer:
    assert isinstance(m, nn.Linear)
    return Layer("linear", "linear", m.out_features, bias=m.bias is not None)


def _fixed(layer: Layer) -> Callable[[nn.Module], Layer]:
    return lambda _: layer


def _named(kind: Kind) -> Callable[[nn.Module], Layer]:
    return lambda m: Layer(kind, type(m).__name__)


MODULES: dict[type[nn.Module], Callable[[nn.Module], Layer]] = {
    nn.Conv2d: _conv,
    nn.modules.batchnorm._BatchNorm: _norm,
    nn.ReLU: _named("activation"),
    nn.MaxPool2d: _pool,
    nn.AvgPool2d: _pool,
    nn.AdaptiveAvgPool2d: _adaptive,
    nn.Linear: _linear,
    nn.Dropout: lambda m: Layer("dropout", f"p = {cast(nn.Dropout, m).p:g}"),
    nn.LocalResponseNorm: _fixed(Layer("lrn", "LRN")),
    nn.Flatten: _fixed(Layer("flatten", "flatten")),
    nn.Identity: _fixed(Layer("identity", "identity")),
    SamePad2d: _pad,
    UnitNormalize: _fixed(Layer("normalize", "to length 1")),
    nn.ReLU6: _named("activation"),
    nn.LeakyReLU: _named("activation"),
    nn.ELU: _named("activation"),
    nn.GELU: _named("activation"),
    nn.SiLU: _named("activation"),
    nn.Hardswish: _named("activation"),
}

FUNCTIONS: dict[object, Layer] = {
    torch.cat: Layer("concat", "concat"),
    operator.add: Layer("add", "add"),
    torch.add: Layer("add", "add"),
    operator.mul: Layer("scale", "scale"),
    torch.flatten: Layer("flatten", "flatten"),
    F.relu: Layer("activation", "ReLU"),
    torch.relu: Layer("activation", "ReLU"),
}
