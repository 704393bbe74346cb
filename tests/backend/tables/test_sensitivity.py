"""What more filters would cost, against analysing every edited network."""

from __future__ import annotations

import pytest

from app.backend import analyze
from app.backend.tables.sensitivity import sensitivity
from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.arch.rules import MAX_WIDTH
from inception_models.arch.spec import BatchNorm, Branch, Conv, GlobalPool, Linear, Repeat, Residual, Unit


@pytest.mark.parametrize(
    "key, step",
    [
        ("googlenet", 8),
        ("googlenet_naive", 8),  # passes its input on, so width runs far
        ("inception_v3", 8),
        ("inception_resnet_v2", 8),
        ("inception_v2_slim", 1),
        ("xception", 16),
    ],
)
def test_every_place_equals_the_analysis_of_the_edited_network(key: str, step: int) -> None:
    arch = ARCHITECTURES[key]
    before = analyze(arch)
    entries = sensitivity(before, step)
    assert {e.path: e.width for e in entries} == widths(arch)
    for entry in entries:
        after = analyze(with_widths(arch, {entry.path: entry.width + step}))
        heads = after.params_with_aux - after.params - before.params_with_aux + before.params
        assert (entry.params, entry.macs, entry.aux_params, entry.problem) == (
            after.params - before.params,
            after.macs - before.macs,
            heads,
            "",
        ), entry.path


def test_a_tapped_stage_makes_its_heads_larger() -> None:
    entries = {e.path: e for e in sensitivity(analyze(ARCHITECTURES["googlenet"]))}
    assert entries["inception4a.branch1x1.conv"].aux_params == 8 * 128  # the head's 1x1 convolution has 128 filters
    assert entries["inception4b.branch1x1.conv"].aux_params == 0
    assert (entries["aux1.conv"].params, entries["aux1.conv"].macs) == (0, 0)


def test_a_place_that_cannot_grow_alone_says_why() -> None:
    wide = with_widths(ARCHITECTURES["googlenet"], {"inception3a.branch1x1.conv": MAX_WIDTH})
    entry = next(e for e in sensitivity(analyze(wide)) if e.path == "inception3a.branch1x1.conv")
    assert (entry.params, entry.macs) == (0, 0)
    assert str(MAX_WIDTH) in entry.problem


def test_a_block_that_adds_its_input_cannot_grow_alone() -> None:
    block = Residual(
        "block", (Branch("left", (Conv("conv", 8),)), Branch("right", (Conv("conv", 8),))), projection=False
    )
    arch = Arch(
        "tiny",
        ARCHITECTURES["googlenet"].about,
        Unit(norm=BatchNorm()),
        (Conv("stem", 16, (3, 3), 2), Repeat(block, 2), GlobalPool("pool"), Linear("fc")),
        input_size=32,
        classes=10,
    )
    entries = {e.path: e for e in sensitivity(analyze(arch))}
    assert "block" in entries["block.left.conv"].problem
    assert "block" in entries["stem"].problem  # what follows it no longer fits
