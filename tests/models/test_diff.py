"""What changed, as sentences and as JSON, and what comes back from JSON that somebody wrote."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.depth import with_repeats, with_scales
from inception_models.diff import changes
from inception_models.edit import with_classes, with_input_size, without_aux
from inception_models.patch import READERS, apply_edits, to_edits
from inception_models.serial import Json, head_from_json, op_from_json, part_to_json, stage_from_json
from inception_models.spec import BatchNorm, Branch, Conv, Dropout, Pool, Residual, SepConv, Unit
from inception_models.structure import duplicated_branch, with_branch, with_op, without_branch, without_op
from inception_models.toggles import with_activation, with_batch_norm, with_dropout
from inception_models.tree import map_ops, walk
from inception_models.whatif import factorised, naive, swapped_pool
from tests.models.random_edits import assert_one_sentence

GOOGLENET = ARCHITECTURES["googlenet"]
RESNET = ARCHITECTURES["inception_resnet_v2"]
XCEPTION = ARCHITECTURES["xception"]
every = pytest.mark.parametrize("arch", ARCHITECTURES.values(), ids=lambda arch: arch.key)
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
            "conv1_7x7_s2_2 added: 3×3 convolution, 64 filters",
            "conv1_7x7_s2: kernel 7×7 → 3×3",
        ],
        {
            "parts": {
                "conv1_7x7_s2": [
                    {"Conv": "conv1_7x7_s2_1", "width": 32, "kernel": [3, 3]},
                    {"Conv": "conv1_7x7_s2_2", "width": 64, "kernel": [3, 3]},
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
                "middle_flow": [
                    {
                        "Repeat": {
                            "Residual": "middle_flow",
                            "branches": [
                                {
                                    "name": "branch3x3",
                                    "ops": [
                                        {"SepConv": "conv1", "width": 728, "activate": "before"},
                                        {"SepConv": "conv2", "width": 728, "activate": "before"},
                                        {"SepConv": "conv3", "width": None, "activate": "before"},
                                        {"Dropout": "drop", "p": 0.1},
                                    ],
                                }
                            ],
                            "projection": False,
                            "activation": "none",
                        },
                        "times": 8,
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
    assert to_edits(original, edited) == {"v": 1, **edits}
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
    assert to_edits(GOOGLENET, edited) == {"v": 1, "parts": {name: []}}
    assert [change.sentence() for change in changes(GOOGLENET, edited)] == [f"{name} removed"]


def test_variants_are_not_edits_of_each_other() -> None:
    with pytest.raises(ValueError, match=r"differs from GoogLeNet .* in more than edits can change"):
        to_edits(GOOGLENET, ARCHITECTURES["googlenet_plain"])


# --- JSON ------------------------------------------------------------------------------------------------------------


@every
def test_every_part_survives_json(arch: Arch) -> None:
    for stage in arch.stages:
        assert stage_from_json(json.loads(json.dumps(part_to_json(stage))), "x") == stage
    for head in arch.aux:
        assert head_from_json(json.loads(json.dumps(part_to_json(head))), "x") == head
    for _, op in walk(map_ops(arch, lambda _, op: replace(op, unit=UNIT) if isinstance(op, Conv | SepConv) else op)):
        assert op_from_json(json.loads(json.dumps(part_to_json(op))), "x") == op


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


CONV = {"Conv": "c", "width": 8}
HOSTILE: tuple[tuple[object, str], ...] = (
    (None, "The changes must be an object of names and values, not nothing."),
    ([], "not a list."),
    ("w", "not 'w'."),
    ({1: 2}, "must be an object of names and values"),
    ({}, "The changes are of version nothing; this program reads version 1."),
    ({"v": 2}, "of version 2"),
    ({"v": True}, "of version true"),
    ({"v": 1.0}, "of version 1;"),
    ({"v": 10**5000}, "of version a number beyond all measure"),
    ({"v": 1, "x": 1}, f"'x' is no kind of change; known are {', '.join(READERS)}."),
    ({"v": 1, "x" * 10**6: 1}, "is no kind of change"),
    ({"v": 1, "w": []}, "w must be an object"),
    ({"v": 1, "w": nested(100_000)}, "w must be an object of names and values, not a list."),
    ({"v": 1, "w": {"inception3a": 1}}, "not the path of a width"),
    ({"v": 1, "w": {f"{ONE}.conv": "64"}}, "not '64'."),
    ({"v": 1, "w": {f"{ONE}.conv": None}}, "not nothing."),
    ({"v": 1, "w": {f"{ONE}.conv": nested(100_000)}}, "not a list."),
    ({"v": 1, "w": {f"{ONE}.conv": 1e400}}, "not inf."),
    ({"v": 1, "r": {"inception3a": 2}}, "does not have a group"),
    ({"v": 1, "s": {"inception3a": 0.5}}, "has no residual blocks"),
    ({"v": 1, "activation": "none"}, "The activation must be one of"),
    ({"v": 1, "activation": ["relu"]}, "The activation must be one of"),
    ({"v": 1, "bn": 1}, "bn must be true or false, not 1."),
    ({"v": 1, "aux": True}, "aux can only be false, not true."),
    ({"v": 1, "aux": 0}, "aux can only be false, not 0."),
    ({"v": 1, "dropout": float("nan")}, "the share dropped must be a number from 0 to 0.99, not nan."),
    ({"v": 1, "dropout": "0.5"}, "the share dropped must be a number"),
    ({"v": 1, "classes": 10**30}, "not a number beyond all measure."),
    ({"v": 1, "classes": 10.0}, "The number of classes must be a whole number"),
    ({"v": 1, "input": 5}, "a larger input size would."),
    ({"v": 1, "input": [224]}, "not a list."),
    ({"v": 1, "ops": {"no": CONV}}, "not the path of an op"),
    ({"v": 1, "ops": {POOL: CONV}}, "must keep the name 'pool'"),
    ({"v": 1, "ops": {POOL: {"Fork": "pool", "ops": [CONV]}}}, "cannot become a fork"),
    ({"v": 1, "ops": {POOL: 7}}, f"ops, {POOL}: 7 stands where an object belongs."),
    ({"v": 1, "ops": {POOL: {}}}, "exactly one key must say what the part is; known are Conv, SepConv"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "Pool": "pool"}}}, "exactly one key must say"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool"}}}, "Conv needs a field 'width'."),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "name": "pool", "width": 8}}}, "'name' is given twice"),
    (
        {"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "with": 8}}},
        "'with' is no field of Conv; known are name, width",
    ),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, 5: 8}}}, "5 is no field of Conv"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": [8]}}}, "width: a list stands where one number or word belongs."),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "kernel": 3}}}, "kernel: 3 stands where a list belongs."),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "kernel": [3]}}}, "kernel: 1 values stand where 2 belong."),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "kernel": [3, 3.0]}}}, "kernel must be a whole number"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "stride": None}}}, "stride must be a whole number"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "padding": 1}}}, "padding must be one of"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "unit": {"bias": 1}}}}, "bias must be true or false, not 1."),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "unit": {"norm": {"eps": 0}}}}}, "eps must be a number"),
    ({"v": 1, "ops": {POOL: {"Linear": "pool", "width": 8}}}, "needs an image, but a vector of 8 arrives."),
    ({"v": 1, "ops": {"fc": {"Linear": "fc", "width": 8}}}, "fc must end with one number for each class"),
    ({"v": 1, "parts": {"no": []}}, "not the path of a stage"),
    ({"v": 1, "parts": {"fc": {}}}, "parts, fc: a list belongs here, not a dict."),
    ({"v": 1, "parts": {"fc": []}}, "dropout must end with one number for each class"),
    ({"v": 1, "parts": {"fc": [{"AuxHead": "fc"}]}}, "exactly one key must say"),
    ({"v": 1, "parts": {"inception4a": []}}, "there is no stage 'inception4a'"),
    ({"v": 1, "parts": {"inception4a": [CONV, CONV]}}, "the name 'c' is taken"),
    ({"v": 1, "parts": {"inception3a": [{"Conv": "_x", "width": 8}]}}, "'_x' cannot be a name"),
    ({"v": 1, "parts": {"inception3a": [{"Conv": 5, "width": 8}]}}, "5 cannot be a name"),
    ({"v": 1, "parts": {"inception3a": [{"Inception": "inception3a", "branches": [7]}]}}, "7 stands where an object"),
    ({"v": 1, "parts": {"inception3a": [{"Inception": "inception3a", "branches": []}]}}, "no branch left"),
    ({"v": 1, "parts": {"inception3a": [{"Repeat": {"Repeat": {}}, "times": 2}]}}, "known are Inception, Residual"),
    ({"v": 1, "parts": {"inception3a": [None]}}, "nothing stands where an object belongs."),
    ({"v": 1, "parts": {"inception3a": [{"Repeat": None, "times": 2}]}}, "block: nothing stands where an object"),
    ({"v": 1, "parts": {"inception3a": [{"Inception": "b", "branches": None}]}}, "nothing stands where a list"),
    ({"v": 1, "parts": {"aux1": [{"name": "aux1", "tap": [], "ops": []}]}}, "tap: a list stands where"),
    ({"v": 1, "parts": {"aux1": [{"name": "aux1", "tap": "inception3a", "ops": []}]}}, "aux1 must end with one number"),
    ({"v": 1, "parts": {"aux1": [part_to_json(GOOGLENET.aux[1])]}}, "the name 'aux2' is taken"),
)


@pytest.mark.parametrize("edits, words", HOSTILE, ids=[words[:50] for _, words in HOSTILE])
def test_edits_that_make_no_sense_are_refused_in_one_sentence(edits: object, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as refusal:
        apply_edits(GOOGLENET, edits)
    assert_one_sentence(str(refusal.value))


def keys_and_values() -> st.SearchStrategy[object]:
    """JSON that looks like edits: the words that the format knows, in every wrong place."""
    known = "v Conv Pool Repeat Inception Residual Fork name width kernel stride block branches times unit norm"
    words = st.sampled_from((*READERS, *known.split(), "inception3a", "fc", "aux1", ONE, f"{ONE}.conv", "a"))
    leaves = words | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.dictionaries(st.sampled_from((*READERS, "x")), keys_and_values(), max_size=3))
def test_any_json_gives_a_network_or_one_sentence(edits: dict[str, object]) -> None:
    try:
        edited = apply_edits(GOOGLENET, {"v": 1, **edits})
    except ValueError as refusal:
        assert_one_sentence(str(refusal))
    else:
        assert apply_edits(GOOGLENET, to_edits(GOOGLENET, edited)) == edited


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_edits_with_one_value_replaced_give_a_network_or_one_sentence(data: st.DataObject) -> None:
    edited = factorised(with_op(GOOGLENET, ONE, Conv("more", 8, unit=UNIT)), "inception3a.branch5x5.conv")
    edits = json.loads(json.dumps(to_edits(GOOGLENET, edited)))
    where: object = edits
    while True:
        places = [*where] if isinstance(where, dict) else [*range(len(where))]  # type: ignore[arg-type]
        place = data.draw(st.sampled_from(places)) if places else None
        if place is None or not isinstance(where[place], dict | list) or data.draw(st.integers(0, 4)) == 0:  # type: ignore[index]
            break
        where = where[place]  # type: ignore[index]
    if place is not None:
        where[place] = data.draw(keys_and_values())  # type: ignore[index]
    try:
        again = apply_edits(GOOGLENET, edits)
    except ValueError as refusal:
        assert_one_sentence(str(refusal))
    else:
        assert apply_edits(GOOGLENET, to_edits(GOOGLENET, again)) == again


def test_a_residual_block_s_scale_and_its_structure_go_together() -> None:
    edited = with_scales(duplicated_branch(RESNET, "block8.branch1x1"), {"block8": 0.5})
    assert [change.kind for change in changes(RESNET, edited)] == ["part", "scale"]
    block = dict(zip([s.name for s in edited.stages], edited.stages, strict=True))["block8"]
    assert isinstance(block, Residual)
    assert apply_edits(RESNET, to_edits(RESNET, edited)) == edited
