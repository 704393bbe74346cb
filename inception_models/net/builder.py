"""From a spec to the real network: ``build(arch)`` returns the ``nn.Module`` that the tree describes.

Every module has the path its part has in the tree: ``net.get_submodule("inception4e.branch5x5.reduce")``. Inside a
repeat the copy's number comes second (``block35.7.branch1x1.conv``).
"""

from __future__ import annotations

import math
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import lru_cache

import torch
from torch import Tensor, nn

from ..arch.shapes import Shape, block_shape, branch_shapes, chain_shape, padding_of, stage_shapes
from ..arch.spec import (
    Arch,
    AuxHead,
    Block,
    Branch,
    Conv,
    Dropout,
    Fork,
    GlobalPool,
    Inception,
    Kernel,
    LayerNorm,
    LayerScale,
    Linear,
    LocalResponseNorm,
    Norm,
    Normalize,
    Op,
    Padding,
    Pool,
    Repeat,
    Residual,
    SepConv,
    SplitConv,
    Stage,
    Unit,
    Weighted,
)
from .layers import (
    ACTIVATION_MODULES,
    ChannelLayerNorm,
    ChannelScale,
    LayerUnit,
    Named,
    Parallel,
    SamePad2d,
    ScaledResidual,
    SplitDepthwise,
    UnitNormalize,
    batch_norm,
    chain,
)

Device = torch.device | str
UnitOp = Weighted | Norm | LayerNorm | LayerScale  # the ops that are one layer, or a few in a row


class Network(nn.Module):
    """A built network. Input ``[N, 3, H, W]``; in eval the logits ``[N, classes]``.

    In training a network with aux heads returns a named tuple: ``logits``, then each head by its name, all
    ``[N, classes]``; without aux heads it returns the logits.
    """

    def __init__(self, arch: Arch, stages: Named, heads: Named) -> None:
        super().__init__()
        self.arch = arch
        for name, module in (*stages, *heads):
            if hasattr(self, name):
                raise ValueError(f"A stage cannot be called {name!r}: the name is taken; choose another.")
            self.add_module(name, module)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        heads = self.arch.aux if self.training else ()
        tapped: dict[str, Tensor | None] = {head.tap: None for head in heads}
        for stage in self.arch.stages:
            x = self.get_submodule(stage.name)(x)
            if stage.name in tapped:  # only these are kept: the other stages' outputs may be freed
                tapped[stage.name] = x
        if not heads:
            return x
        return outputs_type(tuple(head.name for head in heads))(
            x, *(self.get_submodule(head.name)(tapped[head.tap]) for head in heads)
        )


@lru_cache(maxsize=256)
def outputs_type(heads: tuple[str, ...]) -> Callable[..., tuple[Tensor, ...]]:
    """The named tuple that a training step returns: ``logits``, then the aux heads."""
    return namedtuple("Outputs", ("logits", *heads))


def build(arch: Arch, device: Device = "cpu") -> Network:
    """The network that ``arch`` describes, freshly initialised, in training mode as torch's modules are.

    Convolutions and fully connected layers start with He's normal initialisation and zero biases; on ``device="meta"``
    no weight exists and nothing is initialised.

    Raises:
        ShapeError: where the parts do not fit together, naming the place.
    """
    maker = Maker(arch.unit, arch.classes, device)
    parts = [(part.name, maker.part(part, shape)) for part, shape, _ in stage_shapes(arch)]
    net = Network(arch, parts[: len(arch.stages)], parts[len(arch.stages) :])
    if torch.device(device).type != "meta":
        net.apply(_initialise)
    return net


def build_unset(arch: Arch, initialised: Collection[str] = ()) -> Network:
    """The network on the CPU with whatever was in memory as its weights, for those that are loaded next.

    Args:
        initialised: names of stages and heads that start as :func:`build` starts them.
    """
    net = build(arch, "meta").to_empty(device="cpu")
    maker = Maker(arch.unit, arch.classes, "cpu")
    for part, shape, _ in stage_shapes(arch):
        if part.name in initialised:
            setattr(net, part.name, maker.part(part, shape).apply(_initialise))
    return net


RESIDUAL_GAIN = 0.25  # of unscaled branches, as the Inception-ResNets scale theirs by 0.1 to 0.3


def _initialise(module: nn.Module) -> None:
    """Called for every module, children first. It keeps the values' variance from layer to layer, without BatchNorm's
    help, which does nothing before training: a network with random weights has logits of a sane size.
    """
    match module:
        case nn.Conv2d() | nn.Linear():
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        case LayerUnit() if not hasattr(module, "depthwise_act"):  # no activation before the pointwise convolution
            for second in [m for m in module if isinstance(m, nn.Conv2d)][1:]:
                nn.init.kaiming_normal_(second.weight, nonlinearity="linear")
        case ScaledResidual(proj=None, scale=1.0):  # else each block would double the variance
            for name in module.branch_names:
                for last in [m for m in module.get_submodule(name).modules() if isinstance(m, nn.Conv2d)][-1:]:
                    last.weight.data.mul_(RESIDUAL_GAIN)
        case _:
            pass


class Maker:
    """Builds the parts of one network; ``shape`` is always that of the input."""

    conv2d, fully_connected = nn.Conv2d, nn.Linear

    def __init__(self, unit: Unit, classes: int, device: Device) -> None:
        self.unit, self.classes, self.device = unit, classes, device

    def part(self, part: Stage | AuxHead, shape: Shape) -> nn.Module:
        return self.head(part, shape) if isinstance(part, AuxHead) else self.stage(part, shape)

    def stage(self, stage: Stage, shape: Shape) -> nn.Module:
        match stage:
            case Repeat():
                copies = []
                for number in range(stage.times):
                    copies.append((str(number), self.block(stage.block, shape)))
                    shape = block_shape(stage.block, shape)
                return chain(copies)
            case Inception() | Residual():
                return self.block(stage, shape)
            case _:
                return self.op(stage, shape, shape[0])

    def head(self, head: AuxHead, shape: Shape) -> nn.Module:
        return chain(self.row(head.ops, shape, shape[0], head.name))

    def block(self, block: Block, shape: Shape) -> nn.Module:
        branches = [(b.name, self.branch(b, shape)) for b in block.branches]
        match block:
            case Inception():
                return Parallel(branches)
            case Residual():
                out = block_shape(block, shape)[0]
                joined = sum(s[0] for s in branch_shapes(block, shape))
                proj = self.conv2d(joined, out, 1, device=self.device) if block.projection else None
                shortcut = None
                if block.shortcut_stride:
                    conv = Conv(
                        "shortcut", out, stride=block.shortcut_stride, unit=replace(self.unit, activation="none")
                    )
                    shortcut = self.op(conv, shape, shape[0])
                return ScaledResidual(branches, block.scale, proj, shortcut, ACTIVATION_MODULES[block.activation]())

    def branch(self, branch: Branch, shape: Shape) -> nn.Module:
        return chain(self.row(branch.ops, shape, shape[0], branch.name))

    def row(
        self, ops: tuple[Op, ...], shape: Shape, block_channels: int, where: str
    ) -> Iterator[tuple[str, nn.Module]]:
        for op in ops:
            yield op.name, self.op(op, shape, block_channels)
            shape = chain_shape((op,), shape, self.classes, where, block_channels)

    def op(self, op: Op, shape: Shape, block_channels: int) -> nn.Module:
        """One op; ``shape`` is its input's, ``block_channels`` what a width of None means."""
        match op:
            case Conv() | SepConv() | Linear() | Norm() | LayerNorm() | LayerScale():
                return self.unit_of(op, shape, block_channels)
            case SplitConv():
                return SplitDepthwise(op.groups(shape[0]), op.kernels, self.device)
            case Pool():
                return self.pool(op)
            case Fork():
                return Parallel((o.name, self.op(o, shape, block_channels)) for o in op.ops)
            case GlobalPool():
                return nn.AdaptiveAvgPool2d(op.size)
            case LocalResponseNorm():
                return nn.LocalResponseNorm(op.size, op.alpha, op.beta, op.k)
            case Dropout():
                return nn.Dropout(op.p)
            case Normalize():
                return UnitNormalize()

    def unit_of(self, op: UnitOp, shape: Shape, block_channels: int) -> nn.Module:
        """An op with weights, and the layers that belong to it."""
        match op:
            case Conv():
                return LayerUnit(OrderedDict(self.conv(op, shape[0], op.width or block_channels)))
            case SepConv():
                return LayerUnit(OrderedDict(self.separable(op, shape[0], op.width or block_channels)))
            case Linear():
                return LayerUnit(OrderedDict(self.linear(op, shape)))
            case Norm():
                return LayerUnit(OrderedDict(bn=batch_norm(op.norm, shape[0], self.device)))
            case LayerNorm():
                return LayerUnit(OrderedDict(ln=ChannelLayerNorm(shape[0], op.eps, device=self.device)))
            case LayerScale():
                return LayerUnit(OrderedDict(scale=ChannelScale(shape[0], op.init, self.device)))

    def conv(self, op: Conv, channels: int, width: int) -> Iterator[tuple[str, nn.Module]]:
        unit = op.unit or self.unit
        yield from self.window(op.padding, channels, width, op.kernel, op.stride, 1, unit.bias, "conv")
        yield from self.after(unit, width, activate=True)

    def separable(self, op: SepConv, channels: int, width: int) -> Iterator[tuple[str, nn.Module]]:
        unit = op.unit or self.unit
        deep = channels * op.multiplier
        if op.activate == "before":
            yield "act", ACTIVATION_MODULES[unit.activation]()
        own = op.between != "nothing"
        yield from self.window(
            op.padding, channels, deep, op.kernel, op.stride, channels, own and unit.bias, "depthwise"
        )
        if own and unit.norm is not None:
            yield "depthwise_bn", batch_norm(unit.norm, deep, self.device)
        if op.between == "unit" and unit.activation != "none":
            yield "depthwise_act", ACTIVATION_MODULES[unit.activation]()
        yield "pointwise", self.conv2d(deep, width, 1, bias=unit.bias, device=self.device)
        yield from self.after(unit, width, activate=op.activate == "after")

    def window(
        self,
        padding: Padding,
        channels: int,
        width: int,
        kernel: Kernel,
        stride: int,
        groups: int,
        bias: bool,
        name: str,
    ) -> Iterator[tuple[str, nn.Module]]:
        if padding == "tf" and (stride > 1 or any(k % 2 == 0 for k in kernel)):
            yield "pad", SamePad2d(kernel, stride)
            pads = (0, 0)
        else:  # TensorFlow's SAME is symmetric for odd kernels that move by one
            rule: Padding = "valid" if padding == "valid" else "same"
            pads = (padding_of(rule, 1, kernel[0], 1)[0], padding_of(rule, 1, kernel[1], 1)[0])
        yield name, self.conv2d(channels, width, kernel, stride, pads, groups=groups, bias=bias, device=self.device)

    def after(self, unit: Unit, width: int, activate: bool) -> Iterator[tuple[str, nn.Module]]:
        if unit.norm is not None:
            yield "bn", batch_norm(unit.norm, width, self.device)
        if activate and unit.activation != "none":
            yield "act", ACTIVATION_MODULES[unit.activation]()

    def pool(self, op: Pool) -> nn.Module:
        one_sided = op.padding == "tf" and (op.stride > 1 or op.size % 2 == 0)
        pad = 0 if op.padding == "valid" or one_sided else (op.size - 1) // 2
        if op.kind == "avg":
            if one_sided:
                raise ValueError(
                    f"{op.name}: an average pool with stride {op.stride} cannot pad as TensorFlow does here."
                )
            return nn.AvgPool2d(op.size, op.stride, pad, op.ceil, count_include_pad=op.include_pad)
        pool = nn.MaxPool2d(op.size, op.stride, pad, ceil_mode=op.ceil)
        if not one_sided:
            return pool
        return chain([("pad", SamePad2d((op.size, op.size), op.stride, -torch.inf)), ("pool", pool)])

    def linear(self, op: Linear, shape: Shape) -> Iterator[tuple[str, nn.Module]]:
        width = op.width or self.classes
        yield "flatten", nn.Flatten()
        yield "linear", self.fully_connected(math.prod(shape), width, bias=op.bias, device=self.device)
        if op.norm is not None:
            yield "bn", nn.BatchNorm1d(width, op.norm.eps, op.norm.momentum, device=self.device)
        if op.activation != "none":
            yield "act", ACTIVATION_MODULES[op.activation]()
