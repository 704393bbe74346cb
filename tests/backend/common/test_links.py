"""Links: what is written comes back; what anybody else writes is refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError, validate

from app.backend import analyze
from app.backend.common.limits import MAX_LINK_BYTES
from app.backend.common.links import compact, from_query, link_text, parsed, to_query
from app.backend.common.network_file import network_json, saved_network
from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.edits.depth import scales, with_scales
from inception_models.edits.input_output import with_classes, with_input_size, without_aux
from inception_models.edits.link import to_edits
from inception_models.edits.structure import without_branch
from inception_models.edits.toggles import activation, dropout, has_batch_norm, with_batch_norm
from inception_models.edits.widths import scaled
from inception_models.shipped import ASSETS
from tests.fuzzing import drawing
from tests.models.random_edits import edited

GOOGLENET = ARCHITECTURES["googlenet"]

EDITED = [
    GOOGLENET,
    with_widths(GOOGLENET, {"inception4e.branch5x5.reduce": 40, "aux1.fc1": 512}),
    with_input_size(GOOGLENET, 256),
    with_classes(GOOGLENET, 10),
    without_aux(GOOGLENET),
    with_widths(without_aux(with_input_size(with_classes(GOOGLENET, 7), 128)), {"conv1_7x7_s2": 32}),
    *(scaled(arch, 0.5) for arch in ARCHITECTURES.values()),
]


@pytest.mark.parametrize("arch", EDITED)
def test_what_a_link_says_comes_back(arch: Arch) -> None:
    query = to_query(arch)
    assert sum(len(k) + len(v) for k, v in query.items()) < MAX_LINK_BYTES
    assert from_query(query) == (arch, None)


def test_the_published_network_has_the_shortest_link() -> None:
    assert to_query(GOOGLENET) == {"variant": "googlenet"}


V3 = ARCHITECTURES["inception_v3"]
RESNET = ARCHITECTURES["inception_resnet_v2"]
SHORT = [
    (scaled(V3, 0.5), "v:2,x:0.5"),
    (scaled(RESNET, 0.85), "v:2,x:0.85"),
    (with_classes(with_batch_norm(scaled(V3, 0.25), False, V3), 5), "v:2,bn:false,classes:5,x:0.25"),
    (with_widths(scaled(GOOGLENET, 2), {"conv1_7x7_s2": 24}), "v:2,x:2,w:(conv1_7x7_s2:24)"),
    (with_scales(RESNET, dict.fromkeys(scales(RESNET), 0.5)), "v:2,s:0.5"),
    (without_branch(GOOGLENET, "inception3a.branch5x5"), "v:2,parts:(inception3a.branch5x5:[])"),
    (
        with_widths(GOOGLENET, {"inception3a.branch1x1.conv": 96, "inception3a.branch3x3.conv": 64}),
        "v:2,w:(inception3a:(branch1x1.conv:96,branch3x3.conv:64))",
    ),
]


@pytest.mark.parametrize("arch, edits", SHORT, ids=[text for _, text in SHORT])
def test_an_edit_of_the_whole_network_is_one_short_word(arch: Arch, edits: str) -> None:
    assert to_query(arch) == {"variant": arch.key, "edits": edits}
    assert from_query(to_query(arch)) == (arch, None)


SCHEMA = json.loads((ASSETS / "network.schema.json").read_text())


@drawing(40)
@given(st.data())
def test_any_edits_come_back_from_a_short_address_and_from_a_file_of_the_schema(data: st.DataObject) -> None:
    original = ARCHITECTURES[data.draw(st.sampled_from(list(ARCHITECTURES)))]
    arch, _ = data.draw(edited(original))
    query = to_query(arch)
    assert from_query(dict(parse_qsl(link_text(query)))) == (arch, None)
    saved = network_json(arch)
    validate(json.loads(saved), SCHEMA)
    assert saved_network("saved.json", saved.encode()) == arch
    as_json = json.dumps(to_edits(original, arch), separators=(",", ":"))
    assert from_query({"variant": original.key, "edits": as_json}) == (arch, None)
    if arch != original:
        assert len(link_text(query)) < len(link_text({"variant": original.key, "edits": as_json}))


WRONG: tuple[dict[str, object], ...] = (
    {"v": 3},
    {"x": 0.5},
    {"v": 2, "x": 9},
    {"v": 2, "y": 1},
    {"v": 2, "w": {"inception3a": {"branch1x1.conv": "64"}}},
    {"v": 2, "aux": True},
)


@pytest.mark.parametrize("edits", WRONG, ids=str)
def test_what_the_schema_refuses_is_refused_here_too(edits: dict[str, object]) -> None:
    file = {"variant": "googlenet", "edits": edits}
    with pytest.raises(ValidationError):
        validate(file, SCHEMA)
    with pytest.raises(ValueError, match=r"\.$"):
        saved_network("saved.json", json.dumps(file).encode())


@drawing(100)
@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
            st.lists,
            max_leaves=9,
        ),
    )
)
def test_the_short_form_says_what_the_json_says(edits: dict[str, object]) -> None:
    assert parsed(compact({"v": 2, **edits})) == json.loads(json.dumps({"v": 2, **edits}))


OLD = json.loads((Path(__file__).parent / "old_links.json").read_text())


@pytest.mark.parametrize("row", OLD, ids=lambda row: row["link"][:60])
def test_links_of_version_1_open_what_they_opened(row: dict[str, object]) -> None:
    """Links and numbers that the program of that time wrote."""
    query = dict(parse_qsl(str(row["link"])))
    arch, refusal = from_query(query)
    assert refusal is None
    analysis = analyze(arch)
    opened = {
        "params": analysis.params,
        "macs": analysis.macs,
        "activation": activation(arch),
        "batch_norm": has_batch_norm(arch),
        "dropout": dropout(arch),
        "classes": arch.classes,
        "input_size": arch.input_size,
    }
    assert opened == {name: row[name] for name in opened}
    assert len(link_text(to_query(arch))) <= len(str(row["link"]))


def width_edit(number: str) -> str:
    return '{"v":1,"w":{"inception3a.branch1x1.conv":' + number + "}}"


HOSTILE = [
    {"variant": "vgg"},
    {"variant": "<script>alert(1)</script>"},
    *(
        {"variant": "googlenet", "edits": edits}
        for edits in (
            "{",
            "[1]",
            "null",
            '{"v":99}',
            '{"v":1,"w":{"a":1}}',
            '{"v":1,"w":[]}',
            width_edit('"64"'),
            width_edit("1.5"),
            width_edit("true"),
            width_edit("0"),
            width_edit("1e9"),
            width_edit("9" * 5000),
            "[" * 7000,
            json.dumps({"v": 1, "w": {"x" * MAX_LINK_BYTES: 1}}),
            '{"v":1,"input":"big"}',
            '{"v":1,"input":-5}',
            '{"v":1,"input":999999999}',
            '{"v":1,"input":8}',
            '{"v":1,"classes":0}',
            '{"v":1,"unknown":1}',
            '{"v":1,"parts":{"inception3a":[{"op":"__import__"}]}}',
            "v:2,x:0",
            "v:2,x:true",
            "v:2,x:1e999",
            "v:2,w:((((",
            "v:2)",
            "v:2,w:(a",
            "x0.5",
            "(" * 7000 + ":",
        )
    ),
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda q: str(q)[:60])
def test_a_hostile_link_gives_a_published_network_and_one_sentence(query: dict[str, str]) -> None:
    arch, problem = from_query(query)
    assert arch == GOOGLENET
    assert problem
    assert "\n" not in str(problem)
    assert len(str(problem)) < 600


TWO = ("inception3a.branch1x1.conv", "inception3a.branch3x3.conv")
CUT = '{"v":1,"classes":10,"w":{"inception3a.branch1x1.conv":96,"inception3a.branch3x3.conv":12'
READABLE = [
    (CUT, with_widths(with_classes(GOOGLENET, 10), {"inception3a.branch1x1.conv": 96})),
    ('{"v":1,"classes":0,"w":{"inception3a.branch1x1.conv":96,"no":1}}', with_widths(GOOGLENET, {TWO[0]: 96})),
    ('{"v":3,"classes":10}', with_classes(GOOGLENET, 10)),
    ("v:3,classes:10", with_classes(GOOGLENET, 10)),
    (
        "v:2,classes:10,w:(inception3a.branch1x1.conv:96,inception3a.branch3x3.conv:12",
        with_widths(with_classes(GOOGLENET, 10), {"inception3a.branch1x1.conv": 96}),
    ),
]


@pytest.mark.parametrize("edits, arch", READABLE)
def test_what_can_be_read_of_a_link_is_offered(edits: str, arch: Arch) -> None:
    opened, refusal = from_query({"variant": "googlenet", "edits": edits})
    assert opened == GOOGLENET
    assert refusal
    [remedy] = refusal.remedies
    assert (remedy.label, remedy.edit(GOOGLENET)) == ("Open what could be read", arch)


def test_the_variant_that_was_meant_is_offered() -> None:
    _, refusal = from_query({"variant": "inception_v5", "edits": '{"v":1,"classes":10}'})
    assert refusal
    [remedy] = refusal.remedies
    assert remedy.edit(GOOGLENET) == with_classes(ARCHITECTURES["inception_v4"], 10)
