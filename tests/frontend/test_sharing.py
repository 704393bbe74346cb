"""What a link says besides its network, and what the browser says when a link is copied: checked, whatever it is."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.backend.common.links import to_query
from app.frontend.session import address_of, opened
from app.frontend.shell import sharing
from app.frontend.state import State
from inception_models import ARCHITECTURES, with_widths

GOOGLENET = ARCHITECTURES["googlenet"]
EDITED = with_widths(GOOGLENET, {"inception3a.branch1x1.conv": 96})


def test_the_address_of_a_session_opens_the_same() -> None:
    state = State.showing(EDITED)
    state.selected, state.weights["googlenet"] = "inception4e.branch5x5", "googlenet_torchvision"
    state.expanded, state.folded = frozenset({"inception3b"}), frozenset({"inception5a", "inception5b"})
    address = address_of(state)
    again = opened(address.network | address.more)
    assert not again.refusal
    assert (again.arch, again.selected) == (state.arch, state.selected)
    assert (again.expanded, again.folded) == (state.expanded, state.folded)


@pytest.mark.parametrize(
    "query, sentence",
    [
        ({"selected": "Mixed_5b"}, "The link selects 'Mixed_5b', which GoogLeNet (Inception v1) does not have."),
        ({"selected": "inception3a" + "." * 200}, "does not have."),
        (
            {"weights": "/etc/passwd"},
            "asks for the weights '/etc/passwd', which GoogLeNet (Inception v1) does not have.",
        ),
        ({"selected": "nowhere", "goal": "much"}, "does not have. The link's goal was not read: "),
        ({"expanded": "nowhere,inception3a", "utm_source": "a mail", "tab": "x" * 5000}, ""),
    ],
)
def test_what_a_link_says_wrong_is_a_sentence_each_and_the_rest_opens(query: dict[str, str], sentence: str) -> None:
    state = opened(to_query(EDITED) | query)
    assert (state.arch, state.selected, state.weights) == (EDITED, "inception3a", {})
    assert sentence in str(state.refusal[1]) if sentence else not state.refusal


def page() -> None:
    import streamlit as st

    from app.frontend.kit.controls import remembered, view
    from app.frontend.session import current

    state = current()
    state.turn_to("Costs")
    st.session_state.before = view(state)
    options = ["Overview", "Tree"]
    st.segmented_control("Tab", options, key="costs_open", default=remembered("costs_open", options, "Overview"))
    st.number_input("Batch", 1, 64, remembered("batch", range(1, 65), 1), key="batch")
    st.toggle("Heads", remembered("heads", (True, False), True), key="heads")
    st.session_state.after = view(state)


SAID = {"tab": "Tree", "batch": "8", "heads": "off"}


def test_controls_begin_as_the_link_says_and_the_link_follows_them() -> None:
    app = AppTest.from_function(page, default_timeout=30)
    for name, text in SAID.items():
        app.query_params[name] = text
    app.run()
    assert (app.session_state["before"], app.session_state["after"]) == (SAID, SAID)
    assert (app.number_input[0].value, app.toggle[0].value) == (8, False)
    app.number_input[0].set_value(1).run()
    assert app.session_state["after"] == {"tab": "Tree", "heads": "off"}


def test_what_no_control_takes_is_left_out_without_noise() -> None:
    app = AppTest.from_function(page, default_timeout=30)
    for name, text in {"tab": "Trees", "batch": "9" * 30, "heads": "yes", "utm_source": "mail"}.items():
        app.query_params[name] = text
    app.run()
    assert not app.exception
    assert app.session_state["after"] == {}


HOSTILE = (None, "x", {}, {"network": {"variant": "vgg"}, "when": "now"}, {"network": {"variant": ["a"]}, "when": 5})


def test_recent_networks_that_are_none_are_left_out() -> None:
    good = {"network": to_query(EDITED), "when": "today" * 100}
    sharing.note("javascript:alert(1)", True, [*HOSTILE, good])
    shared = st.session_state.pop("shared")
    assert shared.address == ""
    assert shared.recent == [(EDITED, ("today" * 8))]
