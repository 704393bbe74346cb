"""Links: what is written comes back; what anybody else writes is refused in one sentence."""

from __future__ import annotations

import json

import pytest

from app.backend.common.limits import MAX_LINK_BYTES
from app.backend.common.links import from_query, to_query
from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.edits.input_output import with_classes, with_input_size, without_aux
from inception_models.edits.widths import scaled

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
    ('{"v":2,"classes":10}', with_classes(GOOGLENET, 10)),
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
