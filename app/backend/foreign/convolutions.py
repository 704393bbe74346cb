"""Convolutions of any dimension, dilation and direction as a :class:`Layer`."""

from __future__ import annotations

from dataclasses import dataclass

from ..analysis.graph import Layer


@dataclass(frozen=True, slots=True)
class Window:
    """What slides over the last axes, one number for each of them. ``padding``: before the first value."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]

    @property
    def words(self) -> str:
        """``3×3/2 dilated 2``."""
        words = "×".join(map(str, self.kernel)) + (f"/{self.stride[0]}" if max(self.stride) > 1 else "")
        return words + (f" dilated {max(self.dilation)}" if max(self.dilation) > 1 else "")


def convolution(weight: tuple[int, ...], window: Window, transposed: bool, groups: int, bias: bool) -> Layer:
    """``weight``: the first two sides of its filters, as torch and ONNX store them."""
    width = weight[1] * groups if transposed else weight[0]
    channels = weight[0] if transposed else weight[1] * groups
    depthwise = 1 < groups == channels
    words = window.words + (" transposed" if transposed else "") + (" depthwise" if depthwise else "")
    kernel, stride, padding = ((side[0], side[-1]) for side in (window.kernel, window.stride, window.padding))
    return Layer("conv", words, width, kernel, stride, padding, groups, groups == channels, bias)
