"""How long a proposal takes: every strategy on Inception v3 (and on the deepest network), caches warm as after a look.

The goals on two cores: 300 ms by one factor, 2 s by sensitivity.
"""

from __future__ import annotations

import statistics
import time

from app.backend import analyze
from app.backend.decide.fitting.budget import Budget
from app.backend.decide.fitting.fit import FitOptions, fitted
from app.backend.decide.fitting.importance import by_norm
from app.backend.decide.fitting.shrinking import Strategy
from inception_models import ARCHITECTURES, build

Row = dict[str, float | str]


def proposal(key: str, strategy: Strategy, share: float, runs: int) -> Row:
    arch = ARCHITECTURES[key]
    budget = Budget(macs=share * analyze(arch).macs)
    importance = by_norm(build(arch).eval()) if strategy == "weights" else None
    options = FitOptions(strategy, importance=importance)
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        result = fitted(arch, budget, options)
        taken.append(time.perf_counter() - start)
    return {
        "network": key,
        "strategy": strategy,
        "share of the MACs": share,
        "reached": result.goals[0].share,
        "first ms": 1e3 * taken[0],
        "median ms": 1e3 * statistics.median(taken),
    }


def run(quick: bool = False) -> dict[str, list[Row]]:
    """Every measurement, as rows by title."""
    strategies: tuple[Strategy, ...] = ("even", "sensitivity", "weights")
    rows = [
        proposal(key, strategy, share, 3 if quick else 9)
        for key in ("inception_v3", "inception_resnet_v2")
        for strategy in strategies
        for share in (0.5, 0.175)
    ]
    return {"budgets": rows}
