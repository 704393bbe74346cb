"""How many examples the fuzz tests draw: few, the same every time, or at random as many as ``FUZZ_EXAMPLES`` says."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))


def drawing(usually: int) -> settings:
    """Settings for a fuzz test that usually draws this many."""
    return settings(
        max_examples=EXAMPLES or usually,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
