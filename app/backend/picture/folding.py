"""A network made faster without changing what it computes: BatchNorm becomes part of the convolution before it."""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from inception_models.net.builder import Network


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
