"""What a tab computes only on request, since it takes seconds: a button, then progress, then the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from ....backend.common.jobs import Progress
from ...kit.background import BackgroundTask
from ...kit.click import clicked
from .context import PictureContext

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class RequestedResult(Generic[_Result]):
    """The result of ``task`` for one forward pass and one question, and ``work``, which finds it."""

    task: BackgroundTask[_Result]
    context: PictureContext
    asked: object
    work: Callable[[Progress], _Result]

    @property
    def _question(self) -> tuple[object, ...]:
        return self.context.full_question(self.asked)

    @property
    def value(self) -> _Result | None:
        """The result, where it is known."""
        return self.task.result(self._question)

    def controls(self, label: str, below: Callable[[], None] | None = None, live: object = None) -> None:
        """Render the button that starts the work, or its progress with what can be seen so far ``below`` it.

        ``live``: as :meth:`BackgroundTask.start` takes it.
        """
        if self.task.running:
            self.task.watch(below=below)
            return
        if self.value is not None:  # it has ended since the page looked for it
            st.rerun()
        key, help_text = f"{self.task.name}.start", "Takes a few seconds; it can be cancelled"
        if clicked(label, key, ":material/play_arrow:", help=help_text):
            self.task.start(self.work, self._question, live)
            st.rerun()
        self.task.show_problem(self._question)
