"""Totals of any network as one type: the family's own numbers, and the same network traced as a module."""

from __future__ import annotations

import pytest

from app.backend import analyze, analyze_module
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
