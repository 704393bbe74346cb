"""The goal that a network is edited towards: set and removed beside the totals, which tell how far it is."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ...backend import Analysis
from ...backend.common.dtypes import ELEMENT_BYTES, Dtype
from ...backend.common.quantity import read_quantity, short, typed_quantity
from ...backend.decide.fitting.budget import budget_of, limits_of
from ..state import State
from .controls import control_shows
from .fit_dialog import fit_dialog, offer_to_fit
from .network_time import TIMING, measured_into, measurements, time_of
from .notice import refusal

FIELDS = {
    "macs": ("MACs, at most", "1 G"),
    "params": ("Parameters, at most", "5 M"),
    "weight_bytes": ("Bytes of weights, at most", "20 MB"),
    "peak_bytes": ("Bytes of peak memory, at most", "4 MB"),
    "seconds": ("Milliseconds on this machine, at most", "20"),
    "receptive_field_px": ("Receptive field in pixels, at least", "700"),
}
A_SECOND = 1000.0  # milliseconds
FORMATS: dict[Dtype, str] = dict(zip(ELEMENT_BYTES, ("fp32", "bf16", "fp16", "int8"), strict=True))


def show(state: State, analysis: Analysis) -> None:
    """Render the button that sets the goal, and where there is one what can be done with it."""
    popover = st.popover("Goal", icon=":material/flag:", key="goal-popover", on_change="rerun")
    if popover.open:
        with popover:
            _fields(state)
            _format(state)
            _time(analysis)
    if state.goal is not None:
        offer_to_fit(state)
        st.button(
            "Remove the goal",
            icon=":material/close:",
            key="remove-goal",
            on_click=partial(setattr, state, "goal", None),
        )
    fit_dialog(state)


def _fields(state: State) -> None:
    limits = limits_of(state.goal)
    for name, (label, example) in FIELDS.items():
        key = f"goal:{name}"
        if state.refused_at(key) is None:  # else what was typed stays, beside the reason
            control_shows(key, typed_quantity(limits[name] * _unit(name)) if name in limits else "")
        st.text_input(label, key=key, placeholder=f"none, or such as {example}", on_change=partial(_set, state, name))
        refusal(state, key)


def _format(state: State) -> None:
    if state.goal is not None:
        control_shows("goal-dtype", state.goal.dtype)
        control_shows("goal-batch", state.goal.batch)
    change = partial(_set, state, "")
    with st.container(horizontal=True):
        st.selectbox("Bytes are of", FORMATS, format_func=FORMATS.__getitem__, key="goal-dtype", on_change=change)
        st.number_input("Pictures at once", 1, 4096, key="goal-batch", on_change=change, help="For peak memory")


def _time(analysis: Analysis) -> None:
    """What is known of the network's time, and a button to measure it."""
    if TIMING.running:
        TIMING.watch(narrow=True)
        return
    known = time_of(analysis)
    if known.seconds is not None:
        st.caption(f"This network takes {short(known.seconds, 's')}, {'measured' if known.measured else 'estimated'}.")
    if not known.measured and st.button("Measure this network", icon=":material/timer:", key="goal-measure"):
        TIMING.start(partial(measured_into, measurements(), analysis.arch))
        st.rerun()
    TIMING.show_problem()


def _set(state: State, changed: str) -> None:
    """Make what the fields say the goal; ``changed``: the limit that was typed, empty for another field."""
    limits = limits_of(state.goal)
    state.refusal = None
    try:
        text = str(st.session_state[f"goal:{changed}"]).strip() if changed else ""
        if text:
            limits[changed] = read_quantity(text) / _unit(changed)
        else:
            limits.pop(changed, None)
        state.goal = budget_of(limits, st.session_state["goal-dtype"], int(st.session_state["goal-batch"]))
    except ValueError as problem:
        state.refusal = f"goal:{changed}", problem


def _unit(name: str) -> float:
    """How many of what is typed make one of what a budget limits."""
    return A_SECOND if name == "seconds" else 1.0
