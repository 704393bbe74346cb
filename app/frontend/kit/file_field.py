"""Fields that a file is dropped on, and can be taken away from: Streamlit's cannot, so an emptied field is another."""

from __future__ import annotations

import streamlit as st


def field_key(name: str) -> str:
    """The key of the field called ``name``."""
    count = st.session_state.get(_times(name), 0)
    return f"{name}:{count}" if count else name


def empty_field(name: str) -> None:
    """Take away what was dropped on the field."""
    st.session_state[_times(name)] = st.session_state.get(_times(name), 0) + 1


def _times(name: str) -> str:
    return f"{name} emptied"
