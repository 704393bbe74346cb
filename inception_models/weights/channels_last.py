"""Weights as TensorFlow and Keras name and store them, in the names and order of axes of PyTorch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

LEAVES = {
    "kernel": "weight", "weights": "weight", "bias": "bias", "biases": "bias",
    "gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var",
    "depthwise_kernel": "depthwise.weight", "depthwise_weights": "depthwise.weight",
    "pointwise_kernel": "pointwise.weight", "pointwise_weights": "pointwise.weight",
}  # fmt: skip
"""What PyTorch calls the tensors of a layer, those of a separable convolution with its part."""

Layers = Mapping[str, Mapping[str, npt.NDArray[np.floating]]]


def as_torch(layers: Layers) -> dict[str, Tensor]:
    """The tensors of each layer, whose names are among :data:`LEAVES`.

    A BatchNorm without a trained scale gets one of ones; a separable convolution's bias is that of its second half.
    """
    result: dict[str, Tensor] = {}
    for layer, arrays in layers.items():
        tensors = {LEAVES[leaf]: _reordered(torch.from_numpy(array), leaf) for leaf, array in arrays.items()}
        if "running_var" in tensors:
            tensors.setdefault("weight", torch.ones_like(tensors["running_var"]))
        if "pointwise.weight" in tensors and "bias" in tensors:
            tensors["pointwise.bias"] = tensors.pop("bias")
        result |= {f"{layer}.{leaf}": value for leaf, value in tensors.items()}
    return result


def _reordered(value: Tensor, leaf: str) -> Tensor:
    """In TensorFlow the channels come last: [height, width, in, out], and [in, out] of a fully connected layer."""
    if not leaf.endswith(("kernel", "weights")):
        return value
    if value.ndim != 4:
        return value.T.contiguous() if value.ndim == 2 else value
    if leaf.startswith("depthwise"):  # [height, width, in, multiplier]
        return value.permute(2, 3, 0, 1).flatten(0, 1)[:, None].contiguous()
    return value.permute(3, 2, 0, 1).contiguous()
