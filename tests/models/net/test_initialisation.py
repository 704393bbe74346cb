"""Random weights: the logits of noise are of a sane size in every variant, BatchNorm's statistics not yet measured."""

from __future__ import annotations

import pytest
import torch

from inception_models import ARCHITECTURES, build
from tests.models.representative import ONE_OF_A_KIND

DEEPEST = ("inception_resnet_v2", "xception")  # and so those in which values can grow most


@pytest.mark.parametrize("key", (*ONE_OF_A_KIND, *DEEPEST))
def test_logits_of_random_weights_are_sane(key: str) -> None:
    arch = ARCHITECTURES[key]
    torch.manual_seed(0)
    net = build(arch).eval()
    with torch.inference_mode():
        logits = net(torch.randn(1, 3, arch.input_size, arch.input_size))
    assert 0.01 < logits.std() < 20
