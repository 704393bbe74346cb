"""What each person's background tasks have come to. It outlives a session: after a reload it is there again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ...backend.common.jobs import JOBS, Job, Lane, Progress
from ...backend.common.limits import LEFT_SECONDS
from .presence import is_here

LOOK_SECONDS = 1.0  # between two looks at who is still here
KEPT_SECONDS = 600.0  # a result without its person
MOST_RECORDS = 300  # each may hold the arrays of a result

_Result = TypeVar("_Result")


@dataclass(eq=False)
class TaskRecord(Generic[_Result]):
    """Of one kind of work of one person: the last job and the question it answers, and the last result.

    ``live``: what the work shows of itself while it runs. ``work``: what to do again, until there is a result;
    ``lane``: for whom it waits, where that is not for whom all of its kind do.
    ``last_here``: when its person was last seen.
    """

    job: Job[_Result] | None = None
    asked: object = None
    live: object = None
    work: Callable[[Progress], _Result] | None = None
    lane: Lane | None = None
    problem: str = ""
    cancelled: bool = False
    pace: tuple[float, float] = (0.0, 0.0)  # when the job was first watched, and which fraction was done
    result: _Result | None = None
    answers: object = None
    last_here: float = field(default_factory=time.monotonic)

    def put_away(self) -> None:
        """Keep what a job that has ended leaves."""
        job = self.job
        if job is None or job.running:
            return
        if job.result is not None:
            self.result, self.answers, self.problem, self.work = job.result, self.asked, "", None
        else:
            self.problem = self.problem or job.problem
            self.cancelled = not self.problem
        self.job = None


class TaskRecords:
    """The records of everybody, by person and name. Whoever leaves is given up after a while, and their jobs sooner."""

    def __init__(self, is_here: Callable[[str], bool]) -> None:
        self._is_here = is_here
        self._lock = threading.Lock()
        self._records: dict[tuple[str, str], TaskRecord[object]] = {}
        self._watched = False

    def of(self, person: str, name: str) -> TaskRecord[object]:
        """A person's record; an empty one, which is not kept, where there is none."""
        with self._lock:
            return self._records.get((person, name)) or TaskRecord()

    def keep(self, person: str, name: str, record: TaskRecord[object]) -> None:
        """Keep a record from now on."""
        with self._lock:
            self._records.pop((person, name), None)
            self._records[person, name] = record
            ended = [key for key, known in self._records.items() if known.job is None]
            for key in ended[: max(0, len(self._records) - MOST_RECORDS)]:
                del self._records[key]
            if not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, daemon=True).start()

    def look(self, now: float) -> bool:
        """Cancel the jobs of those who have gone, and forget their results later; whether any record is left."""
        with self._lock:
            for key, record in list(self._records.items()):
                record.put_away()
                job = record.job  # a page may put it away meanwhile
                if self._is_here(key[0]):
                    record.last_here = now
                elif job is None and now - record.last_here > KEPT_SECONDS:
                    del self._records[key]
                elif job is not None and now - record.last_here > LEFT_SECONDS:
                    record.problem = "This was stopped, because your page was closed or had lost its connection."
                    JOBS.cancel(job)
            self._watched = bool(self._records)
            return self._watched

    def _watch(self) -> None:
        while self.look(time.monotonic()):
            time.sleep(LOOK_SECONDS)


RECORDS = TaskRecords(is_here)
"""Those of this process."""
