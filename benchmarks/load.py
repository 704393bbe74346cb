"""A class in front of the app: how long an edit takes for each of many people, and what it costs the server.

Each person is a session over a WebSocket that speaks Streamlit's own protobuf, without a browser, and types a width
every two seconds, into a network that nobody else has. Milliseconds run from the event until the last message of its
script run is here; they, and the processor time, are read beside the load average of the machine, which these people
are part of. Processor time and memory are those of the servers, from Linux's /proc.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.app_server import free_port, served

from .crowd import Pace, Results, edit, planned, push_pictures, together

VARIANTS = ("googlenet", "inception_v3", "inception_resnet_v2")  # one person has the first, the next the second, ..
EVERY_SECONDS = 2
PICTURE_SECONDS = 10
EDITS, FEW_EDITS = 20, 5  # of each person
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Replica:
    """A running server."""

    url: str
    pid: int

    @property
    def processor_seconds(self) -> float:
        """The processor time that it took so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory_mb(self) -> float:
        """The memory that it has now."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


@contextmanager
def replicas(count: int) -> Iterator[list[Replica]]:
    """So many servers, each of which has shown its first page."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = []
        for number in range(count):
            port = free_port()
            url = f"http://127.0.0.1:{port}"
            command = (sys.executable, "-m", "app", "serve", "--port", str(port))
            server = stack.enter_context(served(command, url, folder / f"{number}.log"))
            running.append(Replica(url, server.pid))
        asyncio.run(_warm(running))
        yield running


async def _warm(running: Sequence[Replica]) -> None:
    results = Results()
    for replica in running:
        for variant in VARIANTS:
            await edit(replica.url, variant, planned(variant, -1, 2), Pace(0, 0, 2), results)


def one_person(variant: str, edits: int) -> dict[str, float | str]:
    """One edit after the other, without a pause: what one costs."""
    results = Results()
    plan = planned(variant, 0, edits)
    with replicas(1) as [server]:
        before = server.processor_seconds
        asyncio.run(together([edit(server.url, variant, plan, Pace(0, 0, edits), results)], results))
        spent = server.processor_seconds - before
    sizes = [answer.size_bytes / 1e3 for answer in results.edits]
    return {
        "network": variant,
        "edits": len(results.edits),
        "ms an edit": 1e3 * median(answer.seconds for answer in results.edits),
        "processor ms": 1e3 * spent / edits,
        "kB": median(sizes),
        "most kB": max(sizes),
        **faults(results),
    }


def class_of(people: int, with_pictures: int, processes: int, edits: int) -> dict[str, float | str]:
    """So many people at once, some of whom push pictures."""
    results = Results()
    plans = [planned(VARIANTS[i % 3], i, edits) for i in range(people - with_pictures)]
    with replicas(processes) as running:
        crowd = [
            edit(
                running[i % processes].url,
                VARIANTS[i % 3],
                plan,
                Pace(5 + i * EVERY_SECONDS / len(plans), EVERY_SECONDS, edits),
                results,
            )
            for i, plan in enumerate(plans)
        ]
        rounds = edits * EVERY_SECONDS // PICTURE_SECONDS
        crowd += [
            push_pictures(
                running[i % processes].url,
                VARIANTS[0],
                i,
                Pace(5 + i * PICTURE_SECONDS / with_pictures, PICTURE_SECONDS, rounds),
                results,
            )
            for i in range(with_pictures)
        ]
        asyncio.run(together(crowd, results))
        memory = sum(server.memory_mb for server in running)
    row: dict[str, float | str] = {
        "people": people,
        "with pictures": with_pictures,
        "processes": processes,
        "edits": len(results.edits),
        "p50 ms": 1e3 * median(answer.seconds for answer in results.edits),
        "p95 ms": 1e3 * _p95([answer.seconds for answer in results.edits]),
        "picture p95 ms": 1e3 * _p95([answer.seconds for answer in results.pictures]) if with_pictures else "",
        "MB": memory,
    }
    return row | faults(results)


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]


def faults(results: Results) -> dict[str, float | str]:
    """What went wrong, and how busy the machine was."""
    for problem in results.errors:
        print(problem, file=sys.stderr)
    return {
        "errors": len(results.errors),
        "wrong": results.wrong,
        "load average": os.getloadavg()[0],
    }


def run(quick: bool = False) -> dict[str, list[dict[str, float | str]]]:
    """Every measurement, as rows by title."""
    edits = FEW_EDITS if quick else EDITS
    return {
        "one person": [one_person(variant, 3 * edits) for variant in VARIANTS],
        "many people, an edit every 2 s each, a picture every 10 s": [
            class_of(20, 0, 1, edits),
            class_of(50, 10, 2, edits),
        ],
    }
