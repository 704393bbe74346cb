"""Which layer each of torch's modules, functions and methods is, as far as this program can count them.

An op that is missing here is an error that names it, never zero. To add one: a line in the table of modules, functions
or methods, and a row in :data:`.kinds.KINDS` if it is of a new kind.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import cast

import torch
from torch import fx, nn
from torch.nn import functional as F

from inception_models.net.layers import (
    BatchNormNoGamma,
    ChannelLayerNorm,
    ChannelScale,
    ChannelSlice,
    SamePad2d,
    UnitNormalize,
)

from .graph import Layer
from .kinds import LayerKind, UnknownOp


def layer_at(node: fx.Node, root: nn.Module) -> Layer:
    """What a traced node of ``root`` does.

    Raises:
        UnknownOp: naming the op and its place, where it is not known.
    """
    match node.op:
        case "call_module":
            return layer_of(root.get_submodule(str(node.target)))
        case "call_function":
            known = LAYER_OF_FUNCTION.get(node.target)
        case "call_method":
            known = LAYER_OF_METHOD.get(str(node.target))
        case _:
            known = None
    if known is None:
        name = getattr(node.target, "__name__", str(node.target))
        raise UnknownOp(f"The operation {name!r} at {node.name!r} is not one that this program can count.")
    return known if isinstance(known, Layer) else known(node)


def layer_of(module: nn.Module) -> Layer:
    """What one torch module does.

    Raises:
        UnknownOp: naming the module's class, where it is not known.
    """
    for kind, describe in LAYER_OF_MODULE.items():
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
    depthwise = m.groups == m.in_channels
    return Layer("conv", detail, m.out_channels, kernel, stride, padding, m.groups, depthwise, m.bias is not None)


def _pool(m: nn.Module) -> Layer:
    assert isinstance(m, nn.MaxPool2d | nn.AvgPool2d)
    kernel = _pair(m.kernel_size)
    stride = _pair(m.stride)
    kind: LayerKind = "max_pool" if isinstance(m, nn.MaxPool2d) else "avg_pool"
    return Layer(kind, _times(kernel, stride), 0, kernel, stride, _pair(m.padding), ceil=m.ceil_mode)


def _norm(m: nn.Module) -> Layer:
    assert isinstance(m, nn.modules.batchnorm._BatchNorm)
    trained = sum(p is not None and p.requires_grad for p in m._parameters.values())
    return Layer("batch_norm", "BatchNorm", channel_params=trained)


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


def _named(kind: LayerKind) -> Callable[[nn.Module], Layer]:
    return lambda m: Layer(kind, type(m).__name__)


LAYER_OF_MODULE: dict[type[nn.Module], Callable[[nn.Module], Layer]] = {
    nn.Conv2d: _conv,
    nn.modules.batchnorm._BatchNorm: _norm,
    BatchNormNoGamma: _norm,
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
    nn.Sigmoid: _named("activation"),
    nn.Tanh: _named("activation"),
    nn.Hardsigmoid: _named("activation"),
    nn.Hardtanh: _named("activation"),
    ChannelLayerNorm: _fixed(Layer("layer_norm", "LayerNorm", channel_params=2)),
    ChannelScale: _fixed(Layer("layer_scale", "layer scale", channel_params=1)),
    ChannelSlice: lambda m: Layer("slice", "some channels", cast(ChannelSlice, m).count),
    nn.GroupNorm: _named("batch_norm"),
    nn.LayerNorm: _named("batch_norm"),
    nn.Dropout2d: lambda m: Layer("dropout", f"p = {cast(nn.Dropout2d, m).p:g}"),
}


# --- functions and methods -------------------------------------------------------------------------------------------


def _argument(node: fx.Node, place: int, name: str, default: object = None) -> object:
    """An argument of a call, whether by position or by name."""
    return node.args[place] if len(node.args) > place else node.kwargs.get(name, default)


def _window(kind: LayerKind) -> Callable[[fx.Node], Layer]:
    """``max_pool2d(x, kernel_size, stride, padding, ...)``, and the same of averages."""

    def layer(node: fx.Node) -> Layer:
        kernel = _numbers(_argument(node, 1, "kernel_size"))
        stride = _numbers(_argument(node, 2, "stride") or kernel)
        padding = _numbers(_argument(node, 3, "padding", 0))
        ceil = bool(node.kwargs.get("ceil_mode", False))
        return Layer(kind, _times(kernel, stride), 0, kernel, stride, padding, ceil=ceil)

    return layer


def _numbers(value: object) -> tuple[int, int]:
    """One or two numbers of a call, as a pair."""
    sides = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if not all(isinstance(side, int) for side in sides):
        raise UnknownOp(f"A window of {value} is not one that this program can count.")
    return _pair(cast(tuple[int, ...], sides))


def _to_grid(node: fx.Node) -> Layer:
    height, width = _numbers(_argument(node, 1, "output_size"))
    return Layer("adaptive_pool", f"to {height}×{width}", output_size=(height, width))


def _mean(node: fx.Node) -> Layer:
    """A mean over height and width is a pool over the whole grid; any other is not known."""
    axes = _argument(node, 1, "dim")
    if not isinstance(axes, tuple | list) or {cast(int, axis) % 4 for axis in axes} != {2, 3}:
        raise UnknownOp(f"The mean over {axes} at {node.name!r} is not one that this program can count.")
    return Layer("adaptive_pool", "to 1×1")


def _dropped(node: fx.Node) -> Layer:
    return Layer("dropout", f"p = {_argument(node, 1, 'p', 0.5)}")


_Described = Layer | Callable[[fx.Node], Layer]

_ADD, _SCALE, _RELU = Layer("add", "add"), Layer("scale", "scale"), Layer("activation", "ReLU")
_FLATTEN = Layer("flatten", "flatten")
_RESHAPES = ("view", "reshape", "permute", "transpose", "contiguous", "squeeze", "unsqueeze", "chunk", "split")

LAYER_OF_FUNCTION: Mapping[object, _Described] = {
    torch.cat: Layer("concat", "concat"),
    operator.add: _ADD,
    torch.add: _ADD,
    operator.sub: Layer("add", "subtract"),
    operator.mul: _SCALE,
    torch.mul: _SCALE,
    operator.truediv: _SCALE,
    operator.getitem: Layer("identity", "part"),
    torch.flatten: _FLATTEN,
    F.relu: _RELU,
    torch.relu: _RELU,
    F.relu6: Layer("activation", "ReLU6"),
    F.silu: Layer("activation", "SiLU"),
    F.gelu: Layer("activation", "GELU"),
    torch.sigmoid: Layer("activation", "Sigmoid"),
    F.max_pool2d: _window("max_pool"),
    F.avg_pool2d: _window("avg_pool"),
    F.adaptive_avg_pool2d: _to_grid,
    torch.mean: _mean,
    F.batch_norm: Layer("batch_norm", "BatchNorm"),
    F.layer_norm: Layer("batch_norm", "LayerNorm"),
    F.dropout: _dropped,
    **{getattr(torch, name): Layer("flatten", name) for name in _RESHAPES if hasattr(torch, name)},
}
LAYER_OF_METHOD: Mapping[str, _Described] = {
    "add": _ADD,
    "add_": _ADD,
    "mul": _SCALE,
    "mul_": _SCALE,
    "relu": _RELU,
    "relu_": _RELU,
    "sigmoid": Layer("activation", "Sigmoid"),
    "flatten": _FLATTEN,
    "mean": _mean,
    **{name: Layer("flatten", name) for name in _RESHAPES},
}
