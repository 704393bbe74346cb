"""A thumbnail of what every part of a network makes of a picture: one channel, or the mean, a pixel for each value."""

from __future__ import annotations

from typing import Literal

import torch
from PIL import Image
from torch import Tensor

from inception_models import Arch
from inception_models.arch.spec import Inception
from inception_models.weights import Source

from ..analysis.network import Analysis
from ..common.jobs import OnProgress
from ..common.thumbnail import Thumbnail, png_file
from .calls import PASSES
from .forward import ready_network
from .mosaic import mosaic, png

ShownMap = Literal["strongest", "mean"] | int
"""Which map of an output: that of the strongest channel, the mean of all, or the channel of this number."""

PICTURE_PX = 96


def thumbnails(
    arch: Arch,
    image: Image.Image,
    weights: Source = "random",
    show: ShownMap = "strongest",
    on_progress: OnProgress | None = None,
) -> dict[str, Thumbnail]:
    """Thumbnails by path: of the network's ``input``, of every stage, copy, branch and op, and of what adds them up.

    The picture runs through the network once, and its maps are let go of.

    Raises:
        ValueError, OSError: as :func:`.forward.forward` does.
    """
    with PASSES:
        loaded, ready = ready_network(arch, weights)
        preprocessing = loaded.trained_weights.preprocessing_for(arch)
        outputs = ready.run(preprocessing.apply(image), only=ready.paths, on_progress=on_progress).outputs
    return {"input": _of_picture(preprocessing.preview(image))} | {
        path: thumbnail(outputs[path], show) for path in outputs
    }


def branch_of(analysis: Analysis, path: str, channel: int) -> tuple[str, int]:
    """Where a channel of the output at ``path`` comes from: of a concatenation, the branch and its channel there."""
    parts = [part for stage in analysis.stages for part in (stage, *stage.copies)]
    part = next((part for part in parts if part.name == path), None)
    if part is None or not isinstance(part.part, Inception):
        return path, channel
    for branch in part.branches:
        if channel < branch.out_shape[0]:
            return f"{path}.{branch.name}", channel
        channel -= branch.out_shape[0]
    raise IndexError(f"{path} has no such channel.")


def thumbnail(output: Tensor, show: ShownMap = "strongest") -> Thumbnail:
    """Of an output ``[channels, height, width]`` or ``[features]``.

    The colours span the values shown, as in a :func:`.mosaic.mosaic`. Outputs of one value a channel are shown whole,
    in rows. Where there are fewer channels than ``show`` asks for, the last one is shown.
    """
    count = len(output)
    if output[0].numel() == 1:
        return Thumbnail(png(mosaic(output, gap=0, tile_px=1)), f"Map: all {count:,} values, row by row", None)
    if show == "mean":
        return Thumbnail(
            png(mosaic(output.mean(0, keepdim=True), tile_px=1)), f"Map: the mean of {count:,} channels", None
        )
    if show == "strongest":
        drawn = mosaic(output, order="strongest", limit=1, tile_px=1)
        (channel,) = drawn.channels
        about = f"Map: channel {channel}, the strongest of {count:,}"
    else:
        channel = min(show, count - 1)
        drawn = mosaic(output[channel : channel + 1], tile_px=1)
        about = f"Map: channel {channel} of {count:,}"
    row, column = divmod(int(output[channel].nan_to_num(nan=-torch.inf).argmax()), output.shape[2])
    return Thumbnail(png(drawn), about, (channel, row, column))


def _of_picture(preview: Image.Image) -> Thumbnail:
    small = preview.resize((PICTURE_PX, PICTURE_PX))
    return Thumbnail(png_file(small), "The picture as the network gets it", None)
