"""The few modules that the networks of the family are made of. Children are named as in the spec, so paths agree."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..arch.shapes import SPLIT_NAMES, padding_of
from ..arch.spec import Activation, BatchNorm, Kernel

ACTIVATION_MODULES: dict[Activation, type[nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "hardswish": nn.Hardswish,
    "none": nn.Identity,
}


class BatchNormNoGamma(nn.BatchNorm2d):
    """Batch normalisation that trains the offset only; its scale is a constant one (TF-slim, Keras)."""

    def __init__(self, channels: int, eps: float, momentum: float, device: torch.device | str) -> None:
        super().__init__(channels, eps, momentum, device=device)
        del self.weight
        self.register_buffer("weight", torch.ones(channels, device=device))


def batch_norm(norm: BatchNorm, channels: int, device: torch.device | str) -> nn.BatchNorm2d:
    """The module for ``norm`` over ``channels`` channels."""
    kind = nn.BatchNorm2d if norm.gamma else BatchNormNoGamma
    return kind(channels, eps=norm.eps, momentum=norm.momentum, device=device)


class SamePad2d(nn.Module):
    """TensorFlow's SAME padding before an unpadded window: it depends on the size and may be one-sided."""

    def __init__(self, kernel: Kernel, stride: int, value: float = 0.0) -> None:
        super().__init__()
        self.kernel, self.stride, self.value = kernel, stride, value

    def forward(self, x: Tensor) -> Tensor:
        top, bottom = padding_of("tf", x.shape[2], self.kernel[0], self.stride)
        left, right = padding_of("tf", x.shape[3], self.kernel[1], self.stride)
        return F.pad(x, (left, right, top, bottom), value=self.value)

    def extra_repr(self) -> str:
        return f"kernel={self.kernel}, stride={self.stride}, value={self.value}"


class UnitNormalize(nn.Module):
    """Each row divided by its Euclidean length."""

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=1)


class ChannelLayerNorm(nn.LayerNorm):
    """Layer normalisation over the channels: ``[N, C]``, or each place of ``[N, C, H, W]``."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ChannelScale(nn.Module):
    """Each channel times a trained factor."""

    def __init__(self, channels: int, init: float, device: torch.device | str) -> None:
        super().__init__()
        self.init = init
        self.weight = nn.Parameter(torch.empty(channels, device=device))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.constant_(self.weight, self.init)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight.view(-1, *[1] * (x.ndim - 2))


class ChannelSlice(nn.Module):
    """Some channels that follow one another."""

    def __init__(self, start: int, count: int) -> None:
        super().__init__()
        self.start, self.count = start, count

    def forward(self, x: Tensor) -> Tensor:
        return x.narrow(1, self.start, self.count)

    def extra_repr(self) -> str:
        return f"start={self.start}, count={self.count}"


class SplitDepthwise(nn.Module):
    """For :class:`inception_models.arch.spec.SplitConv`: four groups of channels, three of them with filters."""

    def __init__(self, groups: Sequence[int], kernels: Sequence[Kernel], device: torch.device | str) -> None:
        super().__init__()
        start = 0
        for name, count in zip(SPLIT_NAMES, groups, strict=True):
            self.add_module(f"cut_{name}", ChannelSlice(start, count))
            start += count
        for name, count, (high, wide) in zip(SPLIT_NAMES[1:], groups[1:], kernels, strict=True):
            pads = (high // 2, wide // 2)
            conv = nn.Conv2d(count, count, (high, wide), padding=pads, groups=count, device=device)
            self.add_module(name, conv)

    def forward(self, x: Tensor) -> Tensor:
        first, *others = SPLIT_NAMES
        cut = [self.get_submodule(f"cut_{first}")(x)]
        cut += [self.get_submodule(name)(self.get_submodule(f"cut_{name}")(x)) for name in others]
        return torch.cat(cut, 1)


Named = Iterable[tuple[str, nn.Module]]


def chain(parts: Named) -> nn.Sequential:
    """Modules in a row, by name."""
    return nn.Sequential(OrderedDict(parts))


class LayerUnit(nn.Sequential):
    """The layers that one op is made of, in a row: a convolution with its norm and activation, for example."""


class Parallel(nn.Module):
    """Modules on the same input, their outputs concatenated along the channels."""

    def __init__(self, branches: Named) -> None:
        super().__init__()
        for name, branch in branches:
            self.add_module(name, branch)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.children()], 1)


class ScaledResidual(nn.Module):
    """``act(shortcut(x) + scale * proj(cat(branches(x))))``, for :class:`inception_models.arch.spec.Residual`."""

    def __init__(
        self, branches: Named, scale: float, proj: nn.Conv2d | None, shortcut: nn.Module | None, act: nn.Module
    ) -> None:
        super().__init__()
        self.branch_names: list[str] = []
        for name, branch in branches:
            self.add_module(name, branch)
            self.branch_names.append(name)
        self.scale, self.proj, self.shortcut, self.act = scale, proj, shortcut, act

    def forward(self, x: Tensor) -> Tensor:
        outs = [self.get_submodule(name)(x) for name in self.branch_names]
        y = outs[0] if len(outs) == 1 else torch.cat(outs, 1)
        if self.proj is not None:
            y = self.proj(y)
        if self.scale != 1.0:
            y = y * self.scale
        straight = x if self.shortcut is None else self.shortcut(x)
        added: Tensor = self.act(straight + y)
        return added
