"""The link in the address bar follows every edit, and is made once for each; heads that do not fit are left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.backend.common.links import to_query
from app.frontend import session
from app.frontend.state import State
from app.frontend.typed_numbers import numbers
from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.arch.refusal import remedies_of
from inception_models.edits.depth import with_repeats
from inception_models.edits.input_output import with_classes, with_size_and_fitting_heads
from inception_models.edits.structure import without_branch

EDIT = {"inception3a.branch1x1.conv": 96}


def page() -> None:
    import streamlit as st

    from app.frontend.session import address_of, current

    state = current()
    st.button("Edit", on_click=state.type_numbers, args=({"inception3a.branch1x1.conv": "96"},))
    st.button("Undo", on_click=state.undo)
    st.session_state.address = address_of(state).query


def test_the_link_follows_edits_and_is_made_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Arch] = []

    def counted(arch: Arch) -> dict[str, str]:
        made.append(arch)
        return to_query(arch)

    monkeypatch.setattr(session, "to_query", counted)
    published = ARCHITECTURES["googlenet"]
    app = AppTest.from_function(page, default_timeout=30).run()
    for expected in (published, with_widths(published, EDIT), published):
        for _ in range(3):
            app.run()
            assert app.session_state["address"] == to_query(expected)
        app.button[1 if expected != published else 0].click().run()
    assert made == [published, with_widths(published, EDIT), published, with_widths(published, EDIT)]


def test_heads_that_do_not_fit_are_left_out_with_a_notice_that_undo_takes_back() -> None:
    published = ARCHITECTURES["googlenet"]
    state = State(published, "inception3a")
    state.attempt(lambda arch: with_size_and_fitting_heads(arch, 64), "input_size")
    assert state.arch == replace(published, input_size=64, aux=())
    assert state.notice == "The auxiliary heads do not fit at 64 pixels and were left out; they run in training only."
    assert not state.refusal
    state.undo()
    assert (state.arch, state.notice) == (published, "")
    state.attempt(lambda arch: with_size_and_fitting_heads(arch, 224), "input_size")
    assert not state.notice


def test_a_refusal_is_at_its_place_with_its_remedy_until_the_next_edit_or_another_page() -> None:
    published = ARCHITECTURES["googlenet"]
    state = State(published, "inception3a")
    state.turn_to("Explore")

    def refuse() -> ValueError:
        state.attempt(lambda arch: with_size_and_fitting_heads(arch, 3), "input_size")
        problem = state.refused_at("input_size")
        assert problem
        assert (state.arch, state.refused_at("structure")) == (published, None)
        return problem

    [remedy] = remedies_of(refuse())
    state.attempt(remedy.edit, "input_size")
    assert (state.arch.input_size, state.refusal) == (31, None)
    state.undo()
    for moot in (
        lambda: state.attempt(lambda arch: with_classes(arch, 10), "classes"),
        lambda: state.type_numbers({"inception3a.branch1x1.conv": "96"}),
        state.undo,
        state.redo,
        lambda: state.turn_to("Costs"),
    ):
        state.turn_to("Explore")
        state.become(published)
        state.attempt(lambda arch: with_classes(arch, 7), "classes")
        state.undo()
        refuse()
        state.turn_to("Explore")
        assert state.refusal
        moot()
        assert not state.refusal


def test_a_refused_number_stays_in_its_cell_until_it_would_be_accepted_or_the_cell_is_gone() -> None:
    v4 = ARCHITECTURES["inception_v4"]
    state = State(v4, "inception_a")
    state.turn_to("Explore")
    gone, kept = "inception_c.branch1x1.conv", "inception_a.branch1x1.conv"
    state.type_numbers({gone: "0", kept: "33.5"})
    state.turn_to("Costs")
    state.attempt(lambda arch: with_repeats(arch, {"inception_b": 3}), "structure")
    assert list(state.refused) == [gone, kept]
    assert state.refused_text(kept)[1] == "33.5"
    state.attempt(lambda arch: without_branch(arch, "inception_c.branch1x1"), "structure")
    assert list(state.refused) == [kept]
    [remedy] = remedies_of(state.refused[kept][1])
    state.remedy_number(kept, remedy.edit)
    assert (numbers(state.arch)[kept], state.refused) == (34, {})
