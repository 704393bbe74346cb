"""Work that takes seconds, in a thread of its own: it waits for its turn, and can be watched and cancelled.

Each kind of work has a lane. Transfers need no turn. Of the short work one job runs at a time, and of the long work
one, so that short work never waits for long work. Within a lane people take turns, however much each has asked for.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, NamedTuple, TypeVar

from .failures import machine_failure
from .limits import MAX_JOBS_A_PERSON, MAX_JOBS_WAITING
from .log import note_failure, noted

_Result = TypeVar("_Result")
OnProgress = Callable[[float], None]
"""Told the share of a piece of work that is done, 0 to 1. What it raises ends the work and reaches the caller."""
Lane = Literal["transfer", "short", "long"]

STOP_SECONDS = 10.0  # for running jobs to end, when the server stops


class Busy(RuntimeError):
    """The job cannot even wait; the message is one sentence."""


class Cancelled(Exception):
    """Raised inside the work when somebody has cancelled it."""


class Progress:
    """How the work tells its watchers where it is, and how they cancel it."""

    def __init__(self) -> None:
        self.fraction = 0.0
        self.doing = ""
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._cancelled.is_set()

    def report(self, fraction: float, doing: str) -> None:
        """Record how far the work is, 0 to 1, and what it does next.

        Raises:
            Cancelled: where somebody has called :meth:`cancel`.
        """
        if self.cancelled:
            raise Cancelled
        self.fraction, self.doing = fraction, doing

    def cancel(self) -> None:
        """Ask the work to stop; it does so at its next report."""
        self._cancelled.set()


class PartOfProgress(Progress):
    """The progress of one piece of work of several."""

    def __init__(self, whole: Progress, number: int, count: int) -> None:
        super().__init__()
        self._whole, self._number, self._count = whole, number, count

    def report(self, fraction: float, doing: str) -> None:
        super().report(fraction, doing)
        self._whole.report((self._number + fraction) / self._count, doing)


@dataclass(eq=False)
class Job(Generic[_Result]):
    """Work of a person, ``owner``. Once ``running`` is false there is a ``result``, or a ``problem`` in one sentence,
    or neither if it was cancelled.

    ``name``: which kind of work it is. ``began``: when its turn came, on the monotonic clock; 0 before that.
    ``turn``: the lower, the sooner (see :class:`JobQueue`).
    """

    owner: str
    name: str
    work: Callable[[Progress], _Result]
    lane: Lane = "short"
    progress: Progress = field(default_factory=Progress)
    result: _Result | None = None
    problem: str = ""
    began: float = 0.0
    turn: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet; it may still wait for its turn."""
        return not self._ended.is_set()

    def wait(self, seconds: float | None = None) -> None:
        """Return once the work has ended, or after so many seconds."""
        self._ended.wait(seconds)

    def run(self) -> None:
        """Do the work, and keep what comes of it."""
        try:
            self.result = self.work(self.progress)
        except Cancelled:
            pass
        except ValueError as problem:
            self.problem = str(problem)
        except Exception as problem:  # nobody waits for a thread: what it raises would be lost
            note_failure(f"The job {self.name}")
            first = str(problem).splitlines()[0] if str(problem) else "no reason given"
            self.problem = machine_failure(problem) or f"This failed: {first}"

    def end(self) -> None:
        """Say that it is over, and let go of what the work needed."""
        del self.work
        self._ended.set()


class Place(NamedTuple):
    """Of a job that waits: how many run or wait before it, and how long that may take, where it can be told."""

    ahead: int
    seconds: float | None


class JobQueue:
    """The jobs of one process that run or wait.

    In a lane people take turns. Somebody new comes two steps after the job that runs, and a person's next job three
    steps after their last one. So somebody new is before the second job of others, but nobody is overtaken for ever.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._jobs: list[Job[object]] = []  # in the order in which they came
        self._served: dict[Lane, int] = {"transfer": 0, "short": 0, "long": 0}
        self._took: dict[str, float] = {}  # seconds that the last job of a name took

    def put(self, job: Job[_Result]) -> None:
        """Start the job, now or when it is its turn.

        Raises:
            Busy: where its owner, or everybody together, has too many already.
        """
        with self._lock:
            lane = [other for other in self._jobs if other.lane == job.lane]
            own = [other.turn for other in lane if other.owner == job.owner]
            if len(own) >= MAX_JOBS_A_PERSON:
                raise Busy(f"You have {len(own)} jobs of this kind under way; wait for one of them, or cancel one.")
            if len(lane) > MAX_JOBS_WAITING:
                raise Busy(f"{len(lane)} jobs are waiting already; try again in some minutes.")
            job.turn = max([self._served[job.lane] + 2, *(turn + 3 for turn in own)])
            self._jobs.append(job)  # type: ignore[arg-type]  # what a job results in is nothing to the queue
            self._serve(job.lane)

    def cancel(self, job: Job[_Result]) -> None:
        """End a job that waits; one that runs is asked to stop."""
        job.progress.cancel()
        with self._lock:
            if job.running and not job.began:
                self._remove(job)

    def place(self, job: Job[_Result]) -> Place | None:
        """How long a job must wait; None where it does not."""
        with self._lock:
            if job.began or not job.running:
                return None
            before = [other for other in self._jobs if other.lane == job.lane and other.began]
            for other in self._waiting(job.lane):
                if other is job:
                    break
                before.append(other)
            rests = [self._rest(other) for other in before]
        known = [rest for rest in rests if rest is not None]
        return Place(len(before), sum(known) if len(known) == len(rests) else None)

    def is_busy(self, lane: Lane) -> bool:
        """Whether a job of this lane runs."""
        with self._lock:
            return any(job.began for job in self._jobs if job.lane == lane)

    def stop(self) -> None:
        """Cancel everything, and give what runs some seconds to end, such as to write down where it was."""
        with self._lock:
            jobs = list(self._jobs)
        for job in jobs:
            self.cancel(job)
        until = time.monotonic() + STOP_SECONDS
        for job in jobs:
            job.wait(max(0.0, until - time.monotonic()))

    def _waiting(self, lane: Lane) -> list[Job[object]]:
        """In the order in which they will begin."""
        return sorted((job for job in self._jobs if job.lane == lane and not job.began), key=lambda job: job.turn)

    def _serve(self, lane: Lane) -> None:
        for job in self._waiting(lane):
            if lane != "transfer" and self.is_busy(lane):
                return
            job.began = time.monotonic()
            self._served[lane] = job.turn
            noted("job began", kind=job.name)
            threading.Thread(target=self._run, args=(job,), daemon=True).start()

    def _run(self, job: Job[object]) -> None:
        job.run()
        seconds = time.monotonic() - job.began
        outcome = "done" if job.result is not None else "failed" if job.problem else "cancelled"
        noted("job ended", kind=job.name, seconds=round(seconds, 3), outcome=outcome)
        with self._lock:
            if job.result is not None:
                self._took[job.name] = seconds
            self._remove(job)

    def _remove(self, job: Job[_Result]) -> None:
        self._jobs = [other for other in self._jobs if other is not job]
        job.end()
        self._serve(job.lane)

    def _rest(self, job: Job[object]) -> float | None:
        """How long a job may still take: at the speed so far, else as long as the last one of its name."""
        since = time.monotonic() - job.began if job.began else 0.0
        if job.began and job.progress.fraction > 0:
            return since * (1 / min(job.progress.fraction, 1.0) - 1)
        took = self._took.get(job.name)
        return None if took is None else max(0.0, took - since)


JOBS = JobQueue()
"""Those of this process."""

atexit.register(JOBS.stop)  # however the server was started: a run that is cut off here can write down where it was
