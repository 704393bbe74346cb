"""The goal that a network is edited towards: set and removed beside the totals, which tell how far it is."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ...backend.common.quantity import read_quantity, typed_quantity
from ...backend.decide.fitting.budget import budget_of, limits_of
from ..state import State
from .controls import control_shows
from .fit_dialog import fit_dialog
from .notice import refusal
from .terms import caption

FIELDS = {
    "macs": ("MACs, at most", "1 G"),
    "params": ("Parameters, at most", "5 M"),
    "weight_bytes": ("Bytes of weights, at most", "20 MB"),
    "peak_bytes": ("Bytes of peak memory, at most", "4 MB"),
    "receptive_field_px": ("Receptive field in pixels, at least", "700"),
}


def show(state: State) -> None:
    """Render the button that sets the goal, and where there is one what can be done with it."""
    popover = st.popover("Goal", icon=":material/flag:", key="goal-popover", on_change="rerun")
    if popover.open:
        with popover:
            _fields(state)
    if state.goal is not None:
        if st.button("Fit to goal", icon=":material/compress:", key="fit-to-goal", help="Propose widths that meet it"):
            fit_dialog(state)
        st.button(
            "Remove the goal",
            icon=":material/close:",
            key="remove-goal",
            on_click=partial(_remove, state),
        )


def _fields(state: State) -> None:
    limits = limits_of(state.goal)
    for name, (label, example) in FIELDS.items():
        key = f"goal:{name}"
        if state.refused_at(key) is None:  # else what was typed stays, beside the reason
            control_shows(key, typed_quantity(limits[name]) if name in limits else "")
        st.text_input(label, key=key, placeholder=f"none, or such as {example}", on_change=partial(_set, state, name))
        refusal(state, key)
    caption("Weights and peak memory are of 32-bit floats and one picture, as in the totals.")


def _set(state: State, name: str) -> None:
    text = str(st.session_state[f"goal:{name}"]).strip()
    limits = limits_of(state.goal)
    state.refusal = None
    try:
        if text:
            limits[name] = read_quantity(text)
        else:
            limits.pop(name, None)
        state.goal = budget_of(limits)
    except ValueError as problem:
        state.refusal = f"goal:{name}", problem


def _remove(state: State) -> None:
    state.goal = None
