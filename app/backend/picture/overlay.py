"""An attribution's heat map over the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image
from torch import Tensor

from ..common.arrays import Floats
from ..common.colours import CIVIDIS

# For the class and against it: Okabe and Ito's vermillion and blue, grey between them.
DIVERGING = ("#0072B2", "#7FA9C4", "#C8C8C8", "#DDA884", "#D55E00")


@dataclass(frozen=True, eq=False, slots=True)
class Overlay:
    """``image``: RGB. ``colours`` run from ``low`` to ``high``; values beyond have the last colour."""

    image: Image.Image
    colours: tuple[str, ...]
    low: float
    high: float


def overlay(picture: Image.Image, heat: Tensor, opacity: float) -> Overlay:
    """``heat`` ``[height, width]``, enlarged to the picture, over it with ``opacity`` 0 to 1.

    The scale starts at zero, or where values are negative it is symmetric; it ends at the 99.5th percentile, since a
    few pixels often exceed all others.
    """
    values = _enlarged(heat, picture.size)
    signed = bool((values < 0).any())
    high = float(np.percentile(np.abs(values), 99.5)) or float(np.abs(values).max()) or 1.0
    colours = DIVERGING if signed else CIVIDIS
    low = -high if signed else 0.0
    painted = _painted(values, colours, low, high)
    grey = np.asarray(picture.convert("L").convert("RGB"), np.float32)  # only the heat map's colours have a meaning
    # Where there are two signs, values near zero mean nothing either way: there the picture shows through.
    share = opacity * (np.minimum(np.abs(values) / high, 1) ** 0.5 if signed else np.ones_like(values))[..., None]
    mixed = (1 - share) * grey + share * painted
    return Overlay(Image.fromarray(mixed.round().astype(np.uint8)), tuple(colours), low, high)


def _enlarged(heat: Tensor, size: tuple[int, int]) -> Floats:
    image = Image.fromarray(heat.float().numpy())
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR), np.float32)


def _painted(values: Floats, colours: tuple[str, ...], low: float, high: float) -> Floats:
    """RGB, ``[height, width, 3]``, 0 to 255."""
    stops = np.linspace(low, high, len(colours))
    channels = [[int(colour[i : i + 2], 16) for colour in colours] for i in (1, 3, 5)]
    return np.stack([np.interp(values, stops, channel) for channel in channels], 2).astype(np.float32)
