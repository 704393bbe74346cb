"""The goal that a network is edited towards: set and removed beside the totals, which tell how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from ...backend import Analysis
from ...backend.common.dtypes import ELEMENT_BYTES, Dtype
from ...backend.common.quantity import read_quantity, short, typed_quantity
from ...backend.decide.fitting.budget import Budget, amount, budget_of, budget_totals, limits_of
from ..kit.controls import control_shows
from ..kit.network_time import TIMING, measured_into, measurements, time_of
from ..kit.notice import WayOut, refusal
from ..state import State
from .fit_dialog import fit_dialog, offer_to_fit


@dataclass(frozen=True)
class _Field:
    """What a limit is typed into. ``unit``: what may follow the number, as a regular expression."""

    label: str
    example: str
    unit: str

    def read(self, text: str) -> float:
        """The number that was typed; ValueError with a sentence where it is none."""
        return read_quantity(text, self.unit, self.example)


FIELDS = {
    "macs": _Field("MACs, at most", "1 G", "MACs?"),
    "params": _Field("Parameters, at most", "5 M", "param(eter)?s?"),
    "weight_bytes": _Field("Bytes of weights, at most", "20 MB", "B|bytes?"),
    "peak_bytes": _Field("Bytes of peak memory, at most", "4 MB", "B|bytes?"),
    "seconds": _Field("Milliseconds on this machine, at most", "20", "ms"),
    "receptive_field_px": _Field("Receptive field in pixels, at least", "700", "px|pixels?"),
}
A_SECOND = 1000.0  # milliseconds
FORMATS: dict[Dtype, str] = dict(zip(ELEMENT_BYTES, ("fp32", "bf16", "fp16", "int8"), strict=True))


def show(state: State, analysis: Analysis) -> None:
    """Render the button that sets the goal, and where there is one what can be done with it."""
    popover = st.popover("Goal", icon=":material/flag:", key="goal-popover", on_change="rerun")
    if popover.open:
        with popover:
            _fields(state, analysis)
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


def _fields(state: State, analysis: Analysis) -> None:
    limits = limits_of(state.goal)
    for name, field in FIELDS.items():
        key = f"goal:{name}"
        if state.refused_at(key) is None:  # else what was typed stays, beside the reason
            control_shows(key, typed_quantity(limits[name] * _unit(name)) if name in limits else "")
        hint = f"none, or such as {field.example}"
        st.text_input(field.label, key=key, placeholder=hint, on_change=partial(_typed, state, name))
        if state.refused_at(key):
            refusal(state, key, *_ways_out(state, analysis, name))


def _ways_out(state: State, analysis: Analysis, name: str) -> Iterator[WayOut]:
    """Instead of what was typed: what the network has now, or no limit."""
    goal = state.goal or Budget(macs=analysis.macs)
    totals = replace(budget_totals(analysis, goal.dtype, goal.batch), seconds=time_of(analysis).seconds)
    now: float | None = getattr(totals, name)
    if now:
        text = typed_quantity(now * _unit(name))
        yield WayOut(f"Use what it has now: {amount(name, now)}", partial(_set, state, name, text))
    yield WayOut("Set no limit", partial(_set, state, name, ""))


def _format(state: State) -> None:
    if state.goal is not None:
        control_shows("goal-dtype", state.goal.dtype)
        control_shows("goal-batch", state.goal.batch)
    change = partial(_set, state, "", "")
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
    if not known.measured:
        start = partial(TIMING.start, partial(measured_into, measurements(), analysis.arch))
        st.button("Measure this network", icon=":material/timer:", key="goal-measure", on_click=start)
    TIMING.show_problem()


def _typed(state: State, name: str) -> None:
    _set(state, name, str(st.session_state[f"goal:{name}"]).strip())


def _set(state: State, name: str, text: str) -> None:
    """Make ``text`` the limit called ``name``, in the number format and batch that the fields show."""
    limits = limits_of(state.goal)
    state.refusal = None
    try:
        if text:
            limits[name] = FIELDS[name].read(text) / _unit(name)
        else:
            limits.pop(name, None)
        state.goal = budget_of(limits, st.session_state["goal-dtype"], int(st.session_state["goal-batch"]))
    except ValueError as problem:
        state.refusal = f"goal:{name}", problem


def _unit(name: str) -> float:
    """How many of what is typed make one of what a budget limits."""
    return A_SECOND if name == "seconds" else 1.0
