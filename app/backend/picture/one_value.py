"""How one value of a feature map is computed: the patch, the filter, their products, the sum, and what follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inception_models.arch.spec import Arch, Branch, Conv
from inception_models.net.builder import Network
from inception_models.net.layers import LayerUnit

from ..common.arrays import Floats
from .activations import output_parts
from .calls import PASSES, Calls
from .mosaic import Cell
from .private_copy import private_copy


@dataclass(frozen=True, slots=True)
class ChannelNorm:
    """A batch normalisation in evaluation, for one channel: ``(x - mean) / sqrt(variance + eps) * gamma + beta``."""

    mean: float
    variance: float
    eps: float
    gamma: float
    beta: float

    def __call__(self, x: float) -> float:
        return float((x - self.mean) / np.sqrt(self.variance + self.eps) * self.gamma + self.beta)


@dataclass(frozen=True, eq=False, slots=True)
class Arithmetic:
    """One value of a convolution unit.

    ``patch`` and ``weights``: ``[channels, height, width]``; ``real`` ``[height, width]``: False where the patch lies
    on padding. ``activation``: its name, empty where there is none. ``value``: the result, in float64.
    """

    patch: Floats
    weights: Floats
    real: npt.NDArray[np.bool_]
    bias: float | None
    norm: ChannelNorm | None
    activation: str
    value: float

    @property
    def channel_sums(self) -> npt.NDArray[np.float64]:
        """The sum of the products in each input channel, ``[channels]``."""
        sums: npt.NDArray[np.float64] = (self.patch.astype(np.float64) * self.weights).sum((1, 2))
        return sums

    @property
    def convolved(self) -> float:
        """The sum of all products and the bias."""
        return float(self.channel_sums.sum()) + (self.bias or 0.0)

    @property
    def normalised(self) -> float:
        """What goes into the activation."""
        return self.norm(self.convolved) if self.norm else self.convolved


def convolution_at(arch: Arch, path: str) -> str | None:
    """The path of the convolution that computes the output of ``path``, a stage or branch; None where none does."""
    part = output_parts(arch)[path]
    last = part.ops[-1] if isinstance(part, Branch) and part.ops else part
    if not isinstance(last, Conv):
        return None
    return f"{path}.{last.name}" if isinstance(part, Branch) else path


def arithmetic(net: Network, x: Tensor, unit_path: str, cell: Cell) -> Arithmetic:
    """Of one cell of the convolution at ``unit_path``, for a picture ``[1, 3, S, S]``.

    Raises:
        ValueError: where ``unit_path`` is not a plain convolution.
        IndexError: where its output has no such cell.
    """
    own = private_copy(net)
    unit = own.get_submodule(unit_path)
    layers = dict(unit.named_children())
    conv = layers.get("conv")
    if not isinstance(unit, LayerUnit) or not isinstance(conv, nn.Conv2d) or conv.groups != 1:
        raise ValueError(f"{unit_path} is not a plain convolution, so its values are not one sum of products.")
    calls = Calls(own)
    read = calls.graph.input_of(unit_path)
    with torch.inference_mode():
        with PASSES:
            source = calls.run(x, [read])[read]
        if "pad" in layers:
            real, source = layers["pad"](torch.ones_like(source[:, :1])), layers["pad"](source)
        else:
            real = torch.ones_like(source[:, :1])
        patch, inside = _window(conv, source, cell), _window(conv, real, cell)[0] > 0
        bias = None if conv.bias is None else float(conv.bias[cell.channel])
        norm = _norm(layers.get("bn"), cell.channel)
        act = layers.get("act")
        draft = Arithmetic(
            patch.numpy(),
            conv.weight[cell.channel].float().cpu().numpy(),
            inside.numpy(),
            bias,
            norm,
            type(act).__name__ if act else "",
            0.0,
        )
        summed = torch.tensor(draft.normalised, dtype=torch.float64)
        value = float(act(summed)) if act else float(summed)
    return Arithmetic(draft.patch, draft.weights, draft.real, draft.bias, draft.norm, draft.activation, value)


def _window(conv: nn.Conv2d, source: Tensor, cell: Cell) -> Tensor:
    """What the convolution reads for a cell, ``[channels, height, width]``, zeros for its padding."""
    assert not isinstance(conv.padding, str)  # those that are built pad by numbers
    (kh, kw), (sh, sw), (ph, pw) = conv.kernel_size, conv.stride, conv.padding
    padded = F.pad(source, (pw, pw, ph, ph))[0]
    top, left = cell.row * sh, cell.column * sw
    window = padded[:, top : top + kh, left : left + kw]
    if min(cell.row, cell.column) < 0 or tuple(window.shape[1:]) != (kh, kw):
        raise IndexError(f"There is no cell in row {cell.row}, column {cell.column}.")
    return window


def _norm(bn: nn.Module | None, channel: int) -> ChannelNorm | None:
    if not isinstance(bn, nn.BatchNorm2d):
        return None
    assert bn.running_mean is not None
    assert bn.running_var is not None
    values = (bn.running_mean, bn.running_var, bn.weight, bn.bias)
    mean, variance, gamma, beta = (float(value[channel]) for value in values)
    return ChannelNorm(mean, variance, bn.eps, gamma, beta)
