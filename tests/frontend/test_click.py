"""A click on a button, or on that of a form, is not lost where its run is cut off before the button."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from app.frontend.kit.click import clicked, submitted

    if st.session_state.pop("cut off", False):
        st.stop()
    st.session_state.setdefault("did", [])
    if clicked("Start", "start", ":material/play_arrow:"):
        st.session_state.did += ["start"]
    with st.form("values"):
        value = st.text_input("Value")
        if submitted("Apply", "apply"):
            st.session_state.did += [value]


@pytest.mark.parametrize("key, did", [("start", "start"), ("apply", "7")])
@pytest.mark.parametrize("cut_off", [False, True])
def test_a_click_is_there_once_in_the_run_that_comes_to_the_button(key: str, did: str, cut_off: bool) -> None:
    page = AppTest.from_function(script).run()
    page.text_input[0].input("7")
    page.session_state["cut off"] = cut_off
    page.button(key=key).click().run()
    assert page.session_state["did" if not cut_off else "start:click" if key == "start" else "apply:click"]
    page.run()
    assert page.session_state["did"] == [did]
    page.run()
    assert page.session_state["did"] == [did]
