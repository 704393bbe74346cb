"""The papers' experiments: factorising, naive modules, swapped pools."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from torch import nn

from app.backend import analyze
from inception_models import ARCHITECTURES, Arch, build
from inception_models.arch.shapes import stage_shapes
from inception_models.arch.spec import Conv
from inception_models.arch.tree import blocks, row_of, walk
from inception_models.edits.input_output import without_aux
from inception_models.edits.structure import with_op
from inception_models.edits.whatif import FirstWidth, Into, factorised, naive, saving, swapped_pool, unfactorised
from inception_models.edits.widths import widths
from tests.models.random_edits import assert_one_sentence

GOOGLENET = ARCHITECTURES["googlenet"]
PLAIN = ARCHITECTURES["googlenet_plain"]
BN_INCEPTION = ARCHITECTURES["bn_inception"]
V3 = ARCHITECTURES["inception_v3"]
RESNET = ARCHITECTURES["inception_resnet_v2"]
every = pytest.mark.parametrize("arch", ARCHITECTURES.values(), ids=lambda arch: arch.key)
FIVE = "inception3b.branch5x5.conv"


def kernels(arch: Arch, path: str) -> list[tuple[str, tuple[int, int], int]]:
    return [(op.name, op.kernel, op.stride) for op in row_of(arch, path) if isinstance(op, Conv)]


@pytest.mark.parametrize(
    "arch, path, into, row",
    (
        (GOOGLENET, FIVE, "3x3s", [("reduce", (1, 1), 1), ("conv_1", (3, 3), 1), ("conv", (3, 3), 1)]),
        (GOOGLENET, FIVE, "1xk_kx1", [("reduce", (1, 1), 1), ("conv_1", (1, 5), 1), ("conv", (5, 1), 1)]),
        (
            PLAIN,
            "conv1",
            "3x3s",
            [
                ("conv1_1", (3, 3), 1),
                ("conv1_2", (3, 3), 1),
                ("conv1", (3, 3), 2),
                ("reduce2", (1, 1), 1),
                ("conv2", (3, 3), 1),
            ],
        ),
        (V3, "aux1.conv", "3x3s", [("reduce", (1, 1), 1), ("conv_1", (3, 3), 1), ("conv", (3, 3), 1)]),
    ),
)
def test_factors_stand_in_front_of_the_last_which_keeps_name_and_stride(
    arch: Arch, path: str, into: Into, row: list[tuple[str, tuple[int, int], int]]
) -> None:
    assert kernels(factorised(arch, path, into), path) == row


@every
@pytest.mark.parametrize("into", ["3x3s", "1xk_kx1"])
def test_factorising_keeps_every_grid_and_is_undone(arch: Arch, into: Into) -> None:
    shapes = [shape for _, _, shape in stage_shapes(arch)]
    done = 0
    for path, op in walk(arch):
        try:
            edited = factorised(arch, path, into)
        except ValueError:
            continue
        done += 1
        same = {part.name: shape for part, _, shape in stage_shapes(edited)}
        assert [same[part.name] for part, _, _ in stage_shapes(arch)] == shapes
        assert unfactorised(edited, path) == arch
        assert isinstance(op, Conv)
        assert max(op.kernel) >= (5 if into == "3x3s" else 2)
    assert done == sum(
        isinstance(op, Conv) and op.kernel[0] == op.kernel[1] and op.kernel[0] >= (5 if into == "3x3s" else 2)
        for _, op in walk(arch)
    )


# Section 3 of "Rethinking": from m channels to alpha m, both steps widen by the square root of alpha.
@pytest.mark.parametrize(
    "path, into, first, middle, change",
    (  # of 32 channels in, 96 out; of 16 in, 32 out; of 32 in, 128 out
        (FIVE, "3x3s", "output", 96, 9 * 32 * 96 + 9 * 96 * 96 - 25 * 32 * 96),
        (FIVE, "1xk_kx1", "output", 96, 5 * 32 * 96 + 5 * 96 * 96 - 25 * 32 * 96),
        (FIVE, "3x3s", "mean", 55, 9 * 32 * 55 + 9 * 55 * 96 - 25 * 32 * 96),
        (FIVE, "3x3s", "input", 32, 9 * 32 * 32 + 9 * 32 * 96 - 25 * 32 * 96),
        ("inception3a.branch5x5.conv", "3x3s", "output", 32, 9 * 16 * 32 + 9 * 32 * 32 - 25 * 16 * 32),
        ("inception3a.branch5x5.conv", "3x3s", "input", 16, 9 * 16 * 16 + 9 * 16 * 32 - 25 * 16 * 32),
        ("inception4e.branch5x5.conv", "3x3s", "output", 128, 82_048 - 128),
        ("inception4e.branch5x5.conv", "1xk_kx1", "output", 128, 0),
        ("inception4e.branch5x5.conv", "1xk_kx1", "mean", 64, 5 * 32 * 64 + 5 * 64 * 128 - 25 * 32 * 128),
    ),
)
def test_factorising_costs_what_the_paper_says(
    path: str, into: Into, first: FirstWidth, middle: int, change: int
) -> None:
    edited = factorised(GOOGLENET, path, into, first)
    before, after = analyze(GOOGLENET), analyze(edited)
    assert after.params - before.params == change + middle  # and a bias for each new filter
    said = saving(GOOGLENET, path, into, first)
    assert said.weights_after - said.weights_before == change
    assert said.macs_after - said.macs_before == after.macs - before.macs
    assert ("saves nothing" in said.sentence()) == (change >= 0)


def test_the_default_is_the_papers_and_shortens_every_5x5() -> None:
    assert dict(widths(factorised(GOOGLENET, FIVE)))["inception3b.branch5x5.conv_1"] == 55  # sqrt(32 x 96)
    for path, op in walk(without_aux(GOOGLENET)):
        if isinstance(op, Conv) and op.kernel == (5, 5):
            assert saving(GOOGLENET, path).weights_after < saving(GOOGLENET, path).weights_before


def test_a_stride_counts_for_what_comes_before_it() -> None:
    """Fewer weights, but the first factors run on four times as many places."""
    said = saving(PLAIN, "conv1")
    assert said.macs_after == analyze(factorised(PLAIN, "conv1")).macs - analyze(PLAIN).macs + said.macs_before
    assert "saves nothing" in said.sentence()


def test_a_published_double_3x3_joins_to_the_5x5_it_stands_for() -> None:
    edited = unfactorised(BN_INCEPTION, "inception_3a.branch3x3dbl.conv2")
    assert kernels(edited, "inception_3a.branch3x3dbl.conv2") == [("reduce", (1, 1), 1), ("conv2", (5, 5), 1)]
    edited = unfactorised(V3, "Mixed_6b.branch7x7.conv7x1")
    assert kernels(edited, "Mixed_6b.branch7x7.conv7x1") == [("reduce", (1, 1), 1), ("conv7x1", (7, 7), 1)]


def test_undoing_stops_at_the_first_factor() -> None:
    arch = with_op(GOOGLENET, "inception3b.branch5x5", Conv("extra", 8, (3, 3)), 1)
    assert unfactorised(factorised(arch, FIVE), FIVE) == arch
    arch = with_op(GOOGLENET, "inception3b.branch5x5", Conv("conv_1", 8, (3, 3)), 1)  # the name is taken
    assert kernels(factorised(arch, FIVE), FIVE)[1:3] == [("conv_1", (3, 3), 1), ("conv_1_", (3, 3), 1)]
    assert unfactorised(factorised(arch, FIVE), FIVE) == arch


def test_naive_modules_make_the_naive_network() -> None:
    arch = without_aux(PLAIN)
    for name in blocks(arch):
        arch = naive(arch, name)
    assert arch.stages == ARCHITECTURES["googlenet_naive"].stages


def test_a_naive_residual_block_still_adds_up() -> None:
    block = blocks(naive(RESNET, "repeat_1"))["repeat_1"]
    assert [[op.name for op in b.ops] for b in block.branches] == [["conv"], ["conv1x7", "conv7x1"]]


@pytest.mark.parametrize("path", ["inception3a.branch_pool.pool", "pool1_3x3_s2", "aux1.pool"])
def test_swapping_a_pool_changes_the_module_and_nothing_else(path: str) -> None:
    old, new = (
        build(GOOGLENET, "meta").get_submodule(path),
        build(swapped_pool(GOOGLENET, path), "meta").get_submodule(path),
    )
    assert {type(old), type(new)} == {nn.MaxPool2d, nn.AvgPool2d}
    assert (old.kernel_size, old.stride, old.padding, old.ceil_mode) == (
        new.kernel_size,
        new.stride,
        new.padding,
        new.ceil_mode,
    )
    assert swapped_pool(swapped_pool(GOOGLENET, path), path) == GOOGLENET


SLIM = ARCHITECTURES["inception_v2_slim"]
REFUSED: tuple[tuple[Callable[[], Arch], str], ...] = (
    (lambda: factorised(GOOGLENET, "inception3a.branch5x5.reduce"), "is 1×1, not 5×5, 7×7 or larger and odd"),
    (lambda: factorised(GOOGLENET, "inception3a.branch3x3.conv"), "is 3×3, not 5×5"),
    (lambda: factorised(GOOGLENET, "inception3a.branch1x1.conv", "1xk_kx1"), "only a square larger than 1×1"),
    (lambda: factorised(V3, "Mixed_6b.branch7x7.conv1x7", "1xk_kx1"), "is 1×7; only a square"),
    (lambda: factorised(GOOGLENET, "inception3a.branch_pool.pool"), "not the path of a convolution"),
    (lambda: factorised(GOOGLENET, "inception3a.branch5x5.cnv"), "did you mean inception3a.branch5x5.conv?"),
    (lambda: factorised(V3, "Mixed_7b.branch3x3.fork.conv1x3", "1xk_kx1"), "only a square"),
    (lambda: unfactorised(V3, "Mixed_7b.branch3x3.fork.conv1x3"), "beside other ops in a fork"),
    (lambda: unfactorised(GOOGLENET, FIVE), f"Nothing in front of {FIVE} can be joined"),
    (lambda: unfactorised(BN_INCEPTION, "inception_3a.branch1x1.conv"), "Nothing in front"),
    (lambda: naive(ARCHITECTURES["googlenet_naive"], "inception3a"), "inception3a has no 1×1 reductions"),
    (lambda: naive(GOOGLENET, "conv2_3x3"), "not the path of a block"),
    (lambda: swapped_pool(GOOGLENET, "avgpool"), "not the path of a pool"),
    (lambda: swapped_pool(SLIM, "MaxPool_2a_3x3"), "an average pool cannot pad one side only"),
)


@pytest.mark.parametrize("edit, words", REFUSED)
def test_what_cannot_work_is_refused_in_one_sentence(edit: Callable[[], Arch], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as refusal:
        edit()
    assert_one_sentence(str(refusal.value))
