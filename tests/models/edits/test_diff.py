"""What changed between two networks, as sentences and as the JSON that a link holds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.arch.spec import BatchNorm, Branch, Conv, Dropout, Pool, Residual, Unit
from inception_models.edits.depth import with_repeats, with_scales
from inception_models.edits.diff import changes
from inception_models.edits.input_output import with_classes, with_input_size, without_aux
from inception_models.edits.link import LINK_VERSION, apply_edits, to_edits
from inception_models.edits.part_json import Json
from inception_models.edits.structure import duplicated_branch, with_branch, with_op, without_branch, without_op
from inception_models.edits.toggles import with_activation, with_batch_norm, with_dropout
from inception_models.edits.whatif import factorised, naive, swapped_pool

GOOGLENET = ARCHITECTURES["googlenet"]
RESNET = ARCHITECTURES["inception_resnet_v2"]
XCEPTION = ARCHITECTURES["xception"]
ONE = "inception3a.branch1x1"
POOL = "inception3a.branch_pool.pool"

# An edited network, what changed, and what a link to it holds.
ROWS: tuple[tuple[Arch, Arch, list[str], dict[str, Json]], ...] = (
    (GOOGLENET, GOOGLENET, [], {}),
    (
        GOOGLENET,
        with_widths(GOOGLENET, {"inception4e.branch5x5.reduce": 24, "aux1.fc1": 512}),
        ["inception4e.branch5x5.reduce: 32 → 24 filters", "aux1.fc1: 1024 → 512 features"],
        {"w": {"inception4e.branch5x5.reduce": 24, "aux1.fc1": 512}},
    ),
    (RESNET, with_repeats(RESNET, {"repeat_1": 12}), ["repeat_1: 20 → 12 copies"], {"r": {"repeat_1": 12}}),
    (RESNET, with_scales(RESNET, {"repeat": 0.3}), ["repeat: scale 0.17 → 0.3"], {"s": {"repeat": 0.3}}),
    (XCEPTION, with_input_size(XCEPTION, 224), ["input 299 → 224 pixels"], {"input": 224}),
    (XCEPTION, with_classes(XCEPTION, 10), ["1000 → 10 classes"], {"classes": 10}),
    (GOOGLENET, without_aux(GOOGLENET), ["auxiliary heads off"], {"aux": False}),
    (GOOGLENET, with_dropout(GOOGLENET, 0.25), ["dropout: 0.4 → 0.25"], {"dropout": 0.25}),
    (RESNET, with_activation(RESNET, "silu"), ["activation relu → silu"], {"activation": "silu"}),
    (RESNET, with_batch_norm(RESNET, False, RESNET), ["BatchNorm off"], {"bn": False}),
    (GOOGLENET, with_batch_norm(GOOGLENET, True, GOOGLENET), ["BatchNorm on"], {"bn": True}),
    (
        GOOGLENET,
        swapped_pool(GOOGLENET, "inception3a.branch_pool.pool"),
        ["inception3a.branch_pool.pool: max → avg"],
        {
            "ops": {
                "inception3a.branch_pool.pool": {
                    "Pool": "pool",
                    "kind": "avg",
                    "size": 3,
                    "stride": 1,
                    "padding": "same",
                }
            }
        },
    ),
    (
        GOOGLENET,
        with_widths(factorised(GOOGLENET, "conv1_7x7_s2"), {"conv1_7x7_s2_1": 32}),
        [
            "conv1_7x7_s2_1 added: 3×3 convolution, 32 filters",
            "conv1_7x7_s2_2 added: 3×3 convolution, 23 filters",
            "conv1_7x7_s2: kernel 7×7 → 3×3",
        ],
        {
            "parts": {
                "conv1_7x7_s2": [
                    {"Conv": "conv1_7x7_s2_1", "width": 32, "kernel": [3, 3]},
                    {"Conv": "conv1_7x7_s2_2", "width": 23, "kernel": [3, 3]},
                    {"Conv": "conv1_7x7_s2", "width": 64, "kernel": [3, 3], "stride": 2},
                ]
            }
        },
    ),
    (
        XCEPTION,
        with_op(XCEPTION, "middle_flow.branch3x3", Dropout("drop", 0.1)),
        ["middle_flow.branch3x3.drop added: dropout"],
        {
            "parts": {
                "middle_flow.branch3x3": [
                    {
                        "name": "branch3x3",
                        "ops": [
                            {"SepConv": "conv1", "width": 728, "activate": "before"},
                            {"SepConv": "conv2", "width": 728, "activate": "before"},
                            {"SepConv": "conv3", "width": None, "activate": "before"},
                            {"Dropout": "drop", "p": 0.1},
                        ],
                    }
                ]
            }
        },
    ),
)


@pytest.mark.parametrize("original, edited, sentences, edits", ROWS, ids=[str(row[2])[:40] for row in ROWS])
def test_what_changed_is_said_and_stored(
    original: Arch, edited: Arch, sentences: list[str], edits: dict[str, Json]
) -> None:
    assert [change.sentence() for change in changes(original, edited)] == sentences
    assert to_edits(original, edited) == {"v": LINK_VERSION, **edits}
    assert apply_edits(original, json.loads(json.dumps(to_edits(original, edited)))) == edited


UNIT = Unit(bias=True, norm=BatchNorm(1e-4, gamma=False), activation="none")
SAID: tuple[tuple[Arch, list[str]], ...] = (
    (without_branch(GOOGLENET, "inception3a.branch5x5"), ["inception3a.branch5x5 removed"]),
    (duplicated_branch(GOOGLENET, ONE), ["inception3a.branch1x1_2 added: 1×1 convolution, 64 filters"]),
    (
        naive(GOOGLENET, "inception3a"),
        [
            "inception3a.branch3x3.reduce removed",
            "inception3a.branch5x5.reduce removed",
            "inception3a.branch_pool.proj removed",
        ],
    ),
    (
        with_branch(GOOGLENET, "inception3a", Branch("new", ())),
        ["inception3a.new added: passes its input on"],
    ),
    (
        with_branch(
            without_branch(GOOGLENET, ONE),
            "inception3a",
            GOOGLENET.stages[7].branches[0],  # type: ignore[union-attr]
        ),
        ["inception3a in another order: branch3x3, branch5x5, branch_pool, branch1x1"],
    ),
    (
        with_op(without_op(GOOGLENET, f"{ONE}.conv"), ONE, Pool("conv", "avg", 3, 1, "same")),
        [f"{ONE}.conv: 1×1 convolution, 64 filters → 3×3 average pool"],
    ),
    (
        with_op(without_op(GOOGLENET, f"{ONE}.conv"), ONE, Conv("conv", None, unit=UNIT)),
        [
            f"{ONE}.conv: 64 → the block's own number of filters",
            f"{ONE}.conv: unit the network's → bias, BatchNorm (eps 0.0001, momentum 0.1, no scale), none",
        ],
    ),
    (
        with_activation(with_op(GOOGLENET, ONE, Conv("more", 8, unit=UNIT)), "elu"),
        ["activation relu → elu", f"{ONE}.more added: 1×1 convolution, 8 filters"],
    ),
)


@pytest.mark.parametrize("edited, sentences", SAID, ids=[str(row[1])[:40] for row in SAID])
def test_changes_of_structure_are_said(edited: Arch, sentences: list[str]) -> None:
    assert [change.sentence() for change in changes(GOOGLENET, edited)] == sentences
    assert apply_edits(GOOGLENET, json.loads(json.dumps(to_edits(GOOGLENET, edited)))) == edited


def test_another_norm_is_a_change_too() -> None:
    edited = replace(RESNET, unit=Unit(norm=BatchNorm(1e-5)))
    assert [change.sentence() for change in changes(RESNET, edited)] == [
        "unit no bias, BatchNorm (eps 0.001, momentum 0.1), relu → no bias, BatchNorm (eps 1e-05, momentum 0.1), relu"
    ]


def test_a_link_for_one_stage_stays_small() -> None:
    edited = duplicated_branch(RESNET, "repeat.branch3x3dbl")
    assert len(json.dumps(to_edits(RESNET, edited), separators=(",", ":"))) < 800
    assert list(to_edits(RESNET, edited)) == ["v", "parts"]


@pytest.mark.parametrize("name", ["dropout", "aux1", "inception3a", "pool1_3x3_s2"])
def test_a_part_that_somebody_s_json_removed_can_be_stored_again(name: str) -> None:
    edited = apply_edits(GOOGLENET, {"v": 1, "parts": {name: []}})
    assert to_edits(GOOGLENET, edited) == {"v": LINK_VERSION, "parts": {name: []}}
    assert [change.sentence() for change in changes(GOOGLENET, edited)] == [f"{name} removed"]


def test_variants_are_not_edits_of_each_other() -> None:
    with pytest.raises(ValueError, match=r"differs from GoogLeNet .* in more than edits can change"):
        to_edits(GOOGLENET, ARCHITECTURES["googlenet_plain"])


def test_a_residual_block_s_scale_and_its_structure_go_together() -> None:
    edited = with_scales(duplicated_branch(RESNET, "block8.branch1x1"), {"block8": 0.5})
    assert [change.kind for change in changes(RESNET, edited)] == ["part", "scale"]
    block = dict(zip([s.name for s in edited.stages], edited.stages, strict=True))["block8"]
    assert isinstance(block, Residual)
    assert apply_edits(RESNET, to_edits(RESNET, edited)) == edited
