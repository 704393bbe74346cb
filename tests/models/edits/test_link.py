"""Parts and edits as JSON, and what comes back from JSON that somebody wrote."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inception_models import ARCHITECTURES, Arch
from inception_models.arch.spec import BatchNorm, Conv, SepConv, Unit
from inception_models.arch.tree import map_ops, walk
from inception_models.edits.link import apply_edits, to_edits
from inception_models.edits.link_reading import READERS
from inception_models.edits.part_json import head_from_json, op_from_json, part_to_json, stage_from_json
from inception_models.edits.structure import with_op
from inception_models.edits.whatif import factorised
from tests.models.random_edits import assert_one_sentence

GOOGLENET = ARCHITECTURES["googlenet"]
every = pytest.mark.parametrize("arch", ARCHITECTURES.values(), ids=lambda arch: arch.key)
ONE = "inception3a.branch1x1"
POOL = "inception3a.branch_pool.pool"
UNIT = Unit(bias=True, norm=BatchNorm(1e-4, gamma=False), activation="none")


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
    ({}, "The changes are of version nothing; this program reads versions 1 and 2."),
    ({"v": 3}, "of version 3"),
    ({"v": True}, "of version true"),
    ({"v": 1.0}, "of version 1;"),
    ({"v": 10**5000}, "of version a number that is too large"),
    ({"v": 1, "y": 1}, f"'y' is not a kind of change; known are {', '.join(READERS)}."),
    ({"v": 1, "x" * 10**6: 1}, "is not a kind of change"),
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
    ({"v": 1, "dropout": float("nan")}, "The share dropped must be a number from 0 to 0.99, not nan."),
    ({"v": 1, "dropout": "0.5"}, "The share dropped must be a number"),
    ({"v": 1, "classes": 10**30}, "not a number that is too large."),
    ({"v": 1, "classes": 10.0}, "The number of classes must be a whole number"),
    ({"v": 1, "input": 5}, "a larger input size would."),
    ({"v": 1, "input": [224]}, "not a list."),
    ({"v": 1, "ops": {"no": CONV}}, "not the path of an op"),
    ({"v": 1, "ops": {POOL: CONV}}, "must keep the name 'pool'"),
    ({"v": 1, "ops": {POOL: {"Fork": "pool", "ops": [CONV]}}}, "cannot become a fork"),
    ({"v": 1, "ops": {POOL: 7}}, f"ops, {POOL}: an object belongs here, not 7."),
    ({"v": 1, "ops": {POOL: {}}}, "exactly one key must say what the part is; known are Conv, SepConv"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "Pool": "pool"}}}, "exactly one key must say"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool"}}}, "Conv needs a field 'width'."),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "name": "pool", "width": 8}}}, "'name' is given twice"),
    (
        {"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "with": 8}}},
        "'with' is not a field of Conv; known are name, width",
    ),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, 5: 8}}}, "5 is not a field of Conv"),
    (
        {"v": 1, "ops": {POOL: {"Conv": "pool", "width": [8]}}},
        "width: one number or word belongs here, not a list.",
    ),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "kernel": 3}}}, "kernel: a list belongs here, not 3."),
    (
        {"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "kernel": [3]}}},
        "kernel: 2 values belong here, not 1.",
    ),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "kernel": [3, 3.0]}}}, "kernel must be a whole number"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "stride": None}}}, "stride must be a whole number"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "padding": 1}}}, "padding must be one of"),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "unit": {"bias": 1}}}}, "bias must be true or false, not 1."),
    ({"v": 1, "ops": {POOL: {"Conv": "pool", "width": 8, "unit": {"norm": {"eps": 0}}}}}, "eps must be a number"),
    ({"v": 1, "ops": {POOL: {"Linear": "pool", "width": 8}}}, "needs an image, but a vector of 8 arrives."),
    ({"v": 1, "ops": {"fc": {"Linear": "fc", "width": 8}}}, "fc must end with one number for each class"),
    ({"v": 1, "parts": {"no": []}}, "not the path of a stage or branch"),
    ({"v": 1, "parts": {"fc": {}}}, "parts, fc: a list belongs here, not a dict."),
    ({"v": 1, "parts": {"fc": []}}, "dropout must end with one number for each class"),
    ({"v": 1, "parts": {"fc": [{"AuxHead": "fc"}]}}, "exactly one key must say"),
    ({"v": 1, "parts": {"inception4a": []}}, "there is no stage 'inception4a'"),
    ({"v": 1, "parts": {"inception4a": [CONV, CONV]}}, "the name 'c' is taken"),
    ({"v": 1, "parts": {"inception3a": [{"Conv": "_x", "width": 8}]}}, "'_x' cannot be a name"),
    ({"v": 1, "parts": {"inception3a": [{"Conv": 5, "width": 8}]}}, "5 cannot be a name"),
    (
        {"v": 1, "parts": {"inception3a": [{"Inception": "inception3a", "branches": [7]}]}},
        "an object belongs here, not 7",
    ),
    ({"v": 1, "parts": {"inception3a": [{"Inception": "inception3a", "branches": []}]}}, "no branch left"),
    ({"v": 1, "parts": {"inception3a": [{"Repeat": {"Repeat": {}}, "times": 2}]}}, "known are Inception, Residual"),
    ({"v": 1, "parts": {"inception3a": [None]}}, "an object belongs here, not nothing."),
    ({"v": 1, "parts": {"inception3a": [{"Repeat": None, "times": 2}]}}, "block: an object belongs here, not nothing"),
    ({"v": 1, "parts": {"inception3a": [{"Inception": "b", "branches": None}]}}, "a list belongs here, not nothing"),
    (
        {"v": 1, "parts": {"aux1": [{"name": "aux1", "tap": [], "ops": []}]}},
        "tap: one number or word belongs here, not a list",
    ),
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


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
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
