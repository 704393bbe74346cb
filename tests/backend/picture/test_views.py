"""What is drawn of activations and predictions, and what is saved. Oracles: numpy, and pencil and paper."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import numpy as np
import pytest
import torch
from PIL import Image

from app.backend.charts.channels import branch_dots, energy_bars, summaries
from app.backend.charts.prediction import prediction_bars
from app.backend.common.colours import CIVIDIS
from app.backend.picture import saved_maps
from app.backend.picture.activations import model_for
from app.backend.picture.filter_pictures import GAP_PX, first_filters
from app.backend.picture.overlay import overlay
from inception_models import ARCHITECTURES
from inception_models.arch.spec import Branch, Conv
from inception_models.checkpoints.preprocessing import caffe_bgr, imagenet
from inception_models.edits.widths import scaled

ONE = Branch("branch1x1", (Conv("conv", 2),))
THREE = Branch("branch3x3", (Conv("conv", 1, (3, 3)),))
BRANCHES: dict[str, Branch | None] = {"stem": None, "a.branch1x1": ONE, "a.branch3x3": THREE, "a.again": THREE}
OUTPUTS = {
    "stem": torch.ones(1, 2, 2),
    "a.branch1x1": torch.stack([torch.full((2, 2), 3.0), torch.zeros(2, 2)]),  # energy 36, one of two is dead
    "a.branch3x3": torch.tensor([[[0.0, 0.0], [0.0, 4.0]]]),  # 16
    "a.again": torch.tensor([[[2.0, 2.0], [2.0, 0.0]]]),  # 12
}


def test_energy_is_each_branchs_share_of_its_block() -> None:
    figure = energy_bars(summaries(OUTPUTS, BRANCHES), "a")
    shares = {bar.customdata[0]: (bar.x[0], bar.y[0], bar.marker.color) for bar in figure.data}
    assert shares == {
        "a.branch1x1": ("a", 56.25, "#0072B2"),
        "a.branch3x3": ("a", 25.0, "#E69F00"),
        "a.again": ("a", 18.75, "#E69F00"),
    }
    assert [bar.name for bar in figure.data if bar.showlegend] == ["1×1", "3×3"]


def test_every_branch_has_mean_zeros_and_dead_channels() -> None:
    figure = branch_dots(summaries(OUTPUTS, BRANCHES))
    rows = {axis: {p: v for t in figure.data if t.yaxis == axis for p, v in zip(t.customdata, t.y, strict=True)}
            for axis in ("y", "y2", "y3")}  # fmt: skip
    assert rows["y"] == {"stem": 1, "a.branch1x1": 1.5, "a.branch3x3": 1, "a.again": 1.5}
    assert rows["y2"] == {"stem": 0, "a.branch1x1": 50, "a.branch3x3": 75, "a.again": 25}
    assert rows["y3"] == {"stem": 0, "a.branch1x1": 50, "a.branch3x3": 0, "a.again": 0}


def test_predictions_side_by_side() -> None:
    first, second = (torch.tensor(p, dtype=torch.float64).log() for p in ([0.7, 0.2, 0.1], [0.1, 0.3, 0.6]))
    figure = prediction_bars(first, second, ("before", "after"), ["cat", "dog", "owl"].__getitem__, k=2)
    before, after = figure.data
    assert list(before.y) == ["cat · 0", "owl · 2", "dog · 1"]
    assert list(before.x) == pytest.approx([70, 10, 20])
    assert list(after.x) == pytest.approx([10, 60, 30])
    assert list(after.text) == ["−60.0", "+50.0", "+10.0"]


def test_overlay_scales_from_zero_or_symmetrically() -> None:
    grey = Image.new("RGB", (40, 40), (80, 80, 80))
    heat = torch.zeros(4, 4)
    heat[0, 0] = 2
    drawn = overlay(grey, heat, 1.0)
    assert drawn.image.size == (40, 40)
    assert drawn.low == 0 < drawn.high <= 2
    assert drawn.image.getpixel((0, 0)) == tuple(bytes.fromhex(CIVIDIS[-1][1:]))
    assert drawn.image.getpixel((39, 39)) == tuple(bytes.fromhex(CIVIDIS[0][1:]))
    heat[3, 3] = -1
    signed = overlay(grey, heat, 1.0)
    assert signed.low == -signed.high
    assert signed.image.getpixel((0, 0)) == (0xD5, 0x5E, 0)
    assert overlay(grey, heat, 0.0).image.getpixel((0, 0)) == (80, 80, 80)
    assert overlay(grey, torch.zeros(4, 4), 0.5).high == 1  # nothing to divide by


def test_filters_are_the_weights_in_the_colours_they_read() -> None:
    net = model_for(scaled(ARCHITECTURES["googlenet_bn"], 0.25))
    weights = net.conv1.conv.weight.detach()
    rgb, bgr = first_filters(net, imagenet(224)), first_filters(net, caffe_bgr(224))
    assert (rgb.count, rgb.size) == (16, (7, 7))
    pixels = np.asarray(rgb.image)
    step = 42 + GAP_PX
    tile = pixels[:42:6, step : step + 42 : 6, :3]  # the second filter, a pixel a weight
    want = ((weights[1] / weights.abs().max() + 1) * 127.5).round().permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(tile, want.astype(np.uint8))
    np.testing.assert_array_equal(np.asarray(bgr.image)[..., :3], pixels[..., 2::-1])
    own = np.asarray(first_filters(net, imagenet(224), own_scale=True).image)[:42, :42, :3]
    assert {int(own.min()), int(own.max())} & {0, 255}
    assert pixels[0, 43, 3] == 0  # the gap


def test_no_filters_where_the_first_layer_is_separable() -> None:
    with pytest.raises(ValueError, match="not a plain convolution"):
        first_filters(model_for(scaled(ARCHITECTURES["inception_v2_slim"], 0.25)), imagenet(224))


def test_arrays_come_back_from_npz() -> None:
    data = np.load(BytesIO(saved_maps.npz(OUTPUTS, ["stem", "a.again"])), allow_pickle=False)
    assert data.files == ["stem", "a.again"]
    np.testing.assert_array_equal(data["a.again"], OUTPUTS["a.again"].numpy())


def test_too_many_arrays_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_maps, "MAX_NPZ_BYTES", 20)
    with pytest.raises(ValueError, match=r"take 32 B, where 20 B are allowed"):
        saved_maps.npz(OUTPUTS, ["a.branch1x1"])


def test_statistics_have_a_line_a_channel() -> None:
    lines = [*csv.reader(StringIO(saved_maps.statistics_csv(OUTPUTS, ["a.branch1x1", "a.again"])))]
    assert lines[1:] == [
        ["a.branch1x1", "0", "3", "0", "3", "0"],
        ["a.branch1x1", "1", "0", "0", "0", "1"],
        ["a.again", "0", "1.5", "0.866025", "2", "0.25"],
    ]
