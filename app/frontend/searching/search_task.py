"""A person's search: begun, gone on with, and what it leaves when it ends or is cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from ...backend.common.jobs import Cancelled, Lane, Progress
from ...backend.decide.searching.search import SearchOptions, SearchResult, logged_result, search
from ...backend.decide.searching.search_space import SearchSpace
from ...backend.decide.searching.trials import Problem
from ..kit.background import BackgroundTask


@dataclass(frozen=True)
class SearchRun:
    """``log``: the file from which the search goes on. ``finished``: whether it was not cancelled."""

    result: SearchResult
    options: SearchOptions
    log: str
    finished: bool


EXAMPLE = SearchOptions("random", count=60)
SEARCH: BackgroundTask[SearchRun] = BackgroundTask("search", "Searching", "Stop, and keep what was tried")


@lru_cache(maxsize=8)
def example_search(space: SearchSpace) -> SearchResult:
    """A search so small that nobody waits for it, for a page that has no other to show."""
    return search(Problem(space), EXAMPLE)


def begin_search(problem: Problem, options: SearchOptions, log: str = "") -> None:
    """Start it, from an earlier ``log`` where there is one."""
    lane: Lane = "long" if problem.tryout else "short"
    SEARCH.start(partial(_searched, problem, options, log), lane=lane)


def _searched(problem: Problem, options: SearchOptions, known: str, progress: Progress) -> SearchRun:
    with TemporaryDirectory() as folder:
        log = Path(folder) / "search.jsonl"
        if known:
            log.write_text(known, encoding="utf-8")
        try:
            result, finished = search(problem, options, log, progress), True
        except Cancelled:
            result, finished = logged_result(problem, options.objectives, log), False
            if not result.trials:
                raise
        _ = result.front  # it takes a while, and every run of the page asks for it
        return SearchRun(result, options, log.read_text(encoding="utf-8"), finished)
