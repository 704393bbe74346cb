"""Work that takes seconds: it is started, watched and cancelled here.

It belongs to the person, not to the page: it goes on while another page is open, and is found again after a reload.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar, cast

import streamlit as st

from ...backend.common.jobs import JOBS, Busy, Job, Lane, Place, Progress
from ...backend.common.quantity import spoken
from .notice import WayOut, refused
from .panel import panel
from .presence import person
from .task_records import RECORDS, TaskRecord

POLL_SECONDS = 0.5
FOLLOWED_SECONDS = 0.2
MOMENT_SECONDS = 0.5  # what takes less appears at once, without a progress bar
ESTIMATE_AFTER_SECONDS = 2.0  # of watching: an estimate from less would jump about

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class BackgroundTask(Generic[_Result]):
    """One kind of work, by ``name``, of which a person has at most one under way and keeps the last result.

    A result belongs to a question: any value that can be compared, such as which class was asked about. ``doing``: what
    the progress bar says, as in ``Measuring``. ``stops``: when the work stops once it is cancelled. ``lane``: for whom
    it waits, as in :class:`Job`. ``steady``: whether the rest takes as long as its share of the work says.

    It may end at any moment, also in the middle of a script run. So a run asks once whether it is ``running``, before
    it asks for the ``result``: else it may draw neither, and nothing would draw it again.
    """

    name: str
    doing: str = ""
    stops: str = "Stop at the next step"
    lane: Lane = "short"
    steady: bool = True

    def start(
        self,
        work: Callable[[Progress], _Result],
        question: object = None,
        live: object = None,
        lane: Lane | None = None,
    ) -> None:
        """Begin, or wait for its turn; where it cannot even wait, why is the problem then.

        The last result is kept meanwhile. ``live``: what the work writes and the page reads before it has ended.
        ``lane``: for whom this piece of work waits, where that is not for whom all of its kind do.
        """
        before = self._record()
        if before.job is not None:  # it was started in another tab
            return
        job = Job(person(), self.name, work, lane or self.lane)
        record = TaskRecord(job, question, live, work, lane, result=before.result, answers=before.answers)
        try:
            JOBS.put(job)
        except Busy as busy:
            record.job, record.problem = None, str(busy)
        RECORDS.keep(job.owner, self.name, cast("TaskRecord[object]", record))

    @property
    def live(self) -> object:
        """What the last work that was started shows of itself, whether it has ended or not."""
        return self._record().live

    @property
    def running(self) -> bool:
        return self._record().job is not None

    def result(self, question: object = None) -> _Result | None:
        """The last result, if it answers ``question``."""
        record = self._record()
        return record.result if record.answers == question else None

    def problem(self, question: object = None) -> str:
        """Why the last attempt to answer ``question`` failed; empty where it did not."""
        record = self._record()
        return record.problem if record.asked == question else ""

    def answer(self, work: Callable[[Progress], _Result], question: object) -> _Result | None:
        """The answer to a question that a page asks by being drawn; None, with the progress shown, until it is known.

        Work on an earlier question is cancelled. An answer is handed out once: the page keeps it, and drops it with the
        session.
        """
        record = self._record()
        if (earlier := record.job) is not None and record.asked != question:
            JOBS.cancel(earlier)
            earlier.wait(MOMENT_SECONDS)
            record = self._record()
        known = record.result is not None and record.answers == question
        gave_up = record.asked == question and bool(record.problem or record.cancelled)
        if record.job is None and not known and not gave_up:
            self.start(work, question)
            record = self._record()
        if (job := record.job) is not None:
            job.wait(MOMENT_SECONDS)
            record = self._record()
        if record.job is not None:
            self.watch()
            return None
        if record.answers == question and record.result is not None:
            answer, record.result = record.result, None
            return answer
        again = WayOut("Try again", partial(self.start, work, question))
        self.show_problem(question, again)
        if record.cancelled:
            st.button(again.label, icon=":material/refresh:", key=f"{self.name}.again", on_click=again.take)
        return None

    def followed(self, work: Callable[[Progress], _Result], question: object) -> _Result | None:
        """The answer to a question that a page asks by being drawn; None, at once and with nothing shown, until it is
        known: then the page is drawn again.

        Work on an earlier question is cancelled. The answer is kept.
        """
        if (known := self.result(question)) is not None:
            return known
        record = self._record()
        if (earlier := record.job) is not None and record.asked != question:
            JOBS.cancel(earlier)
            record = self._record()
        gave_up = record.asked == question and bool(record.problem or record.cancelled)
        if record.job is None and not gave_up:
            self.start(work, question)
        if self.running:
            st.fragment(self._await, run_every=FOLLOWED_SECONDS)()
            return None
        return self.result(question)

    def again(self) -> None:
        """Do once more what has failed or was cancelled."""
        record = self._record()
        if record.job is None and record.work is not None:
            self.start(record.work, record.asked, record.live, record.lane)

    def _await(self) -> None:
        if not self.running:
            st.rerun()

    def show_problem(self, question: object = None, *ways: WayOut) -> None:
        """Render why there is no newer result, where there is a reason, and the ``ways`` out: at least to try again."""
        record = self._record()
        if problem := self.problem(question):
            refused(problem, self.name, *(ways or [WayOut("Try again", self.again)]))
        elif record.cancelled and record.asked == question:
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
        record = self._record()
        job = record.job
        if job is None:
            st.rerun()
            return
        place = JOBS.place(job)
        seconds = left() if left else _seconds_left(record, job.progress.fraction) if self.steady else None
        with st.container(horizontal=not narrow, vertical_alignment="center"):
            if place is not None:
                st.progress(0.0, _waiting(place))
            else:
                st.progress(min(job.progress.fraction, 1.0), self._text(job.progress.doing, seconds))
            st.button(
                "Cancel",
                icon=":material/close:",
                key=f"{self.name}.cancel",
                on_click=partial(JOBS.cancel, job),
                help=self.stops if place is None else "Give up your place",
            )
        if below and place is None:
            with panel("What is there so far"):
                below()

    def _text(self, doing: str, seconds: float | None) -> str:
        text = ": ".join(filter(None, (self.doing, doing)))
        return text if seconds is None else f"{text}, about {spoken(seconds)} left"

    def _record(self) -> TaskRecord[_Result]:
        record = cast(TaskRecord[_Result], RECORDS.of(person(), self.name))
        record.put_away()
        return record


def _waiting(place: Place) -> str:
    text = f"Waiting: {place.ahead} job{'s' if place.ahead != 1 else ''} before yours"
    return text if place.seconds is None else f"{text}, about {spoken(place.seconds)}"


def _seconds_left(record: TaskRecord[_Result], fraction: float) -> float | None:
    """The time that the rest would take at the speed seen so far; None before that can be told."""
    now = time.monotonic()
    if not record.pace[0] and fraction:
        record.pace = (now, fraction)
    since, first = record.pace
    if fraction <= first or now - since < ESTIMATE_AFTER_SECONDS:
        return None
    return (now - since) / (fraction - first) * (1 - fraction)
