"""The goal that a network is edited towards: set and removed beside the totals, which tell how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import streamlit as st

from ...backend import Analysis
from ...backend.common.quantity import read_quantity, typed_quantity
from ...backend.decide.fitting.budget import amount, budget_of, budget_totals, limits_of
from ..state import State
from .controls import control_shows
from .fit_dialog import fit_dialog
from .notice import WayOut, refusal

FIELDS = {
    "macs": ("MACs, at most", "1 G"),
    "params": ("Parameters, at most", "5 M"),
    "weight_bytes": ("Bytes of weights, at most", "20 MB"),
    "peak_bytes": ("Bytes of peak memory, at most", "4 MB"),
    "receptive_field_px": ("Receptive field in pixels, at least", "700"),
}


def show(state: State, analysis: Analysis) -> None:
    """Render the button that sets the goal, and where there is one what can be done with it."""
    popover = st.popover("Goal", icon=":material/flag:", key="goal-popover", on_change="rerun")
    if popover.open:
        with popover:
            _fields(state, analysis)
    if state.goal is not None:
        if st.button("Fit to goal", icon=":material/compress:", key="fit-to-goal", help="Propose widths that meet it"):
            fit_dialog(state)
        st.button(
            "Remove the goal",
            icon=":material/close:",
            key="remove-goal",
            on_click=partial(_remove, state),
        )


def _fields(state: State, analysis: Analysis) -> None:
    limits = limits_of(state.goal)
    for name, (label, example) in FIELDS.items():
        key = f"goal:{name}"
        if state.refused_at(key) is None:  # else what was typed stays, beside the reason
            control_shows(key, typed_quantity(limits[name]) if name in limits else "")
        st.text_input(label, key=key, placeholder=f"none, or such as {example}", on_change=partial(_typed, state, name))
        if state.refused_at(key):
            refusal(state, key, *_ways_out(state, analysis, name))
    st.caption("Weights and peak memory are of 32-bit floats and one picture, as in the totals.")


def _ways_out(state: State, analysis: Analysis, name: str) -> Iterator[WayOut]:
    """Instead of what was typed: what the network has now, or no limit."""
    now: int | None = getattr(budget_totals(analysis), name)
    if now:
        yield WayOut(f"Use what it has now: {amount(name, now)}", partial(_set, state, name, typed_quantity(now)))
    yield WayOut("Set no limit", partial(_set, state, name, ""))


def _typed(state: State, name: str) -> None:
    _set(state, name, str(st.session_state[f"goal:{name}"]).strip())


def _set(state: State, name: str, text: str) -> None:
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
