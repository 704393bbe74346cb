"""What is said about a part is true of the network: with and without are both built and counted by torch."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze
from app.backend.common.quantity import short
from app.backend.learn.explain import Explanation, explain
from inception_models import ARCHITECTURES, Arch, build

GOOGLENET = ARCHITECTURES["googlenet"]


def of(arch: Arch, path: str) -> dict[str, Explanation]:
    return {explanation.path: explanation for explanation in explain(analyze(arch), path)}


def counted_macs(arch: Arch) -> int:
    net = build(arch, device="meta").eval()
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        net(torch.empty(1, 3, arch.input_size, arch.input_size, device="meta"))
    return counter.get_total_flops() // 2


def test_what_a_reduction_saves_is_what_torch_counts() -> None:
    said = of(GOOGLENET, "inception3a.branch5x5.reduce")["inception3a.branch5x5.reduce"]
    assert said.attempt
    saved = counted_macs(said.attempt.edit(GOOGLENET)) - counted_macs(GOOGLENET)
    assert f"The 1×1 makes 16 channels of 192. That saves {short(saved)} MACs" in said.sentence
    assert "12.4 M MACs, and without it 120 M, 9.7 times as much" in said.sentence


def test_a_residual_block_is_explained_with_all_its_copies() -> None:
    said = of(ARCHITECTURES["inception_resnet_v2"], "repeat_1")
    assert "128 channels of 1,088 in each of 20 copies" in said["repeat_1.branch7x7.reduce"].sentence
    assert "14 weights for a pair of channels where one 7×7 has 49: 71.4% fewer" in said["repeat_1.branch7x7"].sentence


def test_pool_head_and_field() -> None:
    assert "from 28 to 14, and the 480 channels stay" in explain(analyze(GOOGLENET), "maxpool3")[0].sentence
    assert "3,188,840 parameters are not in the totals" in of(GOOGLENET, "aux1")["aux1"].sentence
    assert "sees 59 × 59 of the picture's 224 × 224 pixels" in of(GOOGLENET, "inception3a")["inception3a"].sentence


@pytest.mark.parametrize("key", ARCHITECTURES)
def test_whatever_is_offered_works(key: str) -> None:
    arch = ARCHITECTURES[key]
    analysis = analyze(arch)
    for stage in (*analysis.stages, *analysis.aux):
        for explanation in explain(analysis, stage.name):
            assert explanation.sentence.endswith(".")
            if explanation.attempt:
                assert explanation.attempt.edit(arch) != arch
