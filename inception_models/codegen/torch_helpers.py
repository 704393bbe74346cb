"""The small classes that generated PyTorch code may need, as code. Those that it names are written into it."""

from __future__ import annotations

from collections.abc import Mapping

CHAIN = '''class Chain(nn.Sequential):
    """Layers in a row, by name."""

    def __init__(self, /, **layers: nn.Module) -> None:
        super().__init__(OrderedDict(layers))
'''

PARALLEL = '''class Parallel(nn.Module):
    """Layers on the same input, their outputs concatenated."""

    def __init__(self, /, **layers: nn.Module) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([layer(x) for layer in self.children()], 1)
'''

SAME_PADDED = '''def same_padded(x: Tensor, kernel: Size, stride: Size, value: float = 0.0) -> Tensor:
    """``x`` with TensorFlow's SAME padding, which may be on the far side only."""
    kernels = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    strides = stride if isinstance(stride, tuple) else (stride, stride)
    pads = []
    for size, k, s in zip(x.shape[2:], kernels, strides, strict=True):
        pad = max((-(-size // s) - 1) * s + k - size, 0)
        pads = [pad // 2, pad - pad // 2, *pads]  # F.pad begins with the last axis
    return F.pad(x, pads, value=value)
'''

CONV_SAME = '''class Conv2dSame(nn.Conv2d):
    """A convolution with TensorFlow's SAME padding."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(same_padded(x, self.kernel_size, self.stride))
'''

MAX_POOL_SAME = '''class MaxPool2dSame(nn.MaxPool2d):
    """A max pool with TensorFlow's SAME padding."""

    def forward(self, x: Tensor) -> Tensor:
        padded = same_padded(x, self.kernel_size, self.stride, -torch.inf)
        return super().forward(padded)
'''

BATCH_NORM_NO_GAMMA = '''class BatchNormNoGamma(nn.BatchNorm2d):
    """Batch normalisation that trains the offset only: its scale stays one."""

    def __init__(self, channels: int, eps: float, momentum: float) -> None:
        super().__init__(channels, eps, momentum)
        del self.weight
        self.register_buffer("weight", torch.ones(channels))
'''

UNIT_NORMALIZE = '''class UnitNormalize(nn.Module):
    """Each row divided by its Euclidean length."""

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=1)
'''

CHANNEL_LAYER_NORM = '''class ChannelLayerNorm(nn.LayerNorm):
    """Layer normalisation over the channels of each place, or of a vector."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)
'''

CHANNEL_SCALE = '''class ChannelScale(nn.Module):
    """Each channel times a trained factor."""

    def __init__(self, channels: int, init: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), init))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight.view(-1, *[1] * (x.ndim - 2))
'''

SPLIT_DEPTHWISE = '''class SplitDepthwise(nn.Module):
    """Most channels pass on; ``share`` of them each get a square, a wide or a tall filter."""

    def __init__(self, channels: int, square: int, band: int, share: float) -> None:
        super().__init__()
        each = max(int(channels * share), 1)
        self.groups = (channels - 3 * each, each, each, each)
        self.square = self._depthwise(each, square, square)
        self.wide = self._depthwise(each, 1, band)
        self.tall = self._depthwise(each, band, 1)

    @staticmethod
    def _depthwise(channels: int, height: int, width: int) -> nn.Conv2d:
        window, padding = (height, width), (height // 2, width // 2)
        return nn.Conv2d(channels, channels, window, padding=padding, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        straight, square, wide, tall = x.split(self.groups, 1)
        filtered = [self.square(square), self.wide(wide), self.tall(tall)]
        return torch.cat([straight, *filtered], 1)
'''

INITIALISE = '''def initialise(module: nn.Module) -> None:
    """He's normal initialisation and zero biases, for ``net.apply(initialise)``."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
'''

HELPERS: Mapping[str, str] = {
    "Chain": CHAIN,
    "Parallel": PARALLEL,
    "same_padded": SAME_PADDED,
    "Conv2dSame": CONV_SAME,
    "MaxPool2dSame": MAX_POOL_SAME,
    "BatchNormNoGamma": BATCH_NORM_NO_GAMMA,
    "UnitNormalize": UNIT_NORMALIZE,
    "ChannelLayerNorm": CHANNEL_LAYER_NORM,
    "ChannelScale": CHANNEL_SCALE,
    "SplitDepthwise": SPLIT_DEPTHWISE,
    "initialise": INITIALISE,
}
"""By the name that the code uses, each after those that it needs itself."""

NEEDS: Mapping[str, tuple[str, ...]] = {"Conv2dSame": ("same_padded",), "MaxPool2dSame": ("same_padded",)}
TAKEN = frozenset(
    {*HELPERS, "torch", "nn", "math", "Outputs", "Size", "Tensor", "OrderedDict", "NamedTuple", "WIDTHS", "F"}
)
"""Names of the module that no class of a network may have."""
