"""What a control shows, where that is not simply what was chosen in it last."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

import streamlit as st

_Option = TypeVar("_Option")


def control_shows(key: str, value: object) -> None:
    """Let the control called ``key`` show ``value``, which may have changed by undo, by a link or on another page.

    To be called in every run, also where the value seems to be there already: after a run that was cut short a control
    would otherwise report its default, and that would be taken for an edit.
    """
    st.session_state[key] = value


def choice_stays_among(key: str, options: Collection[_Option], otherwise: _Option) -> None:
    """Keep what was chosen in the control called ``key`` while it is one of ``options``; else choose ``otherwise``."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = otherwise
