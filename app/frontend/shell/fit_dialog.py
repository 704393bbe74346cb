"""A network fitted to the goal: the changes that would meet it are shown, and then applied or not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import streamlit as st

from inception_models import Arch
from inception_models.training.start import loaded_with_its_classes
from inception_models.weights import Source

from ...backend import analyze
from ...backend.common.quantity import typed_quantity
from ...backend.decide.channels import stage_widths
from ...backend.decide.fitting.budget import ANALYSED, amount, budget_of, limit_words, limits_of
from ...backend.decide.fitting.fit import FitOptions, Fitted, fitted
from ...backend.decide.fitting.importance import FilterImportance, by_norm
from ...backend.decide.fitting.reach import OutOfReach
from ...backend.decide.fitting.shrinking import Strategy
from ..state import State
from .controls import control_shows
from .notice import WayOut, plain, refused
from .totals import totals_html, totals_to
from .weights_in_use import weights_in_use

STRATEGY_TITLES: dict[Strategy, str] = {
    "even": "Even",
    "sensitivity": "By sensitivity",
    "weights": "By trained weights",
}
DIVISORS = (1, 2, 4, 8, 16, 32)
NUMBERS = ("From", "To", "Saves MACs", "Saves parameters")  # columns


@st.dialog("Fit to goal", width="large", icon=":material/compress:")
def fit_dialog(state: State) -> None:
    """Propose widths that meet the goal of ``state``."""
    if state.goal is None:
        st.rerun()
    words = [limit_words(*limit) for limit in limits_of(state.goal).items()]
    st.markdown(f"The goal: {plain(', '.join(words))}.")
    strategy, lock, divisor, source = _choices(state)
    try:
        with st.spinner("Looking for widths"):
            result = _proposal(state, strategy, lock, divisor, source)
    except ValueError as problem:
        refused(str(problem), "fit", *_ways_out(state, problem, divisor, lock))
        _cancel()
        return
    _show(state, result)


def _choices(state: State) -> tuple[Strategy, tuple[str, ...], int, Source]:
    source = weights_in_use(state)
    known: list[Strategy] = ["even", "sensitivity"] if source == "random" else list(STRATEGY_TITLES)
    strategy = st.segmented_control(
        "Strategy",
        known,
        format_func=STRATEGY_TITLES.__getitem__,
        default="even",
        key="fit-strategy",
        required=True,
        help="Even: one factor for all widths. By sensitivity: a few filters at a time, where they save most for the"
        " share of the width that is lost. By trained weights: the same, and the filters with the smallest norms go"
        " first.",
    )
    if source == "random":
        st.caption("Choose trained weights on the Picture page to shrink by them as well.")
    parts = _parts(state.arch)
    control_shows("fit-lock", [part for part in st.session_state.get("fit-lock", []) if part in parts])
    control_shows("fit-divisor", st.session_state.get("fit-divisor", 8))
    left, right = st.columns([3, 1])
    with left:
        lock = st.multiselect("Locked parts", parts, key="fit-lock", placeholder="None: every width may change")
    with right:
        divisor = st.selectbox(
            "Multiples of", DIVISORS, key="fit-divisor", help="Widths are rounded to multiples of it"
        )
    return strategy, tuple(lock), divisor, source


def _parts(arch: Arch) -> list[str]:
    """Stages and branches with widths, in the network's order."""
    names = [path.split(".") for path in stage_widths(arch)]
    return list(dict.fromkeys(".".join(each[:depth]) for each in names for depth in (1, 2)))


def _proposal(state: State, strategy: Strategy, lock: tuple[str, ...], divisor: int, source: Source) -> Fitted:
    """The proposal, which is made once for the same question: the dialog is drawn again at every click in it."""
    question = state.arch, state.goal, strategy, lock, divisor, source
    if st.session_state.get("fit_proposal", (None,))[0] != question:
        importance = _importance(state.arch, source) if strategy == "weights" else None
        options = FitOptions(strategy, lock, divisor, importance)
        assert state.goal is not None
        st.session_state.fit_proposal = question, fitted(state.arch, state.goal, options)
    proposal = st.session_state.fit_proposal[1]
    assert isinstance(proposal, Fitted)
    return proposal


def _importance(arch: Arch, source: Source) -> FilterImportance:
    return by_norm(loaded_with_its_classes(arch, source).net)


def _show(state: State, result: Fitted) -> None:
    totals = totals_to(state.goal, analyze(result.arch), analyze(state.arch), "now")
    st.html(totals_html(totals, "metrics"))
    if result.note:
        st.caption(plain(result.note))
    if result.steps:
        st.dataframe(
            {
                "Place": [step.path for step in result.steps],
                "What": [step.what for step in result.steps],
                "From": [step.before for step in result.steps],
                "To": [step.after for step in result.steps],
                "Saves MACs": [step.macs_saved for step in result.steps],
                "Saves parameters": [step.params_saved for step in result.steps],
            },
            hide_index=True,
            height=min(38 + 35 * len(result.steps), 318),
            column_config={name: st.column_config.NumberColumn(format="localized") for name in NUMBERS},
        )
        st.caption("What each change saves is counted in this order, and adds up. Auxiliary heads stay as they are.")
    with st.container(horizontal=True):
        if st.button("Apply", type="primary", icon=":material/check:", disabled=not result.steps, help="One undo step"):
            state.become(result.arch)
            st.rerun()
        _cancel()


def _cancel() -> None:
    if st.button("Cancel", key="fit-cancel"):
        st.rerun()


def _ways_out(state: State, problem: ValueError, divisor: int, lock: tuple[str, ...]) -> Iterator[WayOut]:
    """Each way out of a goal that cannot be met."""
    if isinstance(problem, OutOfReach):
        if problem.name in ANALYSED and problem.possible:
            least = round(problem.possible)
            limits = limits_of(state.goal) | {problem.name: float(least)}
            yield WayOut(
                f"Make {amount(problem.name, least)} the goal",
                partial(setattr, state, "goal", budget_of(limits)),
                f"Exactly {typed_quantity(least)}",
            )
        if divisor > 1:
            yield WayOut("Allow every width", partial(control_shows, "fit-divisor", 1))
        if lock:
            yield WayOut("Unlock all parts", partial(control_shows, "fit-lock", []))
    yield WayOut("Remove the goal", partial(setattr, state, "goal", None))
