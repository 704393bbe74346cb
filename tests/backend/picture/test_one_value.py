"""Oracle: what torch puts out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from app.backend.picture.activations import output_parts, prepare
from app.backend.picture.mosaic import Cell
from app.backend.picture.one_value import arithmetic, convolution_at
from inception_models import ARCHITECTURES, build
from inception_models.edits.toggles import with_activation
from inception_models.edits.widths import scaled


def lived_in(key: str, activation: str = "relu"):
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(1)
        net = build(with_activation(replace(scaled(ARCHITECTURES[key], 0.25), aux=()), activation)).eval()
        for module in net.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.2)
                module.running_var.uniform_(0.5, 2)
                module.weight.copy_(torch.ones_like(module.weight) if "NoGamma" in type(module).__name__ else 1.3)
                module.bias.normal_(0, 0.2)
            elif isinstance(module, torch.nn.Conv2d) and module.bias is not None:
                module.bias.normal_(0, 0.2)
    return net


@pytest.mark.parametrize(
    "key, activation",
    [
        ("googlenet", "relu"),  # a bias and no norm
        ("googlenet_bn", "gelu"),  # a norm and no bias
        ("inception_v3", "relu"),
        ("inception_resnet_v1", "relu"),
        ("inception_v2_slim", "relu"),  # one-sided padding
    ],
)
def test_the_sum_is_the_networks_value(key: str, activation: str) -> None:
    net = lived_in(key, activation)
    x = torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    got = prepare(net, device=torch.device("cpu")).run(x)
    units = {path: unit for path in got.outputs if (unit := convolution_at(net.arch, path))}
    assert len(units) >= 6
    for path, unit in [*units.items()][: 8 if key != "inception_resnet_v1" else 5]:
        output = got.outputs[path]
        channels, height, width = output.shape
        for cell in (Cell(0, 0, 0), Cell(channels - 1, height - 1, width - 1), Cell(channels // 2, height // 2, 0)):
            value = float(output[cell.channel, cell.row, cell.column])
            computed = arithmetic(net, x, unit, cell)
            assert computed.value == pytest.approx(value, abs=1e-4, rel=1e-4), (path, cell)
            assert not computed.patch[:, ~computed.real].any()


def test_padding_is_not_real_and_the_parts_add_up() -> None:
    net = lived_in("googlenet")
    x = torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    computed = arithmetic(net, x, "conv1_7x7_s2", Cell(2, 0, 5))
    assert computed.patch.shape == computed.weights.shape == (3, 7, 7)
    assert computed.real.sum(1).tolist() == [0, 0, 0, 7, 7, 7, 7]
    np.testing.assert_array_equal(computed.patch[:, 3:], x[0, :, 0:4, 7:14].numpy())
    np.testing.assert_array_equal(computed.weights, net.conv1_7x7_s2.conv.weight[2].detach().numpy())
    assert computed.convolved == pytest.approx((computed.patch * computed.weights).sum() + computed.bias, rel=1e-5)
    assert (computed.norm, computed.activation, computed.normalised) == (None, "ReLU", computed.convolved)


UNITS = [
    ("googlenet", "conv1_7x7_s2", "conv1_7x7_s2"),
    ("googlenet", "pool1_3x3_s2", None),
    ("googlenet", "inception3a", None),
    ("googlenet", "inception3a.branch5x5", "inception3a.branch5x5.conv"),
    ("googlenet", "fc", None),
]


@pytest.mark.parametrize("key, path, unit", UNITS)
def test_unit_of(key: str, path: str, unit: str | None) -> None:
    assert convolution_at(ARCHITECTURES[key], path) == unit


def test_a_separable_convolution_is_no_single_sum() -> None:
    arch = ARCHITECTURES["xception"]
    separable = [p for p, part in output_parts(arch).items() if type(part).__name__ == "SepConv"]
    assert convolution_at(arch, separable[0].rpartition(".")[0]) is None
    with pytest.raises(ValueError, match="not a plain convolution"):
        arithmetic(lived_in("xception"), torch.zeros(1, 3, 96, 96), separable[0], Cell(0, 0, 0))


@pytest.mark.parametrize("cell", [Cell(0, 48, 0), Cell(0, 0, -1), Cell(99, 0, 0)])
def test_a_cell_that_is_not_there(cell: Cell) -> None:
    with pytest.raises(IndexError):
        arithmetic(lived_in("googlenet"), torch.zeros(1, 3, 96, 96), "conv1_7x7_s2", cell)
