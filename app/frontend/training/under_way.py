"""A person's training run: begun, or gone on with where it was cut off."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from inception_models import Arch
from inception_models.training.run import Options

from ...backend.common.jobs import Cancelled, Progress
from ...backend.training import kept_runs
from ...backend.training.data import Offer, offers
from ...backend.training.job import Beginning, Finished, Live, work
from ...backend.training.kept_runs import KeptRun
from ..kit.background import BackgroundTask
from ..kit.notice import plain
from ..kit.presence import person
from ..state import State

RUN: BackgroundTask[tuple[Live, Finished]] = BackgroundTask("training", stops="Stop after this step", lane="long")


def begin_training(arch: Arch, offer: Offer, options: Options, beginning: Beginning | None) -> None:
    """Start a run, or let it wait for its turn."""
    run = KeptRun(arch, offer.title, options, beginning)
    _train(run, offer, kept_runs.keep(person(), run))


def _train(run: KeptRun, offer: Offer, checkpoint: Path | None) -> None:
    live, owner = Live(run.options.epochs, run.arch.classes), person()

    def train(progress: Progress) -> tuple[Live, Finished]:
        try:
            finished = work(run.arch, offer, run.options, live, progress, run.beginning, checkpoint)
        except Cancelled:  # by the person, or because the server stops: it can go on
            raise
        except Exception:
            kept_runs.forget(owner)
            raise
        kept_runs.forget(owner)
        return live, finished

    RUN.start(train, live=live)


def offer_to_go_on(state: State) -> None:
    """Render what can be done with a run that was cancelled, or that a restart of the server cut off."""
    run = kept_runs.kept(person())
    offer = next((offer for offer in offers() if run and offer.title == run.data), None)
    if run is None or offer is None:
        return
    st.markdown(
        f"A run of yours has not ended: {plain(run.arch.about.title)} on {plain(run.data)}, {run.options.epochs}"
        " epochs. It is kept for a day."
    )

    def go_on() -> None:
        state.become(run.arch)
        _train(run, offer, kept_runs.checkpoint_of(person()))

    with st.container(horizontal=True):
        st.button("Go on with it", icon=":material/resume:", on_click=go_on, help="From where it was saved last")
        st.button("Discard it", icon=":material/delete:", on_click=kept_runs.forget, args=(person(),))
