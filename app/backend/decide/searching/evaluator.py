"""Who evaluates the choices of a search: this process, others on this machine, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from .search_space import Choice
from .trials import Numbers, Problem, evaluated, evaluated_last

RETRIES = 5  # of a piece of work whose Dask worker died
Evaluate = Callable[[Sequence[Sequence[Choice]]], Iterator[list[Numbers | str]]]


@contextmanager
def evaluator(problem: Problem, jobs: int, scheduler: str = "", *, yields: bool = False) -> Iterator[Evaluate]:
    """How pieces of work are evaluated while the block runs: here, in so many processes, or on the Dask cluster at
    ``scheduler``. ``yields``: whether processes have a low priority.

    Raises:
        ValueError: where there is no such cluster.
    """
    if scheduler:
        with _cluster(problem, scheduler) as evaluate:
            yield evaluate
        return
    if jobs == 1:
        yield lambda parts: (evaluated(problem, part) for part in parts)
        return
    from joblib import Parallel, delayed

    work = evaluated_last if yields else evaluated
    with Parallel(n_jobs=jobs, return_as="generator") as parallel:
        yield lambda parts: parallel(delayed(work)(problem, part) for part in parts)


@contextmanager
def _cluster(problem: Problem, address: str) -> Iterator[Evaluate]:
    """Work whose worker dies goes to another."""
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("A Dask cluster needs the package distributed: pip install distributed.") from None
    try:
        client = Client(address, timeout="4s", set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as problem_there:
        raise ValueError(f"There is no Dask scheduler at {address[:80]}: {problem_there}.") from None
    with client:

        def evaluate(parts: Sequence[Sequence[Choice]]) -> Iterator[list[Numbers | str]]:
            # Not scattered: Dask keeps one copy of scattered data, which dies with the worker that has it.
            futures = [client.submit(evaluated, problem, part, pure=False, retries=RETRIES) for part in parts]
            return (future.result() for future in futures)

        yield evaluate
