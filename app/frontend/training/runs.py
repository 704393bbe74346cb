"""The work of this session: a run and a sweep, under way or ended. Page switches keep both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import streamlit as st

from inception_models import Arch
from inception_models.training.run import Options

from ...backend.common.jobs import Busy, Job, Progress
from ...backend.training.data import Offer
from ...backend.training.job import Finished, Live, work
from ...backend.training.sweep import Sweep

Result = TypeVar("Result")


@dataclass
class Slot(Generic[Result]):
    """One kind of work. ``note``: why there is no newer result, in one sentence."""

    job: Job[Result] | None = None
    result: Result | None = None
    note: str = ""

    def start(self, work: Callable[[Progress], Result]) -> None:
        """Begin, or note that something else runs in this app."""
        try:
            self.job = Job(work)
            self.note = ""
        except Busy as busy:
            self.note = str(busy)

    def take(self) -> None:
        """Keep what the work that has ended found."""
        if self.job is None or self.job.running:
            return
        if self.job.result is None:
            self.note = self.job.problem or "Cancelled."
        else:
            self.result = self.job.result
        self.job = None


@dataclass
class Training(Slot[Finished]):
    """``live``: of the last run that was started, whether it has ended or not."""

    live: Live | None = None

    def begin(self, arch: Arch, offer: Offer, options: Options) -> None:
        """Start to train."""
        live = Live(options.epochs, arch.classes)
        self.start(partial(work, arch, offer, options, live))
        if self.job is not None:
            self.live, self.result = live, None


def training() -> Training:
    """This session's training."""
    if "training" not in st.session_state:
        st.session_state.training = Training()
    found = st.session_state.training
    assert isinstance(found, Training)
    return found


def sweeping() -> Slot[Sweep]:
    """This session's sweep."""
    if "sweeping" not in st.session_state:
        st.session_state.sweeping = Slot[Sweep]()
    found = st.session_state.sweeping
    assert isinstance(found, Slot)
    return found
