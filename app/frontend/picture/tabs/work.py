"""Work of a tab that takes seconds: a button, progress and cancel while it runs, then its result."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import streamlit as st

from ....backend.common.jobs import Busy, Job, Progress
from ....backend.picture.forward import Forward

POLL_SECONDS = 0.4
Result = TypeVar("Result")


@dataclass(eq=False)
class Task(Generic[Result]):
    """What was ``asked`` about a forward pass, and the job that works on it. It does not keep the pass alive."""

    done: weakref.ref[Forward]
    asked: object
    job: Job[Result]


@dataclass(frozen=True)
class Work(Generic[Result]):
    """One kind of work, by ``name``, of which this session has at most one under way and keeps one result."""

    name: str
    done: Forward
    asked: object
    doing: str  # "Covering the picture"
    watch: Callable[[], None] = field(default=lambda: None)  # renders what can be seen before it has ended

    @property
    def result(self) -> Result | None:
        """The result, if it is of this forward pass and this question."""
        last = st.session_state.get(f"{self.name}.result")
        if isinstance(last, Task) and last.done() is self.done and last.asked == self.asked:
            found: Result | None = last.job.result
            return found
        return None

    def controls(self, label: str, help_text: str, work: Callable[[Progress], Result]) -> None:
        """Render the button that starts ``work``, or its progress."""
        if self._task is not None:
            self._progress()
            return
        if st.button(label, icon=":material/play_arrow:", type="primary", help=help_text, key=f"{self.name}.start"):
            st.session_state[f"{self.name}.problem"] = ""
            try:
                st.session_state[f"{self.name}.task"] = Task(weakref.ref(self.done), self.asked, Job(work))
            except Busy as busy:
                st.session_state[f"{self.name}.problem"] = str(busy)
            st.rerun()
        if problem := st.session_state.get(f"{self.name}.problem"):
            st.warning(problem, icon=":material/info:")

    @property
    def _task(self) -> Task[Result] | None:
        found = st.session_state.get(f"{self.name}.task")
        return found if isinstance(found, Task) else None

    def _progress(self) -> None:
        st.fragment(self._poll, run_every=POLL_SECONDS)()

    def _poll(self) -> None:
        """Looks after the job without drawing the page again."""
        task = self._task
        if task is None or not task.job.running:
            self._take(task)
            st.rerun()
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(task.job.progress.fraction, 1.0), text=f"{self.doing}: {task.job.progress.doing}")
            st.button("Cancel", icon=":material/close:", key=f"{self.name}.cancel", on_click=task.job.progress.cancel)
        self.watch()

    def _take(self, task: Task[Result] | None) -> None:
        st.session_state[f"{self.name}.task"] = None
        if task is None:
            return
        st.session_state[f"{self.name}.problem"] = task.job.problem
        if task.job.result is not None:
            st.session_state[f"{self.name}.result"] = task
