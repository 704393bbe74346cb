"""A button whose click is not lost where the run that brings it is cut off before the button, as by a component."""

from __future__ import annotations

import streamlit as st


def clicked(
    label: str, key: str, icon: str, *, help: str | None = None, disabled: bool = False, wrap: bool = False
) -> bool:
    """Render it; whether it was clicked, once. What it begins is made of the controls as they are in this run."""
    click = f"{key}:click"
    st.button(
        label,
        key=key,
        help=help,
        type="primary",
        icon=icon,
        disabled=disabled,
        wrap=wrap,
        on_click=st.session_state.__setitem__,
        args=(click, True),
    )
    return bool(st.session_state.pop(click, False)) and not disabled
