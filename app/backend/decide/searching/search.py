"""Search among networks: at random, over a grid, or by evolution (NSGA-II); optuna proposes, processes evaluate.

Every evaluated choice is a line of a log. A search that was stopped goes on from it: the same seed makes the same
proposals, and those that the log knows are answered from there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import optuna

from inception_models import Arch

from ...common.csv_text import csv_text
from ...common.jobs import Progress
from .evaluator import evaluator
from .search_log import SearchLog, choice_key
from .search_space import Choice, SearchSpace
from .trials import LARGER_IS_BETTER, Numbers, Problem, SearchTrial

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

SearchMethod = Literal["random", "grid", "evolution"]
METHODS: tuple[SearchMethod, ...] = ("random", "grid", "evolution")
POPULATION, FEWEST_TOGETHER, GENERATIONS = 64, 8, 8
PROPOSED_TOGETHER = 256  # choices that are proposed at a time, where none depends on another
FEW_NETWORKS, FEW_FRAMES = 10_000, 64  # which one process evaluates sooner than others could start


@dataclass(frozen=True)
class SearchResult:
    """``trials``: in the order in which they were proposed, each choice once."""

    problem: Problem
    objectives: tuple[str, ...]
    trials: tuple[SearchTrial, ...]

    @cached_property
    def front(self) -> tuple[int, ...]:
        """The positions of the trials that no other is better than in one objective and as good in all others."""
        return pareto_front([trial.numbers for trial in self.trials], self.objectives)

    def network(self, position: int) -> Arch:
        """The network of one trial."""
        return self.problem.space.network(self.trials[position].choice)


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """``count``: how many proposals. ``jobs``: processes; 0: one for each core, where they pay. ``scheduler``: the
    address of a Dask cluster that evaluates instead, such as ``tcp://10.0.0.1:8786``. ``yields``: whether other work of
    this process and machine goes first: it rests half of the time here, and other processes have a low priority.
    """

    method: SearchMethod = "evolution"
    objectives: tuple[str, ...] = ("macs", "kept")
    count: int = 1000
    seed: int = 0
    jobs: int = 0
    scheduler: str = ""
    yields: bool = False

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"The method must be one of {', '.join(METHODS)}, not {self.method!r}.")
        if not 1 <= self.count <= 1_000_000:
            raise ValueError(f"From 1 to 1,000,000 networks are tried, not {self.count}.")


def search(
    problem: Problem, options: SearchOptions, log: Path | None = None, progress: Progress | None = None
) -> SearchResult:
    """Propose and evaluate; see :class:`SearchOptions`.

    Args:
        log: a file that gets a line for each choice, and from which a search of the same problem goes on.

    Raises:
        ValueError: for an objective that is not known of the problem, or where ``log`` is of something else.
        Cancelled: where ``progress`` has been cancelled; the log keeps what was done.
    """
    for objective in options.objectives:
        if objective not in problem.numbers:
            raise ValueError(f"{objective!r} is not an objective; there are {', '.join(problem.numbers)}.")
    told, known, rest = progress or Progress(), SearchLog(log, problem), _Rest(options)
    count = min(options.count, problem.space.size) if options.method == "grid" else options.count
    proposals = _Proposals(problem.space, options)
    seen: dict[str, SearchTrial] = {}
    jobs = _processes(problem, options)
    with evaluator(problem, jobs, options.scheduler, yields=options.yields) as evaluate:
        done = 0
        while done < count:
            told.report(done / count, f"{done:,} of {count:,} networks")
            choices = proposals.next(min(proposals.together, count - done))
            rest()
            new = list({choice_key(c): c for c in choices if choice_key(c) not in known.trials}.values())
            parts = _parts(new, len(new) if problem.tryout else 4 * jobs)
            tried = done + len(choices) - len(new)
            for part, results in zip(parts, evaluate(parts), strict=True):
                known.add([_trial(choice, result) for choice, result in zip(part, results, strict=True)])
                tried += len(part)
                rest()
                told.report(tried / count, f"{tried:,} of {count:,} networks")
            trials = [known.trials[choice_key(choice)] for choice in choices]
            proposals.tell(trials)
            rest()
            seen |= {choice_key(trial.choice): trial for trial in trials}
            done += len(choices)
    told.report(1, f"{count:,} networks")
    return SearchResult(problem, options.objectives, tuple(seen.values()))


def logged_result(problem: Problem, objectives: tuple[str, ...], log: Path) -> SearchResult:
    """What the log of a search that was stopped holds."""
    return SearchResult(problem, objectives, tuple(SearchLog(log, problem).trials.values()))


def pareto_front(numbers: Sequence[Mapping[str, float]], objectives: Sequence[str]) -> tuple[int, ...]:
    """Positions of those that none of the others dominates; those without numbers are not among them."""
    good = [i for i, each in enumerate(numbers) if all(name in each for name in objectives)]
    signs = [-1 if name in LARGER_IS_BETTER else 1 for name in objectives]
    costs = np.array([[s * numbers[i][n] for s, n in zip(signs, objectives, strict=True)] for i in good])
    front = []
    for place, i in enumerate(good):
        no_worse = (costs <= costs[place]).all(1)
        better = (costs < costs[place]).any(1)
        if not (no_worse & better).any():
            front.append(i)
    return tuple(front)


def _trial(choice: Choice, result: Numbers | str) -> SearchTrial:
    return SearchTrial(choice, {}, result) if isinstance(result, str) else SearchTrial(choice, result)


def search_csv(result: SearchResult) -> str:
    """Every trial, one row each."""
    axes, names = [axis.name for axis in result.problem.space.axes], result.problem.numbers
    return csv_text((*axes, *names, "on_the_front", "problem"), _trial_rows(result, axes))


def _trial_rows(result: SearchResult, axes: Sequence[str]) -> Iterator[tuple[object, ...]]:
    front = set(result.front)
    for i, trial in enumerate(result.trials):
        numbers = (trial.numbers.get(name, "") for name in result.problem.numbers)
        yield *(trial.choice[name] for name in axes), *numbers, int(i in front), trial.problem


# --- proposals -------------------------------------------------------------------------------------------------------


class _Proposals:
    """optuna's, asked for many at a time."""

    def __init__(self, space: SearchSpace, options: SearchOptions) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.objectives = options.objectives
        self.axes = {axis.name: axis.values for axis in space.axes}
        best = optuna.study.StudyDirection
        directions = [best.MAXIMIZE if name in LARGER_IS_BETTER else best.MINIMIZE for name in options.objectives]
        self.grid = product(*self.axes.values()) if options.method == "grid" else None  # it needs no sampler
        self.study = optuna.create_study(directions=directions, sampler=_sampler(options))
        self.asked: list[optuna.Trial] = []
        self.together = _population(options) if options.method == "evolution" else PROPOSED_TOGETHER
        self.places: dict[str, optuna.distributions.BaseDistribution] = {
            name: optuna.distributions.IntDistribution(0, len(values) - 1) for name, values in self.axes.items()
        }

    def next(self, count: int) -> list[Choice]:
        if self.grid is not None:
            return [dict(zip(self.axes, values, strict=True)) for values in islice(self.grid, count)]
        self.asked = [self.study.ask(self.places) for _ in range(count)]
        return [{name: self.axes[name][place] for name, place in trial.params.items()} for trial in self.asked]

    def tell(self, trials: Sequence[SearchTrial]) -> None:
        for asked, trial in zip(self.asked, trials, strict=self.grid is None):
            if trial.problem:
                self.study.tell(asked, state=optuna.trial.TrialState.FAIL)
            else:
                self.study.tell(asked, [trial.numbers[name] for name in self.objectives])


def _sampler(options: SearchOptions) -> BaseSampler:
    if options.method == "evolution":
        return optuna.samplers.NSGAIISampler(population_size=_population(options), seed=options.seed)
    return optuna.samplers.RandomSampler(seed=options.seed)


def _population(options: SearchOptions) -> int:
    """Of few networks, which were slow to try, there are some generations as well."""
    return min(POPULATION, max(FEWEST_TOGETHER, options.count // GENERATIONS))


class _Rest:
    """Sleeps for as long as this process has worked since the last time."""

    def __init__(self, options: SearchOptions) -> None:
        self.wanted, self.worked = options.yields, time.thread_time()

    def __call__(self) -> None:
        if self.wanted:
            time.sleep(time.thread_time() - self.worked)
            self.worked = time.thread_time()


# --- the work ---------------------------------------------------------------------------------------------------


def _processes(problem: Problem, options: SearchOptions) -> int:
    """How many evaluate. To start others takes seconds, in which this one evaluates thousands by their formulas."""
    slow = problem.tryout is not None or problem.space.frames > FEW_FRAMES or options.count > FEW_NETWORKS
    return options.jobs or ((os.cpu_count() or 1) if slow else 1)


def _parts(choices: Sequence[Choice], most: int) -> list[Sequence[Choice]]:
    """Pieces of work of about equal size."""
    pieces = max(1, min(len(choices), most))
    return [choices[i::pieces] for i in range(pieces)] if choices else []
