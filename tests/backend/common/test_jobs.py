"""Jobs: what comes of them, whose turn it is, and that one person's cannot be reached by another."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable

import pytest
import torch

from app.backend.common import jobs
from app.backend.common.jobs import Busy, Job, JobQueue, Lane, Progress
from app.backend.common.limits import MAX_JOBS_A_PERSON

WAIT = 30


class Gate:
    """Work that says that it has begun, and ends when it is let through."""

    def __init__(self) -> None:
        self.begun, self.opened = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> str:
        self.begun.set()
        assert self.opened.wait(WAIT)
        progress.report(1, "")
        return "done"


@pytest.fixture
def queue() -> JobQueue:
    return JobQueue()


def put(queue: JobQueue, work: Callable[[Progress], object], owner: str = "ann", lane: Lane = "short") -> Job[object]:
    job: Job[object] = Job(owner, "counting", work, lane)
    queue.put(job)
    return job


def ahead(queue: JobQueue, job: Job[object]) -> int | None:
    place = queue.place(job)
    return place and place.ahead


def test_a_job_hands_over_its_result(queue: JobQueue) -> None:
    job = put(queue, lambda progress: 6 * 7)
    job.wait(WAIT)
    assert (job.result, job.problem, job.running) == (42, "", False)


def test_a_cancelled_job_has_neither_result_nor_problem(queue: JobQueue) -> None:
    gate = Gate()
    job = put(queue, gate)
    queue.cancel(job)
    gate.opened.set()
    job.wait(WAIT)
    assert (job.running, job.result, job.problem) == (False, None, "")


@pytest.mark.parametrize(
    "error, sentence",
    [
        (ValueError("That is not possible."), "That is not possible."),
        (RuntimeError("it went wrong\nand a trace"), "This failed: it went wrong"),
        (RuntimeError(), "This failed: no reason given"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB."), "not enough free memory"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"), "not enough free memory"),
        (OSError(errno.EROFS, "Read-only file system", "/cache/a.pt"), "/cache/a.pt (Read-only file system)"),
    ],
)
def test_a_failed_job_says_why_and_frees_the_place(error: Exception, sentence: str, queue: JobQueue) -> None:
    def work(progress: Progress) -> None:
        raise error

    job = put(queue, work)
    job.wait(WAIT)
    assert sentence in job.problem
    after = put(queue, lambda progress: "free")
    after.wait(WAIT)
    assert after.result == "free"


def test_people_take_turns_however_much_each_has_asked_for(queue: JobQueue) -> None:
    gate, began = Gate(), list[str]()
    put(queue, gate)
    gate.begun.wait(WAIT)
    wanted = ["ann 2", "ann 3", "bob 1", "bob 2", "cleo 1"]
    waiting = {name: put(queue, lambda _, name=name: began.append(name), name.split()[0]) for name in wanted}
    expected = ["bob 1", "cleo 1", "ann 2", "bob 2", "ann 3"]
    assert [ahead(queue, waiting[name]) for name in expected] == [1, 2, 3, 4, 5]
    gate.opened.set()
    for job in waiting.values():
        job.wait(WAIT)
    assert began == expected


def test_a_second_job_is_overtaken_only_by_those_who_come_before_the_next_one_begins(queue: JobQueue) -> None:
    first, bobs, end = Gate(), Gate(), Gate()
    put(queue, first)
    second = put(queue, end)
    put(queue, bobs, "bob")
    assert ahead(queue, second) == 2
    first.opened.set()
    bobs.begun.wait(WAIT)
    cleos = put(queue, end, "cleo")
    assert (ahead(queue, second), ahead(queue, cleos)) == (1, 2)
    bobs.opened.set()
    end.opened.set()
    cleos.wait(WAIT)


def test_short_work_and_transfers_do_not_wait_for_long_work(queue: JobQueue) -> None:
    long, second = Gate(), Gate()
    put(queue, long, lane="long")
    later = put(queue, second, "bob", "long")
    for lane in ("short", "transfer", "transfer"):
        job = put(queue, lambda progress: "done", "bob", lane)  # type: ignore[arg-type]  # a word of the tuple
        job.wait(WAIT)
        assert job.result == "done"
    assert not later.began
    assert not second.begun.is_set()
    long.opened.set()
    second.opened.set()
    later.wait(WAIT)


def test_a_person_may_queue_a_few(queue: JobQueue) -> None:
    gate = Gate()
    waiting = [put(queue, gate) for _ in range(MAX_JOBS_A_PERSON)]
    with pytest.raises(Busy, match=f"You have {MAX_JOBS_A_PERSON} jobs"):
        put(queue, gate)
    queue.cancel(waiting[-1])
    assert not waiting[-1].running, "one that waits is gone at once"
    put(queue, gate)
    put(queue, gate, "bob")
    gate.opened.set()


def test_the_time_until_ones_turn(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    first, told, go = Gate(), threading.Event(), threading.Event()

    def work(progress: Progress) -> str:
        assert go.wait(WAIT)
        progress.report(0.25, "a quarter")
        told.set()
        return first(progress)

    running = put(queue, work)
    waiting, last = put(queue, lambda progress: "done", "bob"), put(queue, lambda progress: "done", "cleo")
    assert queue.place(running) is None
    assert queue.place(waiting) == (1, None)
    go.set()
    told.wait(WAIT)
    now += 10
    assert queue.place(waiting) == (1, pytest.approx(30))
    assert queue.place(last) == (2, None), "nobody knows yet how long the second one takes"
    first.opened.set()
    last.wait(WAIT)
