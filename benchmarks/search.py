"""How many configurations of Inception v3 a search evaluates in a second, proposals, processes and the log included.

The goal on two cores: 300. Ten ranges: all parts' widths and the input size. A search of this size stays in one process
unless it is told otherwise; the first one that does not starts the workers, which import PyTorch.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from app.backend.decide.searching.search import SearchMethod, SearchOptions, search
from app.backend.decide.searching.search_space import SearchAxis, SearchSpace
from app.backend.decide.searching.trials import Problem
from inception_models import ARCHITECTURES

Row = dict[str, float | str]
PATTERNS = (
    "Conv2d_*",
    "Mixed_5b",
    "Mixed_5c",
    "Mixed_5d",
    "Mixed_6[bc]",
    "Mixed_6[de]",
    "Mixed_6a",
    "Mixed_7a",
    "Mixed_7[bc]",
)


def rate(method: SearchMethod, count: int, seed: int, jobs: int = 0) -> Row:
    axes = [SearchAxis("scale", pattern, 0.25, 1, 0.025) for pattern in PATTERNS]
    space = SearchSpace(ARCHITECTURES["inception_v3"], (*axes, SearchAxis("size", "", 139, 299, 32)))
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        result = search(
            Problem(space), SearchOptions(method, count=count, seed=seed, jobs=jobs), Path(folder) / "log.jsonl"
        )
        seconds = time.perf_counter() - start
    return {
        "method": method,
        "networks": len(result.trials),
        "seconds": seconds,
        "a second": len(result.trials) / seconds,
    }


def run(quick: bool = False) -> dict[str, list[Row]]:
    """Every measurement, as rows by title."""
    count = 1000 if quick else 5000
    methods: tuple[SearchMethod, ...] = ("random", "evolution")
    return {
        "first": [rate("random", count, seed=0)],
        "again": [rate(method, count, seed=1) for method in methods],
        "two processes, first": [rate("random", count, seed=2, jobs=2)],
        "two processes, warm": [rate(method, count, seed=3, jobs=2) for method in methods],
    }
