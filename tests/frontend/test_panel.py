"""A panel that fails: one sentence at its place, and the rest of the page goes on."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest


def page(fault: str) -> None:
    import streamlit as st

    from app.backend.diagram import LayoutError
    from app.frontend.kit.panel import panel

    with panel("The diagram"):
        st.caption("begun")
        match fault:
            case "memory":
                bytearray(1 << 62)
            case "torch":
                import torch

                torch.empty(1 << 50)
            case "disk":
                with open("/dev/full", "w") as file:
                    file.write("x")
            case "layout":
                raise LayoutError("The diagram could not be laid out: the program was ended by signal 9.")
            case "bug":
                [][0]
            case "stop":
                st.stop()
            case "rerun" if "again" not in st.session_state:
                st.session_state.again = True
                st.rerun()
    st.markdown("the rest")


@pytest.mark.parametrize(
    "fault, sentence",
    [
        ("memory", "The diagram cannot be shown. This machine has not enough free memory"),
        ("torch", "The diagram cannot be shown. This machine has not enough free memory"),
        ("disk", "The diagram cannot be shown. The disk is full"),
        ("layout", "The diagram could not be laid out: the program was ended by signal 9."),
        ("bug", "The diagram cannot be shown. This is a fault of this program; the server's log has the details."),
        ("stop", ""),
        ("rerun", ""),
        ("", ""),
    ],
)
def test_what_fails_in_a_panel(fault: str, sentence: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        app = AppTest.from_function(page, kwargs={"fault": fault}, default_timeout=30).run()
    assert not app.exception
    assert [warning.value.replace("\\", "")[: len(sentence)] for warning in app.warning] == [sentence] * bool(sentence)
    assert [text.value for text in app.markdown] == ["the rest"] * (fault != "stop")
    logged = [record for record in caplog.records if record.exc_info]
    assert bool(logged) == (fault in ("memory", "torch", "disk", "bug"))


def two_panels() -> None:
    import streamlit as st

    from app.frontend.kit.panel import panel
    from app.frontend.shell.callbacks import guard_callbacks

    def fails() -> None:
        raise IndexError("list index out of range")

    guard_callbacks()
    with panel("The diagram"):
        st.caption("begun")
    with panel("The table"):
        st.button("Sort", on_click=fails)


def test_a_click_that_fails_is_said_at_the_panel_that_was_clicked_in() -> None:
    app = AppTest.from_function(two_panels, default_timeout=60).run()
    app.button[0].click().run()
    assert not app.exception
    parts = [element.type for element in app.main.children.values()]
    assert parts == ["caption", "warning", "flex_container", "button"]
    assert app.warning[0].value.startswith("That could not be done")
    app.button[0].click().run()
    assert not app.warning
