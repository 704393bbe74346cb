"""Branches and ops: adding, removing, duplicating; and what parts may be called."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import get_args

import pytest
import torch
from torch import nn

from app.backend import analyze
from inception_models import ARCHITECTURES, Arch, build
from inception_models.arch import rules as r
from inception_models.arch.rules import checked
from inception_models.arch.spec import (
    AuxHead,
    BatchNorm,
    Branch,
    Conv,
    Dropout,
    Fork,
    GlobalPool,
    Inception,
    Linear,
    Pool,
    Repeat,
    Residual,
    SepConv,
    Stage,
    Unit,
)
from inception_models.arch.tree import blocks
from inception_models.edits.structure import duplicated_branch, with_branch, with_op, without_branch, without_op
from inception_models.net.builder import Network
from inception_models.net.layers import Parallel, ScaledResidual
from tests.models.random_edits import assert_one_sentence

GOOGLENET = ARCHITECTURES["googlenet"]
RESNET = ARCHITECTURES["inception_resnet_v2"]
XCEPTION = ARCHITECTURES["xception"]
NEW = Branch("branch7x7", (Conv("reduce", 8), Conv("conv", 16, (7, 7))))


def names(arch: Arch, block: str) -> list[str]:
    return [b.name for b in blocks(arch)[block].branches]


def ops(arch: Arch, path: str) -> list[str]:
    block, _, branch = path.partition(".")
    return [op.name for b in blocks(arch)[block].branches if b.name == branch for op in b.ops]


@pytest.mark.parametrize("index, at", [(None, 4), (0, 0), (4, 4)])
def test_a_branch_comes_where_it_is_put_and_goes_again(index: int | None, at: int) -> None:
    edited = with_branch(GOOGLENET, "inception3a", NEW, index)
    assert names(edited, "inception3a").index("branch7x7") == at
    assert analyze(edited).stage("inception3a").out_shape == (256 + 16, 28, 28)
    assert without_branch(edited, "inception3a.branch7x7") == GOOGLENET


def test_a_duplicate_comes_after_its_original_under_a_free_name() -> None:
    twice = duplicated_branch(duplicated_branch(RESNET, "repeat.branch3x3"), "repeat.branch3x3")
    assert names(twice, "repeat") == ["branch1x1", "branch3x3", "branch3x3_3", "branch3x3_2", "branch3x3dbl"]
    assert analyze(twice).stage("repeat").out_shape == (320, 35, 35)  # the projection adapts


@pytest.mark.parametrize("index, row", [(None, ["conv", "new"]), (0, ["new", "conv"]), (1, ["conv", "new"])])
def test_an_op_comes_where_it_is_put_and_goes_again(index: int | None, row: list[str]) -> None:
    edited = with_op(GOOGLENET, "inception3a.branch1x1", Pool("new", "max", 3, 1, "same"), index)
    assert ops(edited, "inception3a.branch1x1") == row
    assert without_op(edited, "inception3a.branch1x1.new") == GOOGLENET


def test_a_fork_goes_as_one_op() -> None:
    arch = ARCHITECTURES["inception_v3"]
    edited = without_op(arch, "Mixed_7b.branch3x3.fork")
    assert ops(edited, "Mixed_7b.branch3x3") == ["reduce"]
    with pytest.raises(ValueError, match="beside other ops in a fork"):
        without_op(arch, "Mixed_7b.branch3x3.fork.conv1x3")


def test_an_empty_branch_passes_its_input_on() -> None:
    edited = without_op(GOOGLENET, "inception3a.branch1x1.conv")
    assert analyze(edited).stage("inception3a").out_shape == (256 - 64 + 192, 28, 28)


# Structures that the tracer, which looks at a part apart from its network, could get wrong.
STEM, TAIL = Conv("stem", 8), (GlobalPool("pool"), Linear("fc"))


def residual(*branches: Branch, projection: bool = False, shortcut_stride: int | None = None) -> Residual:
    return Residual("block", branches, 1.0, projection, shortcut_stride)


@pytest.mark.parametrize(
    "stages, size",
    (
        ((STEM, Inception("block", (Branch("a", ()), Branch("b", ())))), 32),
        ((STEM, residual(Branch("a", ()), Branch("b", ()), projection=True)), 32),
        ((STEM, residual(Branch("a", ()))), 32),
        ((STEM, residual(Branch("a", (Fork("fork", (Conv("b", 3), Conv("c", 5))),)))), 32),
        ((Conv("stem", 1), residual(Branch("a", (Conv("b", 1), SepConv("c", None))))), 32),
        ((Conv("stem", 4), residual(Branch("a", (Conv("b", 1), SepConv("c", 2))), Branch("d", (Conv("e", 2),)))), 32),
        (
            (
                Conv("stem", 8, (3, 3), 2, "valid"),
                residual(  # their grids agree at even sizes only
                    Branch("a", (Conv("c", 8, (3, 3), 2),)),
                    Branch("b", (Conv("d", 8, (2, 2), 2, "valid"),)),
                    projection=True,
                    shortcut_stride=2,
                ),
            ),
            33,
        ),
        ((STEM, Repeat(Inception("block", (Branch("a", ()), Branch("b", (Conv("c", 2),)))), 3)), 32),
    ),
)
def test_odd_structures_are_counted_as_they_are_built(stages: tuple[Stage, ...], size: int) -> None:
    arch = checked(replace(GOOGLENET, stages=(*stages, *TAIL), aux=(), input_size=size, classes=10))
    net = build(arch, "meta").eval()
    assert net(torch.empty(1, 3, size, size, device="meta")).shape == (1, 10)
    analysis = analyze(arch)
    assert analysis.params == sum(p.numel() for p in net.parameters())
    path = "block.2" if isinstance(stages[1], Repeat) else "block"
    inputs: list[torch.Size] = []
    net.fc.register_forward_pre_hook(lambda _, args: inputs.append(args[0].shape))  # type: ignore[union-attr]
    net(torch.empty(1, 3, size, size, device="meta"))
    assert inputs[0][1] == analysis.stage("block").out_shape[0], path


# --- names and numbers -----------------------------------------------------------------------------------------------


def test_no_part_can_take_a_name_that_torch_has() -> None:
    conv = nn.Conv2d(1, 1, 1)
    network = build(replace(GOOGLENET, stages=(STEM, *TAIL), aux=(), input_size=8), "meta")
    own = {name for module in (nn.Sequential(), Parallel([])) for name in dir(module)}
    assert {name for name in own if not name.startswith("_")} <= r.TAKEN
    block = ScaledResidual([], 0.5, conv, conv, conv)
    assert {name for name in dir(block) if not name.startswith("_")} <= r.TAKEN_BRANCHES
    children = {name for name, _ in network.named_children()}
    assert {name for name in dir(network) if not name.startswith("_")} - children <= r.TAKEN_STAGES
    assert type(network) is Network


def test_every_field_of_a_part_is_looked_at() -> None:
    looked_at = {*r.WHOLE_NUMBERS, *r.REAL_NUMBERS, *r.CHOICES, *r.FLAGS, "unit", "norm"}
    structure = {"name", "ops", "branches", "block", "tap"}
    for kind in (*get_args(Stage), Branch, AuxHead, Unit, BatchNorm):
        assert {field.name for field in fields(kind)} <= looked_at | structure, kind


REFUSED: tuple[tuple[Callable[[], Arch], str], ...] = (
    (lambda: with_branch(GOOGLENET, "conv2_3x3", NEW), "not the path of a block"),
    (lambda: with_branch(GOOGLENET, "inception3a", NEW, 5), "inception3a has places 0 to 4 for a new part, not 5."),
    (lambda: with_branch(GOOGLENET, "inception3a", NEW, True), "not true."),
    (lambda: with_branch(GOOGLENET, "inception3a", replace(NEW, name="branch1x1")), "'branch1x1' is taken"),
    (lambda: with_branch(RESNET, "repeat", replace(NEW, name="proj")), "'proj' is taken"),
    (lambda: with_branch(GOOGLENET, "inception3a", replace(NEW, name="half")), "'half' is taken"),
    (lambda: with_branch(GOOGLENET, "inception3a", replace(NEW, name="7x7")), "'7x7' cannot be a name"),
    (lambda: with_branch(GOOGLENET, "inception3a", replace(NEW, name="_b")), "'_b' cannot be a name"),
    (lambda: with_branch(GOOGLENET, "inception3a", replace(NEW, name="class")), "'class' cannot be a name"),
    (lambda: with_branch(GOOGLENET, "inception3a", replace(NEW, name="b" * 41)), "cannot be a name"),
    (lambda: with_branch(GOOGLENET, "inception3a", Branch("b", (Conv("c", 1, stride=2),))), "different grids"),
    (lambda: without_branch(XCEPTION, "block1.branch3x3"), "the only branch of block1"),
    (lambda: without_branch(GOOGLENET, "inception3a.branch9x9"), "not the path of a branch"),
    (lambda: duplicated_branch(XCEPTION, "middle_flow.branch3x3"), "1456x19x19, which cannot be added"),
    (lambda: with_op(GOOGLENET, "inception3a.branch1x1", Linear("fc")), "passes images on, not vectors"),
    (lambda: with_op(GOOGLENET, "inception3a.branch1x1", Conv("conv", 8)), "'conv' is taken"),
    (lambda: with_op(GOOGLENET, "inception3a.branch1x1", Conv("c", 0)), "branch1x1.c: width must be a whole number"),
    (lambda: with_op(GOOGLENET, "inception3a.branch1x1", Conv("c", 8, (3, 0))), "kernel must be a whole number"),
    (lambda: with_op(GOOGLENET, "inception3a.branch1x1", Conv("c", 8, 3)), "kernel must be"),  # type: ignore[arg-type]
    (lambda: with_op(GOOGLENET, "inception3a.branch1x1", Conv("c", 8, stride=True)), "stride must be a whole number"),
    (
        lambda: with_op(GOOGLENET, "inception3a.branch1x1", Conv("c", 8, padding="full")),  # type: ignore[arg-type]
        "padding must be one of same, valid, tf, not 'full'.",
    ),
    (lambda: with_op(GOOGLENET, "inception3a.branch1x1", Fork("f", ())), "no branch left to concatenate"),
    (
        lambda: with_op(GOOGLENET, "inception3a.branch1x1", Dropout("d", 2)),
        "the share dropped must be a number from 0 to 0.99",
    ),
    (lambda: with_op(XCEPTION, "middle_flow.branch3x3", Conv("c", 8)), "8x19x19, which cannot be added"),
    (lambda: without_op(GOOGLENET, "fc"), "fc is not in a branch"),
    (lambda: without_op(GOOGLENET, "aux1.fc2"), "aux1.fc2 is not in a branch"),
    (lambda: without_op(GOOGLENET, "inception3a.branch1x1.no"), "not the path of an op"),
    (lambda: without_op(RESNET, "mixed_6a.branch3x3.conv"), "branches of different grids cannot be concatenated"),
)


@pytest.mark.parametrize("edit, words", REFUSED)
def test_what_cannot_work_is_refused_in_one_sentence(edit: Callable[[], Arch], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as refusal:
        edit()
    assert_one_sentence(str(refusal.value))


PASSING = Inception("block", (Branch("a", ()), Branch("b", ())))
LIMITS: tuple[tuple[Arch, str], ...] = (
    (replace(GOOGLENET, stages=(Repeat(PASSING, 64), *TAIL), aux=()), "block would have over 1048576 channels"),
    (replace(GOOGLENET, stages=(STEM, GlobalPool("pool")), aux=()), "pool must end with one number for each class"),
    (
        replace(GOOGLENET, stages=(STEM, *TAIL, Linear("more", 7)), aux=()),
        "more must end with one number for each class",
    ),
    (replace(GOOGLENET, stages=(), aux=()), "The network has no stage left"),
    (replace(GOOGLENET, aux=(replace(GOOGLENET.aux[0], tap="nowhere"),)), "there is no stage 'nowhere'"),
    (replace(GOOGLENET, aux=(GOOGLENET.aux[0], GOOGLENET.aux[0])), "the name 'aux1' is taken"),
    (replace(GOOGLENET, aux=(replace(GOOGLENET.aux[0], ops=()),)), "aux1 must end with one number for each class"),
    (
        replace(
            GOOGLENET,
            stages=(
                *(
                    Repeat(Inception(f"b{n}", (Branch("a", tuple(Conv(f"c{m}", 8) for m in range(8))),)), 64)
                    for n in range(8)
                ),
                *TAIL,
            ),
            aux=(),
        ),
        "would have 4098 layers; at most 2000",
    ),
    (
        replace(GOOGLENET, stages=(Inception("b", tuple(Branch(f"a{n}", ()) for n in range(65))), *TAIL), aux=()),
        "b would have 65 parts in one place; at most 64",
    ),
)


@pytest.mark.parametrize("arch, words", LIMITS, ids=[words for _, words in LIMITS])
def test_networks_beyond_all_measure_are_refused(arch: Arch, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as refusal:
        checked(arch)
    assert_one_sentence(str(refusal.value))
