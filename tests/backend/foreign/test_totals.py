"""Totals of any network as one type: the family's own numbers, and the same network traced as a module."""

from __future__ import annotations

from typing import cast

import pytest
from torch import Tensor, nn
from torchvision.models import resnet18, vgg11

from app.backend import analyze, analyze_module
from app.backend.decide.totals import receptive_field_px
from app.backend.foreign.totals import network_totals
from inception_models import ARCHITECTURES, build


@pytest.mark.parametrize("key", ["googlenet_bn", "inception_v3", "inception_resnet_v2"])
def test_a_network_of_the_family_has_the_same_totals_when_it_is_brought_as_a_module(key: str) -> None:
    arch = ARCHITECTURES[key]
    own = network_totals(key, analyze(arch))
    brought = network_totals(key, analyze_module(build(arch, "meta"), own.in_shape))
    assert (brought.params, brought.macs, brought.flops) == (own.params, own.macs, own.flops)
    assert brought.weight_bytes == own.weight_bytes == 4 * own.params
    assert brought.peak_bytes == own.peak_bytes


class Gated(nn.Module):
    """Values that depend on all of the picture, between two convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.after = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.before(x)
        return cast(Tensor, self.after(x * x.mean((2, 3), keepdim=True)))


def test_a_receptive_field_is_that_of_all_convolutions_or_none() -> None:
    # 435 and 150: by hand, each convolution and pool on the longest path adds (kernel - 1) times the steps before it.
    for module, size in ((resnet18(), 435), (vgg11(), 150), (Gated(), None)):
        assert receptive_field_px(analyze_module(module, (3, 64, 64))) == size
