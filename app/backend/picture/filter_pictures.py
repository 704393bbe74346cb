"""The filters of the first convolution as small pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image
from torch import Tensor, nn

from inception_models.checkpoints.preprocessing import Preprocessing
from inception_models.net.builder import Network
from inception_models.net.layers import LayerUnit

FILTER_PX = 42
GAP_PX = 6


@dataclass(frozen=True, eq=False, slots=True)
class Filters:
    """``image``: RGBA, one tile per filter, in rows; grey is zero, ``largest`` is the weight shown at full colour."""

    image: Image.Image
    count: int
    size: tuple[int, int]
    largest: float


def first_filters(net: Network, preprocessing: Preprocessing, *, own_scale: bool = False, columns: int = 16) -> Filters:
    """The filters of the first convolution, red, green and blue as the network reads them.

    All on one symmetric scale, or each on its own.

    Raises:
        ValueError: where the first layer is not a convolution over three channels.
    """
    unit = net.get_submodule(net.arch.stages[0].name)
    conv = unit.get_submodule("conv") if isinstance(unit, LayerUnit) and hasattr(unit, "conv") else None
    if not isinstance(conv, nn.Conv2d) or conv.weight.shape[1] != 3:
        raise ValueError("The first layer of this network is not a plain convolution, so its filters are not pictures.")
    weights = conv.weight.detach().float().cpu()
    if preprocessing.channels == "BGR":
        weights = weights.flip(1)
    largest = float(weights.abs().max()) or 1.0
    bound = weights.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-12) if own_scale else largest
    return Filters(_tiled(weights / bound, columns), len(weights), (weights.shape[2], weights.shape[3]), largest)


def _tiled(weights: Tensor, columns: int) -> Image.Image:
    """``[n, 3, height, width]`` of -1 to 1 as tiles, enlarged by a whole number; gaps are transparent."""
    scale = max(1, math.ceil(FILTER_PX / weights.shape[-1]))
    pixels = ((weights + 1) * 127.5).round().permute(0, 2, 3, 1).numpy().astype(np.uint8)
    pixels = pixels.repeat(scale, 1).repeat(scale, 2)
    count, height, width, _ = pixels.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    sheet = Image.new("RGBA", (columns * (width + GAP_PX) - GAP_PX, rows * (height + GAP_PX) - GAP_PX))
    for i, tile in enumerate(pixels):
        row, column = divmod(i, columns)
        sheet.paste(Image.fromarray(tile), (column * (width + GAP_PX), row * (height + GAP_PX)))
    return sheet
