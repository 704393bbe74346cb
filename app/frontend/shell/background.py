"""Work that takes seconds: it is started, watched and cancelled here, and it goes on while another page is open."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from ...backend.common.jobs import Busy, Job, Progress
from ...backend.common.quantity import spoken
from .notice import refused

POLL_SECONDS = 0.5
ESTIMATE_AFTER_SECONDS = 2.0  # of watching: an estimate from less would jump about

_Result = TypeVar("_Result")


@dataclass(eq=False)
class _Kept(Generic[_Result]):
    """What a session keeps of one kind of work: the last job and the question it answers, and the last result."""

    job: Job[_Result] | None = None
    asked: object = None
    problem: str = ""
    cancelled: bool = False
    seen: tuple[float, float] = (0.0, 0.0)  # when the job was first watched, and which fraction was done
    result: _Result | None = None
    answers: object = None

    def put_away(self) -> None:
        """Keep what a job that has ended leaves."""
        if self.job is None or self.job.running:
            return
        if self.job.result is not None:
            self.result, self.answers = self.job.result, self.asked
        self.problem = self.job.problem
        self.cancelled = self.job.result is None and not self.problem
        self.job = None


@dataclass(frozen=True)
class BackgroundTask(Generic[_Result]):
    """One kind of work, by ``name``, of which a session has at most one under way and keeps the last result.

    A result belongs to a question: any value that can be compared, such as which class was asked about. ``doing``: what
    the progress bar says, as in ``Measuring``. ``stops``: when the work stops once it is cancelled. ``alone``: as in
    :class:`Job`. ``steady``: whether the rest takes as long as its share of the work says.
    """

    name: str
    doing: str = ""
    stops: str = "Stop at the next step"
    alone: bool = True
    steady: bool = True

    def start(self, work: Callable[[Progress], _Result], question: object = None) -> bool:
        """Begin; False where other work is in the way, which then is the problem. The last result is kept meanwhile."""
        kept = self._kept()
        kept.asked, kept.problem, kept.cancelled, kept.seen = question, "", False, (0.0, 0.0)
        try:
            kept.job = Job(work, self.alone)
        except Busy as busy:
            kept.problem = str(busy)
            return False
        return True

    @property
    def running(self) -> bool:
        return self._kept().job is not None

    def result(self, question: object = None) -> _Result | None:
        """The last result, if it answers ``question``."""
        kept = self._kept()
        return kept.result if kept.answers == question else None

    def problem(self, question: object = None) -> str:
        """Why the last attempt to answer ``question`` failed; empty where it did not."""
        kept = self._kept()
        return kept.problem if kept.asked == question else ""

    def show_problem(self, question: object = None) -> None:
        """Render why there is no newer result, where there is a reason."""
        kept = self._kept()
        if problem := self.problem(question):
            refused(problem)
        elif kept.cancelled and kept.asked == question:
            st.caption("Cancelled.")

    def watch(
        self,
        *,
        left: Callable[[], float | None] | None = None,
        below: Callable[[], None] | None = None,
        every_seconds: float = POLL_SECONDS,
        narrow: bool = False,
    ) -> None:
        """Render the progress bar with a button to cancel, and follow the work without drawing the page again.

        Args:
            left: how many seconds it may still take, where the work knows that itself.
            below: renders what can be seen of the result before the work has ended.
            narrow: whether the button goes under the bar.
        """
        st.fragment(self._follow, run_every=every_seconds)(left, below, narrow)

    def _follow(self, left: Callable[[], float | None] | None, below: Callable[[], None] | None, narrow: bool) -> None:
        kept = self._kept()
        if kept.job is None:
            st.rerun()
            return
        progress = kept.job.progress
        seconds = left() if left else _seconds_left(kept, progress.fraction) if self.steady else None
        text = ": ".join(filter(None, (self.doing, progress.doing)))
        with st.container(horizontal=not narrow, vertical_alignment="center"):
            st.progress(
                min(progress.fraction, 1.0), text + (f", about {spoken(seconds)} left" if seconds is not None else "")
            )
            st.button(
                "Cancel", icon=":material/close:", key=f"{self.name}.cancel", on_click=progress.cancel, help=self.stops
            )
        if below:
            below()

    def _kept(self) -> _Kept[_Result]:
        kept = st.session_state.setdefault(f"task:{self.name}", _Kept())
        assert isinstance(kept, _Kept)
        kept.put_away()
        return kept


def _seconds_left(kept: _Kept[_Result], fraction: float) -> float | None:
    """The time that the rest would take at the speed seen so far; None before that can be told."""
    now = time.monotonic()
    if not kept.seen[0] and fraction:
        kept.seen = (now, fraction)
    since, first = kept.seen
    if fraction <= first or now - since < ESTIMATE_AFTER_SECONDS:
        return None
    return (now - since) / (fraction - first) * (1 - fraction)
