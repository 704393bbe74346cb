"""Feature maps as one picture: a tile for every channel; and which channel's cell a pixel shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image
from plotly.colors import sample_colorscale

from ..common.arrays import Bytes, Floats

if TYPE_CHECKING:
    from torch import Tensor

Order = Literal["channel", "strongest"]
Contrast = Literal["channel", "shared"]
Colormap = Literal["viridis", "cividis", "grey"]

TILE_PX = 24  # below that, a tile of a 7x7 map cannot be read or clicked
LARGE_TILE_PX = 256
LARGE_MOSAIC_PIXELS = 16_000_000
HUGE, TINY = np.float32(1e37), np.float32(1e-30)  # beyond, differences and quotients leave float32

# A mosaic is drawn in 256 colours: 252 of the scale, and these.
SCALE_COLOURS = 252
GAP, NOT_FINITE, FLAT_DARK, FLAT_LIGHT = range(SCALE_COLOURS, 256)
MARK_COLOURS = ((128, 128, 128), (230, 0, 60), (70, 70, 70), (110, 110, 110))


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a feature map."""

    channel: int
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Tiles in rows, all of one size. ``channels``: which channel each tile shows, in reading order.

    A map of ``map_size`` (height, width) is drawn with every ``step``-th value as a square of ``scale`` pixels.
    ``indices`` ``[height, width]`` are colours of ``palette`` ``[256, 3]``.
    """

    indices: Bytes
    palette: Bytes
    channels: tuple[int, ...]
    columns: int
    map_size: tuple[int, int]
    scale: int
    step: int
    gap: int

    @property
    def image(self) -> Bytes:
        """RGB, ``[height, width, 3]``; gaps are grey."""
        return np.take(self.palette, self.indices, axis=0)

    @property
    def tile_size(self) -> tuple[int, int]:
        """Height and width of a tile, px, without the gap."""
        height, width = (-(-side // self.step) * self.scale for side in self.map_size)
        return height, width

    def box(self, channel: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of a channel's tile, px; the last two are exclusive. ValueError if not shown."""
        if channel not in self.channels:
            raise ValueError(f"Channel {channel} is not among those shown.")
        row, column = divmod(self.channels.index(channel), self.columns)
        height, width = self.tile_size
        left, top = column * (width + self.gap), row * (height + self.gap)
        return left, top, left + width, top + height

    def cell_at(self, x: int, y: int) -> Cell | None:
        """What is drawn at the pixel ``x`` from the left and ``y`` from the top; None outside the tiles."""
        height, width = self.tile_size
        row, below = divmod(y, height + self.gap)
        column, right = divmod(x, width + self.gap)
        tile = row * self.columns + column
        inside = row >= 0 and 0 <= column < self.columns and below < height and right < width
        if not inside or tile >= len(self.channels):
            return None
        return Cell(self.channels[tile], below // self.scale * self.step, right // self.scale * self.step)


def mosaic(
    t: Tensor,
    *,
    columns: int | None = None,
    order: Order = "channel",
    limit: int | None = None,
    contrast: Contrast = "channel",
    value_range: tuple[float, float] | None = None,
    colormap: Colormap = "viridis",
    gap: int = 1,
    tile_px: int = TILE_PX,
) -> Mosaic:
    """Draws feature maps ``[channels, height, width]`` or ``[features]``.

    Values that are not finite are red. A channel that is constant has no contrast: its tile is hatched grey. Maps of
    one value each are compared with each other, whatever ``contrast`` says.

    Args:
        columns: tiles in a row; by default as many as make the picture about square.
        order: by number, or ``strongest`` first (mean absolute value; equals by number).
        limit: how many tiles at most; None is all.
        contrast: the colours span each ``channel``'s own values, or those of all shown ones (``shared``).
        value_range: what the colours span, instead of ``contrast``; values outside take the last colour.
        gap: pixels between tiles.
        tile_px: small maps are enlarged by a whole number until their short side has so many pixels. Maps above 256
            pixels are drawn with every second, third, ... value, and so are all where the picture would have more than
            16 million pixels.

    Raises:
        ValueError: for a tensor of another shape.
    """
    if t.ndim not in (1, 3) or not t.numel():
        raise ValueError(f"Feature maps [channels, height, width] are needed, not {list(t.shape)}.")
    maps: Floats = t.detach().float().cpu().numpy()
    maps = maps.reshape(len(maps), *(maps.shape[1:] or (1, 1)))
    channels = _order(maps, order)[:limit]
    height, width = maps.shape[1:]
    step = max(
        math.ceil(max(height, width) / max(LARGE_TILE_PX, tile_px)),
        math.ceil(math.sqrt(len(channels) * height * width / LARGE_MOSAIC_PIXELS)),
    )
    shown = maps[channels, ::step, ::step]
    scale = max(1, math.ceil(tile_px / min(shown.shape[1:])))
    columns = min(columns or math.ceil(math.sqrt(len(channels))), len(channels))
    return Mosaic(
        _grid(_tiles(shown, contrast, value_range, scale), columns, gap),
        _palette(colormap),
        tuple(channels.tolist()),
        columns,
        (height, width),
        scale,
        step,
        gap,
    )


def png(drawn: Mosaic) -> bytes:
    """The picture as a PNG file in its 256 colours, gaps transparent."""
    image = Image.fromarray(drawn.indices)
    image.putpalette(drawn.palette.tobytes())
    file = BytesIO()
    image.save(file, "PNG", transparency=GAP, compress_level=1)  # a higher level takes far longer and saves little
    return file.getvalue()


def _order(maps: Floats, order: Order) -> npt.NDArray[np.intp]:
    if order == "channel":
        return np.arange(len(maps))
    strength = np.nan_to_num(np.abs(maps), nan=0, posinf=0).mean(axis=(1, 2))
    return np.argsort(-strength, kind="stable")


def _tiles(shown: Floats, contrast: Contrast, value_range: tuple[float, float] | None, scale: int) -> Bytes:
    """Colour indices of enlarged tiles, ``[channels, height, width]``."""
    finite = np.abs(shown) < HUGE
    low, high = _span(shown, finite, contrast if shown[0].size > 1 else "shared", value_range)
    flat = high - low < TINY
    levels = (np.where(finite, shown, low) - low) * ((SCALE_COLOURS - 1) / np.where(flat, 1, high - low))
    indices = (levels + np.float32(0.5)).clip(0, SCALE_COLOURS - 1).astype(np.uint8)
    np.copyto(indices, FLAT_DARK, where=flat)
    np.copyto(indices, NOT_FINITE, where=~finite)
    tiles = indices.repeat(scale, 1).repeat(scale, 2)
    stripes = np.add.outer(np.arange(tiles.shape[1]), np.arange(tiles.shape[2])) % 8 < 4
    hatched = flat.ravel()
    tiles[hatched] = np.where((tiles[hatched] == FLAT_DARK) & stripes, FLAT_LIGHT, tiles[hatched])
    return tiles


def _span(
    shown: Floats, finite: npt.NDArray[np.bool_], contrast: Contrast, value_range: tuple[float, float] | None
) -> tuple[Floats, Floats]:
    """The values that take the first and the last colour, each ``[channels, 1, 1]``."""
    one_each = np.ones((len(shown), 1, 1), np.float32)
    if value_range is not None:
        return one_each * np.float32(value_range[0]), one_each * np.float32(value_range[1])
    over = (1, 2) if contrast == "channel" else (0, 1, 2)
    low = shown.min(over, keepdims=True, where=finite, initial=HUGE)
    high = shown.max(over, keepdims=True, where=finite, initial=-HUGE)
    return one_each * low, one_each * high


def _grid(tiles: Bytes, columns: int, gap: int) -> Bytes:
    """Tiles side by side, ``columns`` in a row."""
    count, height, width = tiles.shape
    rows = -(-count // columns)
    spaced = np.full((rows * columns, height + gap, width + gap), GAP, np.uint8)
    spaced[:count, :height, :width] = tiles
    spaced = spaced.reshape(rows, columns, height + gap, width + gap).swapaxes(1, 2)
    flat = spaced.reshape(rows * (height + gap), columns * (width + gap))
    return np.ascontiguousarray(flat[: len(flat) - gap, : flat.shape[1] - gap])


@cache
def _palette(colormap: Colormap) -> Bytes:
    places = np.linspace(0, 1, SCALE_COLOURS)
    if colormap == "grey":
        scale = np.repeat(places[:, None], 3, 1)
    else:
        scale = np.array(sample_colorscale(colormap, places.tolist(), colortype="tuple"))
    palette = np.concatenate([np.rint(scale * 255), MARK_COLOURS]).astype(np.uint8)
    palette.setflags(write=False)
    return palette
