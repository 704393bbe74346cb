"""Work that takes seconds, in a thread of its own: it can be watched and cancelled, and only one job runs at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

_Result = TypeVar("_Result")
OnProgress = Callable[[float], None]
"""Told the share of a piece of work that is done, 0 to 1. What it raises ends the work and reaches the caller."""

_busy = threading.Lock()  # one per process: two measurements at once would slow each other down


class Busy(RuntimeError):
    """Another job is running."""


class Cancelled(Exception):
    """Raised inside the work when somebody has cancelled it."""


class Progress:
    """How the work tells its watchers where it is, and how they cancel it."""

    def __init__(self) -> None:
        self.fraction = 0.0
        self.doing = ""
        self._cancelled = threading.Event()

    def report(self, fraction: float, doing: str) -> None:
        """Record how far the work is, 0 to 1, and what it does next.

        Raises:
            Cancelled: where somebody has called :meth:`cancel`.
        """
        if self._cancelled.is_set():
            raise Cancelled
        self.fraction, self.doing = fraction, doing

    def cancel(self) -> None:
        """Ask the work to stop; it does so at its next report."""
        self._cancelled.set()


class Job(Generic[_Result]):
    """Work in the background. Once ``running`` is false there is a ``result``, or a ``problem`` in one sentence, or
    neither if it was cancelled.

    Args:
        alone: whether it needs the processor, so that only one such job runs at a time; a transfer does not.

    Raises:
        Busy: where another job that needs the processor has not ended yet.
    """

    def __init__(self, work: Callable[[Progress], _Result], alone: bool = True) -> None:
        self._turn = _busy if alone else threading.Lock()
        if not self._turn.acquire(blocking=False):
            raise Busy("Other work is running in this app; wait for it, or cancel it there.")
        self.progress = Progress()
        self.result: _Result | None = None
        self.problem = ""
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def wait(self) -> None:
        """Return once the work has ended."""
        self._thread.join()

    def _run(self, work: Callable[[Progress], _Result]) -> None:
        try:
            self.result = work(self.progress)
        except Cancelled:
            pass
        except ValueError as problem:
            self.problem = str(problem)
        except Exception as problem:  # nobody waits for a thread: what it raises would be lost
            logging.getLogger(__name__).exception("The job failed.")
            self.problem = f"This failed: {str(problem).splitlines()[0] if str(problem) else 'no reason given'}"
        finally:
            self._turn.release()
