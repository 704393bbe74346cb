"""Train: a small run on this machine with its options, what it would take, live curves and the result."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models.edits.input_output import with_classes
from inception_models.edits.toggles import has_batch_norm
from inception_models.training.run import Options

from ...backend import Analysis
from ...backend.charts.training import accuracy_curve, loss_curves
from ...backend.common.quantity import short, spoken
from ...backend.training.data import Offer, offers
from ...backend.training.job import Beginning, Finished, Live
from ...backend.training.plan import TrainingPlan, narrowed, training_plan
from ...backend.training.record import curves_csv
from ..chart import chart_config
from ..kit.click import clicked
from ..kit.controls import remembered
from ..kit.notice import WayOut, refused
from ..kit.save_button import save_button
from ..kit.terms import caption
from ..state import State
from . import preview
from .beginning import choose_beginning
from .debian import PACKAGE, package_helps
from .trained_network import take_home
from .under_way import RUN, begin_training, offer_to_go_on

CURVES_EVERY_SECONDS = 1.0  # two charts are drawn each time, on the machine that trains
BATCH = 64
RATES = (0.003, 0.01, 0.02, 0.05, 0.1, 0.2)


def show(state: State, analysis: Analysis) -> None:
    """Render the tab."""
    with st.container(key="train-page"):
        left, right = st.columns([1, 3], gap="medium")
    running = RUN.running
    with left:
        if not running:
            offer_to_go_on(state)
        offer, options = _options()
        beginning = choose_beginning(state, options.epochs)
        if not running:
            _offer_to_start(state, analysis, offer, options, beginning)
    live = _live()
    with right:
        if running:
            RUN.watch(left=_seconds_left, below=_curves_so_far, every_seconds=CURVES_EVERY_SECONDS)
        elif live is not None and live.at is not None:
            _curves(live)
            followed, finished = RUN.result() or (None, None)
            if followed is live and finished is not None:
                _result(state, finished)
        else:
            preview.show(analysis, offer, options, beginning)


def _live() -> Live | None:
    """What the last run that was started has found so far, whether it has ended or not."""
    live = RUN.live
    return live if isinstance(live, Live) else None


def _seconds_left() -> float | None:
    live = _live()
    return live.seconds_left if live else None


def _options() -> tuple[Offer, Options]:
    known = {offer.title: offer for offer in offers()}
    title = st.selectbox(
        "Data",
        list(known),
        key="train_data",
        persist_state="session",
        help="A tenth of the training pictures is held out to choose the best epoch. The test pictures are separate.",
    )
    if package_helps():
        st.caption(f"Install Debian's package {PACKAGE} to train on Fashion-MNIST as well.")
    with st.container(horizontal=True):
        epochs = st.number_input(
            "Epochs",
            1,
            100,
            remembered("train_epochs", range(1, 101), 10),
            key="train_epochs",
            persist_state="session",
            help="Passes over the training pictures",
        )
        seed = st.number_input(
            "Seed",
            0,
            9999,
            remembered("train_seed", range(10_000), 0),
            key="train_seed",
            persist_state="session",
            help="The same seed gives the same run",
        )
    rate = st.select_slider(
        "Learning rate",
        RATES,
        remembered("train_rate", RATES, 0.05),
        key="train_rate",
        persist_state="session",
        help="The peak: the rate rises for the first fifth of the run, then falls to zero. Lower it if the loss jumps.",
    )
    return known[title], Options(int(epochs), BATCH, float(rate), int(seed))


def _offer_to_start(
    state: State, analysis: Analysis, offer: Offer, options: Options, beginning: Beginning | None
) -> None:
    if state.arch.classes != offer.classes:
        only = partial(state.attempt, lambda arch: with_classes(arch, offer.classes), "classes")
        sentence = f"The network has {state.arch.classes:,} outputs, but this data has {offer.classes} classes."
        refused(sentence, "train", _smaller(state, offer), WayOut(f"Only change outputs to {offer.classes}", only))
        return
    known = training_plan(analysis, offer.pictures, options, tuning=beginning.tuning if beginning else None)
    if known.too_large or known.long:
        refused(known.refusal or "This will take long.", "train", _smaller(state, offer))
    if not known.too_large:
        st.markdown(_about(known, offer))
    if not has_batch_norm(state.arch):
        caption("Without BatchNorm a network of this depth learns slowly. More epochs help, and so does BatchNorm.")
    if clicked("Start", "training.start", ":material/play_arrow:", disabled=known.too_large):
        begin_training(state.arch, offer, options, beginning)
        st.rerun()
    RUN.show_problem(None, _smaller(state, offer))


def _about(known: TrainingPlan, offer: Offer) -> str:
    return (
        f"Roughly {spoken(known.seconds)}: {len(known.epoch_seconds)} × {offer.pictures:,} pictures,"
        f" {short(known.macs_a_picture, 'MACs')} each, and {short(known.memory_bytes, 'B')} of memory. The run begins"
        " by measuring the speed of this machine, and stops if training would take more than an hour."
    )


def _smaller(state: State, offer: Offer) -> WayOut:
    return WayOut(
        "Make it small enough to train here",
        partial(state.attempt, partial(narrowed, classes=offer.classes), "input_size"),
        "A quarter of the filters, a small input and no auxiliary heads. Undo reverts it.",
    )


def _curves_so_far() -> None:
    live = _live()
    if live is not None and live.at is not None:
        _curves(live)


def _curves(live: Live) -> None:
    assert live.at is not None
    loss, accuracy = st.columns(2)
    with loss:
        figure = loss_curves(live.losses, live.steps_an_epoch, live.at.curve)
        st.plotly_chart(figure, key="losses", config=chart_config("loss"))
    with accuracy:
        figure = accuracy_curve(live.at.curve, live.classes)
        st.plotly_chart(figure, key="accuracy", config=chart_config("accuracy"))
    caption(
        "The network is not trained on the held-out pictures. In the first epochs it may do far worse on them:"
        " BatchNorm's running means need some steps to settle."
    )


def _result(state: State, finished: Finished) -> None:
    arch, test, trained = finished.trained.net.arch, finished.test, finished.trained
    with st.container(border=True):
        st.markdown(
            f"**{test.accuracy:.1%} of {test.count:,} test pictures right** ({test.correct:,}), where guessing would"
            f" get {1 / arch.classes:.0%}. Trained on {finished.data} for {spoken(trained.seconds)}; these are the"
            f" weights of epoch {trained.best.number} of {len(trained.curve)}."
        )
    if arch != state.arch:
        caption("The network has been edited since: these weights belong to the network as it was then.")
    name = f"{arch.key}.{finished.data}"
    with st.container(horizontal=True):
        take_home(state, finished, name)
        save_button("Curves", curves_csv(trained.curve), f"{name}.csv", help="As CSV")
