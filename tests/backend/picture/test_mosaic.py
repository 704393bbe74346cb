"""Oracles: pixels counted by hand, the published ends of the colour scales, and Pillow reading the PNG back."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from app.backend.picture.mosaic import FLAT_DARK, FLAT_LIGHT, GAP, NOT_FINITE, Cell, Colormap, Contrast, mosaic, png

NAN, INF = float("nan"), float("inf")
RED = (230, 0, 60)


def counted(channels: int, height: int, width: int) -> torch.Tensor:
    """0, 1, 2, ...: drawn with a range of 0 to 251, every value is its own colour index."""
    return torch.arange(channels * height * width, dtype=torch.float32).reshape(channels, height, width)


def test_tiles_stand_in_rows_and_every_pixel_is_its_cells_colour() -> None:
    #  Five channels of 2x3, three in a row, each value 2x2 pixels (the short side gets 4), gaps of one pixel.
    drawn = mosaic(counted(5, 2, 3), columns=3, gap=1, tile_px=4, value_range=(0, 251))
    top = [
        [ 0,  0,  1,  1,  2,  2, GAP,  6,  6,  7,  7,  8,  8, GAP, 12, 12, 13, 13, 14, 14],
        [ 3,  3,  4,  4,  5,  5, GAP,  9,  9, 10, 10, 11, 11, GAP, 15, 15, 16, 16, 17, 17],
    ]  # fmt: skip
    bottom = [
        [18, 18, 19, 19, 20, 20, GAP, 24, 24, 25, 25, 26, 26, GAP] + [GAP] * 6,
        [21, 21, 22, 22, 23, 23, GAP, 27, 27, 28, 28, 29, 29, GAP] + [GAP] * 6,
    ]
    rows = [top[0], top[0], top[1], top[1], [GAP] * 20, bottom[0], bottom[0], bottom[1], bottom[1]]
    assert drawn.indices.tolist() == rows
    assert drawn.image.shape == (9, 20, 3)
    assert drawn.image.dtype == np.uint8
    assert drawn.channels == (0, 1, 2, 3, 4)
    assert (drawn.columns, drawn.tile_size, drawn.map_size) == (3, (4, 6), (2, 3))
    assert drawn.box(0) == (0, 0, 6, 4)
    assert drawn.box(2) == (14, 0, 20, 4)
    assert drawn.box(4) == (7, 5, 13, 9)


@pytest.mark.parametrize(
    "x, y, cell",
    [
        (0, 0, Cell(0, 0, 0)),
        (5, 3, Cell(0, 1, 2)),
        (6, 0, None),  # the gap right of it
        (0, 4, None),  # the gap below it
        (7, 0, Cell(1, 0, 0)),
        (19, 2, Cell(2, 1, 2)),
        (20, 0, None),  # right of the picture
        (9, 5, Cell(4, 0, 1)),
        (14, 5, None),  # no sixth channel
        (0, 9, None),  # below the picture
        (0, 10, None),
        (-1, 0, None),
        (0, -5, None),
    ],
)
def test_a_pixel_leads_back_to_its_cell(x: int, y: int, cell: Cell | None) -> None:
    assert mosaic(counted(5, 2, 3), columns=3, gap=1, tile_px=4).cell_at(x, y) == cell


@pytest.mark.parametrize(
    "shape, options",
    [
        ((5, 7, 7), {}),
        ((4, 3, 5), {"gap": 0}),
        ((7, 2, 2), {"order": "strongest", "limit": 5, "gap": 3}),
        ((3, 40, 30), {"tile_px": 8}),
        ((1, 6, 6), {"columns": 4, "tile_px": 30}),
    ],
)
def test_every_cell_is_found_again_and_has_the_colour_of_its_value(
    shape: tuple[int, int, int], options: dict[str, int]
) -> None:
    maps = torch.randperm(int(np.prod(shape)), generator=torch.Generator().manual_seed(0)).float().reshape(shape)
    drawn = mosaic(maps, value_range=(0, maps.numel()), **options)  # type: ignore[arg-type]  # each option by name
    colours_of: dict[Cell, set[int]] = {}
    for y, row in enumerate(drawn.indices.tolist()):
        for x, index in enumerate(row):
            cell = drawn.cell_at(x, y)
            assert (cell is None) == (index == GAP)
            if cell is not None:
                colours_of.setdefault(cell, set()).add(index)
    assert {cell.channel for cell in colours_of} == set(drawn.channels)
    assert len(colours_of) == len(drawn.channels) * shape[1] * shape[2]
    for cell, colours in colours_of.items():
        value = maps[cell.channel, cell.row, cell.column].item()
        assert colours == {int(value / maps.numel() * 251 + 0.5)}


def test_a_channel_that_is_not_shown_has_no_box() -> None:
    with pytest.raises(ValueError, match="Channel 4 is not among those shown"):
        mosaic(counted(5, 2, 2), limit=4).box(4)


# --- which channels, how large -----------------------------------------------------------------------------------


MEANS = torch.tensor([1.0, -5.0, 3.0, NAN, 3.0, 0.0])


@pytest.mark.parametrize(
    "order, limit, channels",
    [
        ("channel", None, (0, 1, 2, 3, 4, 5)),
        ("channel", 2, (0, 1)),
        ("strongest", None, (1, 2, 4, 0, 3, 5)),
        ("strongest", 3, (1, 2, 4)),
        ("strongest", 99, (1, 2, 4, 0, 3, 5)),
    ],
)
def test_order_and_limit(order: str, limit: int | None, channels: tuple[int, ...]) -> None:
    maps = MEANS[:, None, None].expand(6, 2, 2)
    assert mosaic(maps, order=order, limit=limit).channels == channels  # type: ignore[arg-type]  # a name


@pytest.mark.parametrize(
    "size, tile_px, scale, step",
    [
        ((7, 7), 24, 4, 1),
        ((24, 24), 24, 1, 1),
        ((23, 23), 24, 2, 1),
        ((1, 1), 24, 24, 1),
        ((5, 10), 24, 5, 1),
        ((256, 256), 24, 1, 1),
        ((257, 257), 24, 1, 2),
        ((600, 300), 24, 1, 3),
        ((600, 600), 700, 2, 1),
    ],
)
def test_small_maps_are_enlarged_and_large_ones_thinned_by_whole_numbers(
    size: tuple[int, int], tile_px: int, scale: int, step: int
) -> None:
    maps = counted(1, *size)
    drawn = mosaic(maps, tile_px=tile_px)
    assert (drawn.scale, drawn.step) == (scale, step)
    assert drawn.indices.shape == drawn.tile_size
    height, width = drawn.tile_size
    last = drawn.cell_at(width - 1, height - 1)
    assert last == Cell(0, (size[0] - 1) // step * step, (size[1] - 1) // step * step)


def test_a_picture_of_very_many_channels_stays_within_sixteen_million_pixels() -> None:
    drawn = mosaic(torch.zeros(2000, 128, 128), gap=0)
    assert drawn.step == 2
    assert drawn.indices.size <= 16_000_000 * 1.1  # the last row may be longer than its channels


@pytest.mark.parametrize("count, columns", [(1, 1), (4, 2), (5, 3), (64, 8), (65, 9)])
def test_without_a_number_of_columns_the_picture_is_about_square(count: int, columns: int) -> None:
    assert mosaic(torch.zeros(count, 2, 2)).columns == columns


# --- contrast and values that are not numbers ------------------------------------------------------------------------


def levels(maps: torch.Tensor, contrast: Contrast) -> list[list[int]]:
    """Colour indices of 1x2 maps, a row for each channel."""
    return mosaic(maps[:, None, :], columns=1, gap=0, tile_px=1, contrast=contrast).indices.tolist()


@pytest.mark.parametrize(
    "values, contrast, want",
    [
        ([[0, 1], [10, 20]], "channel", [[0, 251], [0, 251]]),
        ([[0, 10], [10, 20]], "shared", [[0, 126], [126, 251]]),
        ([[-4, 4], [0, 2]], "shared", [[0, 251], [126, 188]]),
        ([[0, NAN], [0, 10]], "shared", [[0, NOT_FINITE], [0, 251]]),
        ([[5, INF], [0, 10]], "shared", [[126, NOT_FINITE], [0, 251]]),
        ([[-INF, NAN], [0, 10]], "channel", [[NOT_FINITE, NOT_FINITE], [0, 251]]),
        ([[3e38, 1], [-3e38, 2]], "shared", [[NOT_FINITE, 0], [NOT_FINITE, 251]]),
        ([[0, 0], [0, 10]], "shared", [[0, 0], [0, 251]]),
    ],
)
def test_contrast(values: list[list[float]], contrast: Contrast, want: list[list[int]]) -> None:
    assert levels(torch.tensor(values), contrast) == want


def test_values_outside_a_given_range_take_the_last_colours() -> None:
    drawn = mosaic(torch.tensor([[[-9.0, 0.0, 5.0, 10.0, 99.0]]]), value_range=(0, 10), tile_px=1)
    assert drawn.indices.tolist() == [[0, 0, 126, 251, 251]]


def test_a_constant_channel_is_hatched_and_its_neighbours_are_not() -> None:
    maps = counted(3, 4, 4)
    maps[1] = 7
    maps[1, 0, 0] = NAN
    drawn = mosaic(maps, columns=3, gap=0, tile_px=16)
    hatched = drawn.indices[:, 16:32]
    assert set(hatched.ravel().tolist()) == {FLAT_DARK, FLAT_LIGHT, NOT_FINITE}
    assert (hatched == FLAT_DARK).sum() == pytest.approx((hatched == FLAT_LIGHT).sum(), rel=0.2)
    assert (hatched[:4, :4] == NOT_FINITE).all()
    assert (hatched == NOT_FINITE).sum() == 16
    assert drawn.indices[:, :16].max() < GAP
    assert drawn.indices[:, 32:].max() < GAP
    assert tuple(drawn.image[0, 16]) == RED
    assert mosaic(counted(3, 4, 4)).indices.max() < FLAT_DARK


@pytest.mark.parametrize("contrast", ["channel", "shared"])
def test_single_values_are_compared_with_each_other(contrast: Contrast) -> None:
    drawn = mosaic(torch.tensor([0.0, 5.0, 10.0]), columns=3, gap=0, tile_px=1, contrast=contrast)
    assert drawn.indices.tolist() == [[0, 126, 251]]


@pytest.mark.parametrize(
    "colormap, first, last",
    [
        ("viridis", "440154", "fde725"),
        ("cividis", "00224e", "fee838"),
        ("grey", "000000", "ffffff"),
    ],
)
def test_the_scales_run_between_their_published_ends(colormap: Colormap, first: str, last: str) -> None:
    (colours,) = mosaic(counted(1, 1, 252), tile_px=1, colormap=colormap).image
    assert colours[0].tobytes().hex() == first
    assert colours[-1].tobytes().hex() == last
    luminance = colours @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(luminance) > -0.6).all()  # brighter all the way, but for rounding


@pytest.mark.parametrize("shape", [(2, 3), (1, 3, 4, 4), (), (0, 4, 4), (0,)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"Feature maps \[channels, height, width\] are needed, not \["):
        mosaic(torch.zeros(shape))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64])
def test_every_type_of_number_is_drawn_and_the_maps_stay_as_they_were(dtype: torch.dtype) -> None:
    maps = counted(2, 4, 4).to(dtype)
    before = maps.clone()
    assert mosaic(maps, order="strongest").indices.any()
    assert torch.equal(maps, before)


def test_the_png_is_the_picture_with_transparent_gaps() -> None:
    maps = counted(5, 6, 6)
    maps[1] = 2
    maps[3, 0, 0] = INF
    drawn = mosaic(maps, columns=3, gap=2)
    rgba: npt.NDArray[np.uint8] = np.asarray(Image.open(BytesIO(png(drawn))).convert("RGBA"))
    gaps = drawn.indices == GAP
    assert (rgba[..., :3] == drawn.image)[~gaps].all()
    assert ((rgba[..., 3] == 0) == gaps).all()
    assert set(rgba[..., 3].ravel().tolist()) == {0, 255}
