"""Networks of others beside torch's own counter: a few of those that ``python -m benchmarks modules`` compares."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze_module
from app.backend.foreign.sources import brought_module

NETWORKS: dict[str, tuple[int, ...]] = {
    "torchvision:vit_b_16": (3, 224, 224),
    "torchvision:swin_v2_t": (3, 224, 224),
    "torchvision:convnext_tiny": (3, 224, 224),
    "torchvision:regnet_y_400mf": (3, 224, 224),
    "torchvision:lraspp_mobilenet_v3_large": (3, 224, 224),
    "torchvision:r3d_18": (3, 16, 112, 112),
    "timm:efficientnet_b0": (3, 224, 224),
    "timm:mixer_s32_224": (3, 224, 224),
    "timm:xcit_nano_12_p16_224": (3, 224, 224),
    "timm:nfnet_l0": (3, 224, 224),
    "timm:repvgg_a0": (3, 224, 224),
    "timm:inception_next_atto": (3, 224, 224),
    "timm:cait_xxs24_224": (3, 224, 224),
}


@pytest.mark.parametrize("source", NETWORKS)
def test_a_network_of_others_has_torchs_count(source: str) -> None:
    module, shape = brought_module(source).module, NETWORKS[source]
    params = sum(p.numel() for p in module.parameters())
    theirs = analyze_module(module, shape)
    module.to("meta").eval().requires_grad_(False)  # else the counter fails where a parameter is an input of a module
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(torch.empty(1, *shape, device="meta"))
    assert theirs.flops == counter.get_total_flops() > 0
    assert theirs.params + theirs.idle_params == params
