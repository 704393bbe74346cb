"""The link in the address bar follows every edit, and is made once for each; heads that do not fit are left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.backend.common.links import to_query
from app.frontend import state as page_state
from inception_models import ARCHITECTURES, Arch, with_widths

EDIT = {"inception3a.branch1x1.conv": 96}


def page() -> None:
    import streamlit as st

    from app.frontend.state import address_of, current

    state = current()
    st.button("Edit", on_click=state.type_numbers, args=({"inception3a.branch1x1.conv": "96"},))
    st.button("Undo", on_click=state.undo)
    st.session_state.address = address_of(state).query


def test_the_link_follows_edits_and_is_made_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Arch] = []

    def counted(arch: Arch) -> dict[str, str]:
        made.append(arch)
        return to_query(arch)

    monkeypatch.setattr(page_state, "to_query", counted)
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
    state = page_state.State(published, "inception3a")
    state.set_input_size(64)
    assert state.arch == replace(published, input_size=64, aux=())
    assert state.notice == "The auxiliary heads do not fit at 64 pixels and were left out; they run in training only."
    assert not state.problem
    state.undo()
    assert (state.arch, state.notice) == (published, "")
    state.set_input_size(224)
    assert not state.notice
    state.set_input_size(3)
    assert (state.arch, bool(state.problem)) == (published, True)
