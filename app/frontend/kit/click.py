"""Buttons whose click is not lost where the run that brings it is cut off before the button, as by a component."""

from __future__ import annotations

import streamlit as st


def clicked(
    label: str, key: str, icon: str, *, help: str | None = None, disabled: bool = False, wrap: bool = False
) -> bool:
    """Render it; whether it was clicked, once. What it begins is made of the controls as they are in this run."""
    st.button(
        label,
        key=key,
        help=help,
        type="primary",
        icon=icon,
        disabled=disabled,
        wrap=wrap,
        on_click=_note,
        args=(key,),
    )
    return _was_clicked(key) and not disabled


def submitted(label: str, key: str) -> bool:
    """The same for the button of the form around it."""
    st.form_submit_button(label, key=key, width="stretch", on_click=_note, args=(key,))
    return _was_clicked(key)


def _note(key: str) -> None:
    st.session_state[f"{key}:click"] = True


def _was_clicked(key: str) -> bool:
    return bool(st.session_state.pop(f"{key}:click", False))
