"""A small run on this machine: options, what it would take, live curves, the result."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models.edits.toggles import has_batch_norm
from inception_models.edits.widths import with_classes
from inception_models.training.run import Options

from ...backend import Analysis
from ...backend.charts import training as training_plots
from ...backend.common.quantity import short
from ...backend.training.data import Offer, offers
from ...backend.training.job import Finished, Live
from ...backend.training.plan import TrainingPlan, narrowed, spoken, step_macs, training_plan
from ...backend.training.record import curves_csv, weights_file
from ..shell import notice
from ..state import State
from .runs import Training, training

POLL_SECONDS = 1.0
BATCH = 64
RATES = (0.003, 0.01, 0.02, 0.05, 0.1, 0.2)


def show(state: State, analysis: Analysis) -> None:
    """Render the tab."""
    run = training()
    left, right = st.columns([1, 2], gap="large")
    with left:
        offer, options = _options()
        if run.job is None:
            _offer_to_start(state, analysis, offer, options, run)
    with right:
        if run.job is not None:
            _watch()
        elif run.live is not None and run.live.at is not None:
            _curves(run.live)
            if run.result is not None:
                _result(state, run.result)
        else:
            st.caption("The curves appear here while it runs.")


def _options() -> tuple[Offer, Options]:
    known = {offer.title: offer for offer in offers()}
    title = st.selectbox(
        "Data",
        list(known),
        key="train_data",
        persist_state="session",
        help="A tenth of the training pictures is held out to choose the best epoch; the test pictures are others.",
    )
    if len(known) == 1:
        st.caption("With Debian's package dataset-fashion-mnist, Fashion-MNIST is offered as well.")
    with st.container(horizontal=True):
        epochs = st.number_input(
            "Epochs", 1, 100, 10, key="train_epochs", persist_state="session", help="Passes over the training pictures"
        )
        seed = st.number_input(
            "Seed", 0, 9999, 0, key="train_seed", persist_state="session", help="Equal seeds give equal runs"
        )
    rate = st.select_slider(
        "Learning rate",
        RATES,
        0.05,
        key="train_rate",
        persist_state="session",
        help="The highest: it rises for the first fifth of the run, then falls to zero. Lower it where the loss jumps.",
    )
    return known[title], Options(int(epochs), BATCH, float(rate), int(seed))


def _offer_to_start(state: State, analysis: Analysis, offer: Offer, options: Options, run: Training) -> None:
    if state.arch.classes != offer.classes:
        st.markdown(f"The network tells {state.arch.classes:,} classes apart; this data has {offer.classes}.")
        _smaller(state, offer)
        st.button(
            f"Only set {offer.classes} classes",
            on_click=partial(state.attempt, lambda arch: with_classes(arch, offer.classes)),
        )
        return
    known = training_plan(analysis, offer.pictures, options.epochs, options.batch)
    st.markdown(_about(known, analysis, offer))
    if not has_batch_norm(state.arch):
        st.caption("Without BatchNorm a network of this depth learns slowly: more epochs help, or BatchNorm.")
    if known.refusal or known.long:
        _smaller(state, offer)
    if st.button("Start", icon=":material/play_arrow:", type="primary", disabled=known.too_large):
        run.begin(state.arch, offer, options)
        st.rerun()
    if run.note:
        notice.refused(run.note)


def _about(known: TrainingPlan, analysis: Analysis, offer: Offer) -> str:
    if known.too_large:
        return known.refusal
    warning = "**This takes long.** " if known.long else ""
    return (
        f"{warning}Roughly {spoken(known.seconds)}: {known.epochs} × {offer.pictures:,} pictures,"
        f" {short(step_macs(analysis), 'MACs')} each, and {short(known.memory_bytes, 'B')} of memory. At the start the"
        " speed of this machine is measured; what would take more than an hour is refused."
    )


def _smaller(state: State, offer: Offer) -> None:
    st.button(
        "Make it small enough to train here",
        icon=":material/compress:",
        on_click=partial(state.attempt, partial(narrowed, classes=offer.classes)),
        help="A quarter of the filters, a small input, no auxiliary heads. Undo takes it back.",
    )


@st.fragment(run_every=POLL_SECONDS)
def _watch() -> None:
    """Progress and curves; it looks after the run without drawing the page again."""
    run = training()
    if run.job is None or not run.job.running:
        run.take()
        st.rerun()
        return
    live = run.live
    left = live.seconds_left if live is not None else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            run.job.progress.fraction,
            text=run.job.progress.doing + (f", about {spoken(left)} left" if left is not None else ""),
        )
        st.button("Cancel", icon=":material/close:", on_click=run.job.progress.cancel, help="Stop after this step")
    if live is not None and live.at is not None:
        _curves(live)


def _curves(live: Live) -> None:
    assert live.at is not None
    loss, accuracy = st.columns(2)
    config = {"displaylogo": False}
    with loss:
        st.plotly_chart(
            training_plots.loss_curves(live.losses, live.steps_an_epoch, live.at.curve), key="losses", config=config
        )
    with accuracy:
        st.plotly_chart(training_plots.accuracy_curve(live.at.curve, live.classes), key="accuracy", config=config)
    st.caption(
        "Held-out pictures are not learned from. In the first epochs they may do far worse: BatchNorm's running means"
        " need some steps to settle."
    )


def _result(state: State, done: Finished) -> None:
    arch, test, trained = done.trained.net.arch, done.test, done.trained
    st.success(
        f"**{test.accuracy:.1%} of {test.count:,} test pictures right** ({test.correct:,}); guessing would give"
        f" {1 / arch.classes:.0%}. The weights of epoch {trained.best.number} of {len(trained.curve)}, after"
        f" {spoken(trained.seconds)}, on {done.data}.",
        icon=":material/school:",
    )
    if arch != state.arch:
        st.caption("The network was edited since: these weights are of the network as it was when the run began.")
    name = f"{arch.key}.{done.data}"
    with st.container(horizontal=True):
        st.download_button(
            "Weights", weights_file(trained), f"{name}.safetensors", icon=":material/download:", help="As safetensors"
        )
        st.download_button(
            "Card",
            done.card,
            f"{name}.json",
            "application/json",
            icon=":material/download:",
            help="What the weights are of and how they were trained; beside the weights, the app reads it",
        )
        st.download_button(
            "Curves", curves_csv(trained.curve), f"{name}.csv", "text/csv", icon=":material/download:", help="As CSV"
        )
