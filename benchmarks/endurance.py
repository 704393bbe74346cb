"""Whether the server's memory stays flat: 2,000 edits, 200 uploaded pictures, 300 visits.

Each round has ten new people. When they have gone and their sessions are forgotten, the server's memory is read, and
printed as it goes. The first round of each kind comes on top: it loads what is needed and begins to fill caches, and
"MB before" is read after it. Not among the benchmarks that run by default, since it takes ten minutes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Coroutine

from app.backend.common.limits import PREFIX

from .crowd import Pace, Results, edit, planned, push_pictures, together
from .load import VARIANTS, Replica, faults, replicas

GONE = f"{PREFIX}GONE_SECONDS"
ROUNDS = 5
GONE_SECONDS, SETTLED_SECONDS = 5, 15  # until sessions are forgotten, and until that has surely happened
PEOPLE = 10
EDITS, PICTURES, VISITS = 2_000, 200, 300

Person = Coroutine[None, None, None]


def run(quick: bool = False) -> dict[str, list[dict[str, float | str]]]:
    """Every measurement, as rows by title."""
    os.environ[GONE] = str(GONE_SECONDS)
    share = ROUNDS * PEOPLE * (10 if quick else 1)
    with replicas(1) as [server]:
        rows = [
            _phase("edits", server, EDITS // share, _editor),
            _phase("pictures", server, PICTURES // share, _pusher),
            _phase("visits", server, VISITS // share, _guest),
        ]
    return {"memory of one process, ten people at a time": rows}


def _phase(
    what: str, server: Replica, times: int, person: Callable[[str, int, int, Results], Person]
) -> dict[str, float | str]:
    """So many things by each person in each round, with new people every round."""
    results, memory = Results(), {}
    for number in range(ROUNDS + 1):
        if number == 1:  # of the first round only what went wrong counts
            results = Results(errors=results.errors, wrong=results.wrong)
        people = [person(server.url, number * PEOPLE + i, max(times, 1), results) for i in range(PEOPLE)]
        asyncio.run(together(people, results))
        time.sleep(SETTLED_SECONDS)
        column = f"{100 * number // ROUNDS}%" if number else "MB before"
        memory[column] = server.memory_mb
        print(f"{what}, {column}: {memory[column]:,.0f} MB", file=sys.stderr, flush=True)
    done = {"edits": results.edits, "pictures": results.pictures, "visits": results.visits}[what]
    return {"what": what, "times": len(done), **memory, **faults(results)}


async def _editor(url: str, seed: int, times: int, into: Results) -> None:
    variant = VARIANTS[seed % len(VARIANTS)]
    await edit(url, variant, planned(variant, seed, times), Pace(0, 0, times), into)


async def _pusher(url: str, seed: int, times: int, into: Results) -> None:
    await push_pictures(url, VARIANTS[0], seed, Pace(0, 0, times), into)


async def _guest(url: str, seed: int, times: int, into: Results) -> None:
    for _ in range(times):
        await edit(url, VARIANTS[seed % len(VARIANTS)], [], Pace(0, 0, 0), into)
