"""What a control shows, where that is not simply what was chosen in it last."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
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


def remembered(key: str, options: Container[_Option], otherwise: _Option) -> _Option:
    """What the control called ``key`` shows at first: what this browser had in it, if that is an option still.

    From now on the browser keeps what is chosen in it.
    """
    brought = st.session_state.get("brought", {}).get(key)
    default: _Option = brought if type(brought) is type(otherwise) and brought in options else otherwise
    st.session_state.setdefault("choices", {}).setdefault(key, default)
    return default


def choices() -> dict[str, object]:
    """What was chosen in every control that is :func:`remembered`."""
    shown: dict[str, object] = st.session_state.get("choices", {})
    brought: dict[str, object] = st.session_state.get("brought", {})
    shown.update({key: st.session_state.get(key, shown[key]) for key in shown})
    return brought | shown


def bring_choices(brought: Mapping[str, object]) -> None:
    """Let controls that were not shown yet begin with these choices, which may be anything."""
    st.session_state.brought = {
        key: value for key, value in brought.items() if isinstance(value, str | int | float) and len(str(value)) < 100
    }
