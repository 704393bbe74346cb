"""From a data set's pixels to a network's input: normalised, shifted and mirrored at random, enlarged."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ..arch.spec import PerChannel


def prepared(images: Tensor, mean: PerChannel, std: PerChannel, size_px: int) -> Tensor:
    """uint8 [N, 1 or 3, H, W] as a network's input: float32 [N, 3, size_px, size_px], channels last.

    Values from 0 to 1, minus ``mean``, divided by ``std``; a grey picture's channel three times; resized bilinearly to
    the square, whatever the sides were.
    """
    scaled = images.float().div_(255)
    normal = (scaled - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]  # [N, 3, H, W]
    height, width = normal.shape[-2:]
    if (height, width) != (size_px, size_px):
        smaller = min(height, width) > size_px
        normal = F.interpolate(normal, (size_px, size_px), mode="bilinear", antialias=smaller)
    return normal.contiguous(memory_format=torch.channels_last)


def shifted(images: Tensor, generator: torch.Generator, mirrored: bool) -> Tensor:
    """Every picture moved by up to a fourteenth of its side, black where it left, and every second one mirrored.

    Args:
        images: [N, C, H, W]
        mirrored: False: none is mirrored.
    """
    count, channels, height, width = images.shape
    reach = max(1, round(min(height, width) / 14))
    around = F.pad(images, (reach,) * 4)
    down, right = torch.randint(2 * reach + 1, (2, count, 1), generator=generator)
    rows = torch.arange(height) + down  # [N, H]
    columns = torch.arange(width).expand(count, width)
    if mirrored:
        turned = torch.rand((count, 1), generator=generator) < 0.5
        columns = torch.where(turned, width - 1 - columns, columns)
    columns = columns + right  # [N, W]
    picture = torch.arange(count)[:, None, None, None]
    channel = torch.arange(channels)[None, :, None, None]
    return around[picture, channel, rows[:, None, :, None], columns[:, None, None, :]]
