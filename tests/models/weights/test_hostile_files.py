"""Every hostile file ends in one sentence, at once, and takes hardly more memory than its own size."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.models.weights.hostile import HOSTILE

ROOT = Path(__file__).parents[3]
SECONDS, GROWTH_BYTES = 2, 50e6

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from Linux' /proc")


@pytest.fixture(scope="module")
def costs() -> dict[str, dict[str, object]]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.models.weights.hostile.cost"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return {row["name"]: row for row in map(json.loads, lines)}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_a_sentence(name: str, costs: dict[str, dict[str, object]]) -> None:
    match costs[name]:
        case {"kind": kind, "outcome": str(outcome), "seconds": float(seconds), "grown": int(grown)}:
            assert kind == "WeightsError"
            assert outcome.endswith(".")
            assert "\n" not in outcome
            assert len(outcome) < 400
            assert seconds < SECONDS
            assert grown < GROWTH_BYTES
        case _:
            pytest.fail(f"{name} ended its process: {costs[name]}")
