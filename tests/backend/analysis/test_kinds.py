"""The table of layer kinds: complete, and read off real modules. What it says is tested where it is counted."""

from __future__ import annotations

from typing import get_args

import pytest
from torch import nn

from app.backend.analysis.cost import bind
from app.backend.analysis.graph import Layer, Traced
from app.backend.analysis.kinds import KINDS, LayerKind
from app.backend.analysis.op_table import LAYER_OF_FUNCTION, LAYER_OF_METHOD, layer_of


def test_every_kind_has_a_row() -> None:
    assert set(KINDS) == set(get_args(LayerKind))


def test_every_function_and_method_is_of_a_known_kind() -> None:
    layers = [known for known in (*LAYER_OF_FUNCTION.values(), *LAYER_OF_METHOD.values()) if isinstance(known, Layer)]
    assert len(layers) > 30
    assert {layer.kind for layer in layers} < set(KINDS)


def test_a_row_of_layers_is_known_by_its_convolutions_linear_layers_and_pools() -> None:
    assert [kind for kind, rules in KINDS.items() if rules.is_main] == [
        "conv",
        "linear",
        "max_pool",
        "avg_pool",
        "adaptive_pool",
    ]


@pytest.mark.parametrize(
    "conv, depthwise",
    [
        (nn.Conv2d(4, 8, 3), False),
        (nn.Conv2d(4, 8, 3, groups=2), False),
        (nn.Conv2d(4, 8, 3, groups=4), True),
        (nn.Conv2d(1, 8, 3), True),  # over one channel both are the same
    ],
    ids=str,
)
def test_a_convolution_is_depthwise_by_its_groups(conv: nn.Conv2d, depthwise: bool) -> None:
    assert layer_of(conv).depthwise is depthwise


@pytest.mark.parametrize("channels", [1, 4, 5])
def test_depthwise_filters_follow_the_channels_that_arrive_whatever_the_path(channels: int) -> None:
    (node,) = bind((Traced("filters", layer_of(nn.Conv2d(4, 8, 3, groups=4)), (-1,)),), (channels, 9, 9), {})
    real = nn.Conv2d(channels, 2 * channels, 3, groups=channels)
    assert (node.layer.width, node.layer.groups) == (real.out_channels, real.groups)
    assert node.params == sum(p.numel() for p in real.parameters())
    assert node.macs == 2 * channels * 7 * 7 * 9


def test_words_are_a_layers_kind_where_its_detail_does_not_say_it() -> None:
    layers = (nn.MaxPool2d(3, 2), nn.AdaptiveAvgPool2d(1), nn.Dropout(0.4), nn.Conv2d(3, 8, (1, 7)), nn.ReLU())
    assert [layer_of(layer).words for layer in layers] == [
        "max pool 3×3/2",
        "average pool to 1×1",
        "dropout p = 0.4",
        "1×7",
        "ReLU",
    ]
