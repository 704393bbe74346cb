"""A network made faster without changing what it computes.

BatchNorm becomes part of the convolution before it, and so does ReLU where the processor's library, oneDNN, computes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor, nn

from inception_models.arch.shapes import Shape
from inception_models.net.builder import Network

from ..analysis.network import analyze


def fold(net: Network) -> None:
    """Fold each BatchNorm into the convolution before it, and let the activation after it overwrite its input.

    Only inside a conv unit, whose inner values nothing else reads. ``net`` must be a private copy in evaluation mode.
    """
    for unit in net.modules():
        if not isinstance(unit, nn.Sequential):
            continue
        for (_, conv), (name, norm) in pairwise(list(unit.named_children())):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                assert norm.running_mean is not None  # every norm that is built keeps them
                assert norm.running_var is not None
                conv.weight, conv.bias = nn.utils.fuse_conv_bn_weights(
                    conv.weight, conv.bias, norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias
                )
                setattr(unit, name, nn.Identity())
        for before, after in pairwise([m for m in unit if not isinstance(m, nn.Identity)]):
            if isinstance(before, nn.Conv2d) and hasattr(after, "inplace"):
                after.inplace = True  # type: ignore[assignment]  # torch types any attribute as a module's


class PackedConv2d(nn.Module):
    """A convolution on weights in oneDNN's own order: the best one for inputs of ``shape``, but any size works."""

    def __init__(self, conv: nn.Conv2d, shape: Shape) -> None:
        super().__init__()
        self.relu = False
        self.bias = conv.bias
        self.geometry = (conv.padding, conv.stride, conv.dilation, conv.groups)
        # The stub of torch 2.14 lacks the last argument.
        reorder: Callable[..., Tensor] = torch._C._nn.mkldnn_reorder_conv2d_weight
        self.weight = reorder(conv.weight.detach().to_mkldnn(), *self.geometry, (1, *shape))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = torch.ops.mkldnn._convolution_pointwise(
            x, self.weight, self.bias, *self.geometry, "relu" if self.relu else "none", [], ""
        )
        return out


def pack(net: Network) -> None:
    """Let oneDNN compute the convolutions of a folded ``net``, each with its ReLU, on weights in its own order.

    Else it brings all weights into that order in every pass, a sixth of the time of Inception v3.
    """
    for path, node in analyze(replace(net.arch, aux=())).graph.nodes.items():
        if node.layer.kind == "conv":
            unit, name = net.get_submodule(path.rpartition(".")[0]), path.rpartition(".")[2]
            setattr(unit, name, PackedConv2d(getattr(unit, name), node.in_shape))
    for unit in net.modules():
        if not isinstance(unit, nn.Sequential):
            continue
        computing = [(name, module) for name, module in unit.named_children() if not isinstance(module, nn.Identity)]
        for (_, before), (name, after) in pairwise(computing):
            if isinstance(before, PackedConv2d) and isinstance(after, nn.ReLU):
                before.relu = True
                setattr(unit, name, nn.Identity())
