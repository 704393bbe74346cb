"""Pins come back from a link as they were; what is no pin is left out with one sentence."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backend.common.brought import LIBRARIES, BroughtNetwork, brought_file
from app.backend.common.limits import MAX_LINK_BYTES
from app.backend.common.links import link_text
from app.backend.common.pins import (
    LONGEST_NAME,
    MOST_PINS,
    Pin,
    files_to_send,
    fresh_name,
    linked_pins,
    pin_links,
    pins_of_text,
    pins_text,
)
from app.backend.common.pins import usual_name as usual
from app.backend.foreign.sources import installed_networks
from app.frontend.session import address_of, opened
from app.frontend.state import SessionRefusal, State
from inception_models import ARCHITECTURES, with_widths
from inception_models.arch.tree import blocks
from inception_models.edits.input_output import with_classes
from inception_models.edits.structure import duplicated_branch
from inception_models.edits.widths import scaled
from tests.fuzzing import drawing
from tests.models.random_edits import edited

GOOGLENET, V3 = ARCHITECTURES["googlenet"], ARCHITECTURES["inception_v3"]
V4 = ARCHITECTURES["inception_v4"]
GOOD = {"variant": "inception_v3"}
HOSTILE_NAMES = (
    *("", "hf-hub:timm/resnet50", "local-dir:/tmp/net", "../../etc/net.onnx", "a.b.c", "net\n", "ü", "x" * 101),
    *(7, None, ["resnet50"], {"a": 1}),
)
HOSTILE_DIGESTS = ("", "../x", "A" * 32, "a" * 31, "a" * 33, "a" * 31 + "\n", None, 7, ["a" * 32])
HOSTILE_SHAPES = ([], [0], [-3, 9, 9], [3, 9.0, 9], [True], ["3"], "224", 224, [65536], [1] * 5, [[3]], {"a": 3})


@st.composite
def pinned(draw: st.DrawFn) -> tuple[Pin, ...]:
    pins: list[Pin] = []
    for key in draw(st.lists(st.sampled_from(("googlenet", "inception_v3", "xception")), max_size=MOST_PINS)):
        arch, _ = draw(edited(ARCHITECTURES[key], most=3))
        if all(pin.network != arch for pin in pins):
            name = draw(st.text(max_size=80))
            name = fresh_name(name if name.strip() else usual(arch), (pin.name for pin in pins))
            pins.append(Pin(name, arch))
    library, shape = draw(st.sampled_from((*LIBRARIES, ""))), draw(st.none() | st.tuples(st.integers(1, 65_535)))
    if library and len(pins) < MOST_PINS:
        pins.append(
            Pin(fresh_name("its", (pin.name for pin in pins)), BroughtNetwork(f"{library}:vgg16.tv_in1k", shape))
        )
    return tuple(pins)


@drawing(40)
@given(pinned())
def test_pins_come_back_as_they_were(pins: tuple[Pin, ...]) -> None:
    assert pins_of_text(pins_text(pins)) == (pins, "") or len(pins_text(pins)) > MAX_LINK_BYTES
    assert linked_pins(json.loads(json.dumps(pin_links(pins)))) == (pins, "")
    assert all(len(pin.name) <= LONGEST_NAME for pin in pins)


def test_a_link_opens_with_its_pins_beside_the_network() -> None:
    state = State.showing(with_classes(V3, 5))
    for arch, name in (
        (V3, ""),
        (with_widths(V3, {"Mixed_5b.branch1x1.conv": 96}), "wide & <b>odd</b> 5×5"),
        (V3, "again"),
    ):
        state.pin(arch, name)
    query = dict(parse_qsl(link_text(address_of(state).query)))
    again = opened(query)
    assert (again.arch, again.pins, again.refusal) == (state.arch, state.pins, None)
    assert [pin.name for pin in again.pins] == ["Inception v3", "wide & <b>odd</b> 5×5"]
    assert "name" not in again.pins[0].link


@pytest.mark.parametrize(
    "text, kept, sentence",
    [
        ("", 0, ""),
        ("[", 0, "they are not as a link has them"),
        ("[" * 5000, 0, "they are not as a link has them"),
        ("9" * 5000, 0, "they are not as a link has them"),
        ('{"variant":"googlenet"}', 0, "they are not a list"),
        ("p:[(variant:inception_v3),(variant:googlenet,edits:(v:2,x:0.5),name:half)]", 2, ""),
        ("p:[(variant:inception_v3),(variant:goog", 0, "not as a link has them"),
        ("null", 0, "they are not a list"),
        (json.dumps([GOOD] * 9000), 0, "longer than 8 kB"),
        ('[1,"a",null,{}]', 0, "Pin 1 of the link was left out"),
        (json.dumps([{"variant": "nope"}, GOOD]), 1, "Pin 1 of the link was left out"),
        (json.dumps([{"variant": ["googlenet"]}, GOOD]), 1, "Pin 1 of the link was left out"),
        (
            json.dumps([GOOD, {"variant": "googlenet", "edits": {"v": 1, "classes": -7}}]),
            1,
            "Pin 2 of the link was left",
        ),
        (json.dumps([GOOD, {"variant": "googlenet", "edits": [[[]]]}]), 1, "Pin 2 of the link was left out"),
        (json.dumps([GOOD, GOOD]), 1, ""),
        ("p:[(torchvision:resnet50),(timm:vit_tiny_patch16_224.augreg_in21k,shape:[3,96,96])]", 2, ""),
        ('[{"torchvision":"resnet50"},{"torchvision":"resnet50","shape":null,"name":"again"}]', 1, ""),
        *((json.dumps([{"file": "n.onnx", "digest": each}]), 0, "does not say which file") for each in HOSTILE_DIGESTS),
        *((json.dumps([{"timm": name}, GOOD]), 1, "does not name a network of timm") for name in HOSTILE_NAMES),
        *((json.dumps([{"timm": "vgg16", "shape": s}]), 0, "the shape of an input is") for s in HOSTILE_SHAPES),
        ('[{"their_nets":"net"},{"source":"torchvision:vgg16"},{"onnx":"net.onnx"}]', 0, "no network of torchvision"),
        (json.dumps([{**GOOD, "name": {"a": 1}}]), 1, ""),
        (json.dumps([{"variant": key} for key in list(ARCHITECTURES)[:9]]), MOST_PINS, "9 pins; the first 5 were read"),
    ],
)
def test_what_is_no_pin_is_left_out_with_one_sentence(text: str, kept: int, sentence: str) -> None:
    pins, problem = pins_of_text(text)
    assert len(pins) == kept
    assert bool(problem) is bool(sentence)
    assert sentence in problem
    assert len(problem.splitlines()) <= 1


def test_every_network_of_the_libraries_comes_back_by_its_name() -> None:
    for source in installed_networks():
        [pin] = pins_of_text(pins_text([Pin("its", BroughtNetwork(source))]))[0]
        assert pin == Pin("its", BroughtNetwork(source))


def test_a_link_names_files_and_the_sentence_says_which_to_send() -> None:
    state = State.showing(GOOGLENET)
    assert files_to_send(state.pins) == ""
    first, second = (brought_file("a: net.onnx", content, None) for content in (b"one", b"two"))
    for network in (first, BroughtNetwork("torchvision:resnet50"), second):
        state.pin(network)
    state.rename_pin(2, "mine")
    assert [pin.name for pin in state.pins] == ["a: net.onnx", "resnet50", "mine"]
    assert opened(dict(parse_qsl(link_text(address_of(state).query)))).pins == state.pins
    assert files_to_send(state.pins).startswith(
        "A link does not contain these files: a: net.onnx, a: net.onnx (“mine”). Send them along;"
    )


def test_names_are_one_short_line_and_none_is_twice() -> None:
    [pin] = pins_of_text(json.dumps([{**GOOD, "name": "a\n\u202eb" + "c" * 500}]))[0]
    assert pin.name.startswith("a \\u202eb")
    assert len(pin.name) == LONGEST_NAME
    state, title = State.showing(GOOGLENET), GOOGLENET.about.title
    for classes in (10, 20, 30):
        state.pin(with_classes(GOOGLENET, classes))
    assert [pin.name for pin in state.pins] == [f"{title}, 1 change{end}" for end in ("", " (2)", " (3)")]
    state.rename_pin(1, "  ten\tand  more ")
    state.rename_pin(2, " ")
    assert [pin.name for pin in state.pins] == [f"{title}, 1 change", "ten and more", f"{title}, 1 change (2)"]


def test_two_long_names_stay_apart_and_come_back() -> None:
    state = State.showing(GOOGLENET)
    for classes in (10, 20, 30):
        state.pin(with_classes(GOOGLENET, classes), "x" * 70)
    assert len({pin.name for pin in state.pins}) == 3
    assert pins_of_text(pins_text(state.pins)) == (state.pins, "")


def test_the_button_pins_and_takes_the_pin_off_and_says_when_there_is_no_room() -> None:
    state = State.showing(GOOGLENET)
    state.toggle_pin()
    assert state.pinned
    for factor in (0.25, 0.5, 0.75, 1.25):
        state.become(scaled(GOOGLENET, factor))
        state.toggle_pin()
    assert len(state.pins) == MOST_PINS
    state.become(scaled(GOOGLENET, 1.5))
    state.toggle_pin()
    assert (len(state.pins), state.pinned) == (MOST_PINS, False)
    refused = state.refused_at("pin")
    assert isinstance(refused, SessionRefusal)
    assert len(refused.offers) == MOST_PINS
    before = [pin.name for pin in state.pins]
    state.take(refused.offers[f"Take off {before[1]}"])
    assert (len(state.pins), state.pinned, state.refusal) == (MOST_PINS, True, None)
    assert [pin.name for pin in state.pins[:-1]] == [before[0], *before[2:]]
    state.toggle_pin()
    assert (len(state.pins), state.pinned, state.refusal) == (MOST_PINS - 1, False, None)


def test_pins_too_long_for_a_link_leave_the_network_in_it() -> None:
    state = State.showing(with_classes(GOOGLENET, 5))
    for number in range(MOST_PINS):
        wider = {f"inception{stage}.branch1x1.conv": 70 + number for stage in ("3a", "3b")}
        state.pin(with_widths(GOOGLENET, wider), "ü" * LONGEST_NAME)
    assert address_of(state).pinned
    many = GOOGLENET
    for name, block in blocks(GOOGLENET).items():
        many = duplicated_branch(many, f"{name}.{block.branches[1].name}")
    for number in range(MOST_PINS):
        state.unpin(0)
        state.pin(with_classes(many, 10 + number))
    address = address_of(state)
    assert (address.pinned, address.complete) == (False, True)
    assert "pins" not in address.more
    assert opened(address.query).arch == state.arch
