"""An op of the tree as a PyTorch expression. A new kind of op is one more case of :meth:`TorchOps.op`. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..arch.shapes import Shape, op_shape, padding_of
from ..arch.spec import (
    Arch,
    BatchNorm,
    Channelwise,
    Conv,
    Dropout,
    Fork,
    GlobalPool,
    LayerNorm,
    LayerScale,
    Linear,
    LocalResponseNorm,
    Norm,
    Normalize,
    Op,
    Pool,
    SepConv,
    SplitConv,
)
from .printing import Call, Terms, call, total
from .units import ACTIVATION_CLASSES, UnitKind, unit_kind


@dataclass(frozen=True, slots=True)
class Place:
    """Where an op is: its input's shape and, as code, its channels; those that a width of None means in ``block``."""

    shape: Shape
    channels: Terms
    block: Terms
    path: str = ""  # within the block
    names: Mapping[str, str] | None = None  # of widths, by path; None: they are written as numbers


class TorchOps:
    """The ops of one network as code. ``used`` collects the helpers that the code names."""

    def __init__(self, arch: Arch, units: Mapping[UnitKind, str]) -> None:
        self.arch, self.units = arch, units
        self.used: dict[str, None] = {}

    def helper(self, name: str) -> str:
        self.used[name] = None
        return name

    def row(self, ops: tuple[Op, ...], place: Place) -> tuple[tuple[Call, ...], Place]:
        """Ops in a row as keyword arguments, and the place after them."""
        calls = []
        for op in ops:
            here = replace(place, path=f"{place.path}{op.name}")
            calls.append(self.op(op, here).named(op.name))
            place = replace(place, shape=self._shape(op, here), channels=self._channels(op, here))
        return tuple(calls), place

    def chain(self, ops: tuple[Op, ...], place: Place) -> Call:
        """Ops in a row as one module."""
        return Call(self.helper("Chain"), self.row(ops, place)[0], tall=len(ops) > 1)

    def op(self, op: Op, place: Place) -> Call:
        """One op."""
        match op:
            case Conv() | SepConv():
                return self.conv(op, place, total(self._channels(op, place)))
            case Pool():
                return self._pool(op)
            case Linear():
                return self._linear(op, place)
            case Fork():
                return Call(self.helper("Parallel"), self._side_by_side(op, place), tall=True)
            case GlobalPool():
                return call("nn.AdaptiveAvgPool2d", str(op.size))
            case LocalResponseNorm():
                numbers = (f"{name}={getattr(op, name)!r}" for name in ("alpha", "beta", "k"))
                return call("nn.LocalResponseNorm", str(op.size), *numbers)
            case Dropout():
                return call("nn.Dropout", repr(op.p))
            case Normalize():
                return call(self.helper("UnitNormalize"))
            case _:
                return self._channelwise(op, total(place.channels))

    def _channelwise(self, op: Channelwise, channels: str | Call) -> Call:
        """An op with weights for the channels that arrive."""
        match op:
            case Norm():
                layer = self.batch_norm(op.norm, channels).named("bn")
            case LayerNorm():
                eps = f"eps={op.eps!r}" if op.eps != 1e-5 else None
                layer = call(self.helper("ChannelLayerNorm"), channels, eps).named("ln")
            case LayerScale():
                layer = call(self.helper("ChannelScale"), channels, repr(op.init)).named("scale")
            case SplitConv():
                return call(self.helper("SplitDepthwise"), channels, *map(str, (op.square, op.band, op.share)))
        return Call(self.helper("Chain"), (layer,))

    def batch_norm(self, norm: BatchNorm, channels: str | Call) -> Call:
        """Batch normalisation of pictures."""
        if not norm.gamma:
            return call(self.helper("BatchNormNoGamma"), channels, repr(norm.eps), repr(norm.momentum))
        return call("nn.BatchNorm2d", channels, *_norm_numbers(norm))

    def conv(self, op: Conv | SepConv, place: Place, width: str | Call) -> Call:
        """A convolution to ``width`` channels, with what belongs to it."""
        kind = unit_kind(op, self.arch.unit)
        pads = (0, 0)
        if op.padding != "valid" and not kind.one_sided:
            pads = (padding_of("same", 1, op.kernel[0], 1)[0], padding_of("same", 1, op.kernel[1], 1)[0])
        return call(
            self.units[kind],
            total(place.channels),
            width,
            side(op.kernel) if op.kernel != (1, 1) else None,
            f"stride={op.stride}" if op.stride > 1 else None,
            f"padding={side(pads)}" if pads != (0, 0) else None,
        )

    def _pool(self, op: Pool) -> Call:
        one_sided = op.padding == "tf" and (op.stride > 1 or op.size % 2 == 0)
        pad = 0 if op.padding == "valid" or one_sided else (op.size - 1) // 2
        name = "nn.AvgPool2d" if op.kind == "avg" else self.helper("MaxPool2dSame") if one_sided else "nn.MaxPool2d"
        return call(
            name,
            str(op.size),
            f"stride={op.stride}",
            f"padding={pad}" if pad else None,
            "ceil_mode=True" if op.ceil else None,
            "count_include_pad=False" if op.kind == "avg" and pad and not op.include_pad else None,
        )

    def _linear(self, op: Linear, place: Place) -> Call:
        inputs = total(place.channels)
        grid = [str(side) for side in place.shape[1:] if math.prod(place.shape[1:]) > 1]
        if grid and isinstance(inputs, str):
            inputs = " * ".join([inputs if " " not in inputs else f"({inputs})", *grid])
        elif grid:
            inputs = call("math.prod", Call("", (inputs, *grid)))
            self.helper("math")
        width = total(self._channels(op, place))
        layers = [
            call("flatten=nn.Flatten"),
            call("linear=nn.Linear", inputs, width, None if op.bias else "bias=False"),
        ]
        if op.norm is not None:
            layers.append(call("bn=nn.BatchNorm1d", width, *_norm_numbers(op.norm)))
        if op.activation != "none":
            layers.append(call(f"act=nn.{ACTIVATION_CLASSES[op.activation]}"))
        return Call(self.helper("Chain"), tuple(layers))

    def _side_by_side(self, fork: Fork, place: Place) -> tuple[Call, ...]:
        places = (replace(place, path=f"{place.path}.{op.name}") for op in fork.ops)
        return tuple(self.op(op, here).named(op.name) for op, here in zip(fork.ops, places, strict=True))

    def _channels(self, op: Op, place: Place) -> Terms:
        """The channels of the op's output, as code."""
        match op:
            case Fork():
                places = [replace(place, path=f"{place.path}.{side.name}") for side in op.ops]
                return tuple(
                    term for side, here in zip(op.ops, places, strict=True) for term in self._channels(side, here)
                )
            case Conv() | SepConv() | Linear() if op.width is not None:
                return (str(op.width) if place.names is None else place.names[place.path],)
            case Conv() | SepConv():
                return place.block
            case Linear():
                return ("num_classes",)
            case _:
                return place.channels

    def _shape(self, op: Op, place: Place) -> Shape:
        return op_shape(op, place.shape, self.arch.classes, place.path, int(place.shape[0]))


def side(pair: tuple[int, int]) -> str:
    """A height and width as code: one number where they are equal."""
    return str(pair[0]) if pair[0] == pair[1] else f"({pair[0]}, {pair[1]})"


def _norm_numbers(norm: BatchNorm) -> tuple[str | None, ...]:
    """Of BatchNorm, what is not torch's default."""
    return (
        f"eps={norm.eps!r}" if norm.eps != 1e-5 else None,
        f"momentum={norm.momentum!r}" if norm.momentum != 0.1 else None,
    )
