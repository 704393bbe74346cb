"""A network fitted to the goal: the changes that would meet it are shown, and then applied or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from inception_models import Arch
from inception_models.training.start import loaded_with_its_classes
from inception_models.weights import Source

from ...backend import analyze
from ...backend.common.jobs import Progress
from ...backend.common.quantity import typed_quantity
from ...backend.decide.channels import stage_widths
from ...backend.decide.data_choice import data_choices
from ...backend.decide.fitting.budget import Budget, amount, budget_of, limit_words, limits_of
from ...backend.decide.fitting.fit import FitOptions, FitStep, Fitted, fitted
from ...backend.decide.fitting.importance import FilterImportance, by_norm, by_taylor
from ...backend.decide.fitting.reach import OutOfReach
from ...backend.decide.fitting.shrinking import Strategy
from ...backend.timing.latency import Latency
from ...backend.training.data import read_data_set
from ..components.figures_table import FigureColumn, FigureRow, figures_table, whole, words
from ..kit.background import BackgroundTask
from ..kit.controls import choice_stays_among, control_shows
from ..kit.lasting_dialog import LastingDialog
from ..kit.network_time import NetworkTime, measured_into, measurements
from ..kit.notice import WayOut, plain, refused
from ..kit.terms import caption
from ..kit.weights_in_use import title_of, weights_in_use
from ..state import State
from .totals import totals_html, totals_to

STRATEGY_TITLES: dict[Strategy, str] = {
    "even": "Even",
    "sensitivity": "By sensitivity",
    "weights": "By trained weights",
}
NORMS = ""  # no data set
DIVISORS = (1, 2, 4, 8, 16, 32)
FITTING = LastingDialog("fitting")
FIT: BackgroundTask[Fitted | OutOfReach] = BackgroundTask("fit", "Fitting", steady=False)


@dataclass(frozen=True)
class FitQuestion:
    """What a proposal answers. ``judged_on``: the data set for Taylor importance, empty for norms."""

    arch: Arch
    goal: Budget
    strategy: Strategy
    lock: tuple[str, ...]
    divisor: int
    source: Source
    judged_on: str

    @property
    def takes_long(self) -> bool:
        """Whether networks are run for it."""
        return self.goal.seconds is not None or (self.strategy == "weights" and bool(self.judged_on))


def offer_to_fit(state: State) -> None:
    """Render the button that opens the dialog."""
    st.button(
        "Fit to goal",
        icon=":material/compress:",
        key="fit-to-goal",
        help="Propose widths that meet it",
        on_click=FITTING.open,
        args=(state,),
    )


def fit_dialog(state: State) -> None:
    """Render the dialog while it is open: a proposal that was made in the background draws the whole page again."""
    if FITTING.is_open(state) and state.goal is not None:
        _dialog(state, state.goal)


@st.dialog("Fit to goal", width="large", icon=":material/compress:", on_dismiss=FITTING.close)
def _dialog(state: State, goal: Budget) -> None:
    """Propose widths that meet the goal of ``state``."""
    if not FITTING.is_open(state):  # by a button in it, which draws the dialog alone
        st.rerun()
    words = [limit_words(*limit) for limit in limits_of(goal).items()]
    st.markdown(f"The goal: {plain(', '.join(words))}.")
    question = _question(state, goal)
    try:
        result = _proposal(question)
    except ValueError as problem:
        refused(str(problem), "fit", *_ways_out(state, problem, question))
        _cancel()
        return
    if result is None:
        _cancel()
    else:
        _show(state, result)


def _question(state: State, goal: Budget) -> FitQuestion:
    source = weights_in_use(state)
    known: list[Strategy] = ["even", "sensitivity"] if source == "random" else list(STRATEGY_TITLES)
    choice_stays_among("fit-strategy", known, "even")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        strategy = st.segmented_control(
            "Strategy",
            known,
            format_func=STRATEGY_TITLES.__getitem__,
            key="fit-strategy",
            required=True,
            help="Even: one factor for all widths. By sensitivity: a few filters at a time, where they save most for"
            " the share of the width that is lost. By trained weights: the same, and the filters that matter least go"
            " first.",
        )
        judged_on = _judged_on(state.arch, source) if strategy == "weights" else NORMS
    if source == "random":
        caption("Choose trained weights on the Picture page to shrink by them as well.")
    elif strategy == "weights":
        caption(f"By the weights of {title_of(source)}.")
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
    return FitQuestion(state.arch, goal, strategy or "even", tuple(lock), divisor, source, judged_on)


def _judged_on(arch: Arch, source: Source) -> str:
    """The choice of what says how much a filter matters."""
    known = {NORMS: "Norm of its weights"} | {
        name: f"Loss on {title} (Taylor)" for name, title in data_choices(arch, source).items()
    }
    choice_stays_among("fit-judged", list(known), NORMS)
    return st.selectbox("A filter matters by", known, format_func=known.__getitem__, key="fit-judged")


def _parts(arch: Arch) -> list[str]:
    """Stages, branches and layers with widths, in the network's order."""
    names = [path.split(".") for path in stage_widths(arch)]
    return list(dict.fromkeys(".".join(each[:depth]) for each in names for depth in range(1, len(each) + 1)))


def _proposal(question: FitQuestion) -> Fitted | None:
    """The proposal, which is made once for the same question: the dialog is drawn again at every click in it. None,
    with the progress shown, while it is made.
    """
    if st.session_state.get("fit_proposal", (None,))[0] != question:
        work = partial(_fitted, question, measurements())
        if question.takes_long:
            result = FIT.answer(work, question)
            if result is None:
                return None
        else:
            with st.spinner("Looking for widths"):
                result = work(Progress())
        st.session_state.fit_proposal = question, result
    answer = st.session_state.fit_proposal[1]
    if isinstance(answer, OutOfReach):
        raise answer
    assert isinstance(answer, Fitted)
    return answer


def _fitted(question: FitQuestion, times: list[Latency], progress: Progress) -> Fitted | OutOfReach:
    """The proposal, or why there is none: its remedies are lost where a background task fails with it."""
    importance = _importance(question, progress) if question.strategy == "weights" else None
    measure = partial(measured_into, times)
    options = FitOptions(question.strategy, question.lock, question.divisor, importance, measure)
    try:
        return fitted(question.arch, question.goal, options, progress)
    except OutOfReach as problem:
        return problem


def _importance(question: FitQuestion, progress: Progress) -> FilterImportance:
    known = loaded_with_its_classes(question.arch, question.source)
    if not question.judged_on:
        return by_norm(known.net)
    expected = known.trained_weights.preprocessing
    data = read_data_set(question.judged_on, question.arch.input_size, expected=expected)
    return by_taylor(known.net, data, progress=progress)


def _show(state: State, result: Fitted) -> None:
    times = [NetworkTime(each.seconds, measured=True) for each in (result.after, result.before)]
    totals = totals_to(state.goal, analyze(result.arch), analyze(state.arch), (times[0], times[1]), "now")
    st.html(totals_html(totals, "metrics"))
    if result.note:
        st.caption(plain(result.note))
    if result.steps:
        _steps(result.steps)
        caption("What each change saves is counted in this order, and adds up. Auxiliary heads stay as they are.")
    with st.container(horizontal=True):
        st.button(
            "Apply",
            type="primary",
            icon=":material/check:",
            disabled=not result.steps,
            help="One undo step",
            on_click=_apply,
            args=(state, result.arch),
        )
        _cancel()


def _steps(steps: Sequence[FitStep]) -> None:
    titles = ("From", "To", "Saves MACs", "Saves parameters")
    columns = [FigureColumn("What", "words"), *map(FigureColumn, titles)]
    rows = [
        FigureRow(
            f"{number}",
            step.path,
            step.what,
            (words(step.what), whole(step.before), whole(step.after), whole(step.macs_saved), whole(step.params_saved)),
        )
        for number, step in enumerate(steps)
    ]
    figures_table("Place", columns, rows, key="fit-steps")


def _apply(state: State, arch: Arch) -> None:
    state.become(arch)
    FITTING.close()


def _cancel() -> None:
    st.button("Close", key="fit-cancel", on_click=FITTING.close)


def _ways_out(state: State, problem: ValueError, question: FitQuestion) -> Iterator[WayOut]:
    """Each way out of a goal that cannot be met."""
    if isinstance(problem, OutOfReach):
        if problem.possible and problem.name != "seconds":  # which are not as many at every measurement
            least = round(problem.possible)
            limits = limits_of(question.goal) | {problem.name: float(least)}
            yield WayOut(
                f"Make {amount(problem.name, least)} the goal",
                partial(setattr, state, "goal", budget_of(limits, question.goal.dtype, question.goal.batch)),
                f"Exactly {typed_quantity(least)}",
            )
        if question.divisor > 1:
            yield WayOut("Allow every width", partial(control_shows, "fit-divisor", 1))
        if question.lock:
            yield WayOut("Unlock all parts", partial(control_shows, "fit-lock", []))
    yield WayOut("Remove the goal", partial(setattr, state, "goal", None))
