"""Measuring: what comes out is a measurement of that network; it can be watched, cancelled and refused."""

from __future__ import annotations

import pytest
import torch

from app.backend.common.jobs import Cancelled, Progress
from app.backend.timing.latency import FEWEST, Latency, measure
from inception_models import ARCHITECTURES
from inception_models.edits.widths import scaled

TINY = scaled(ARCHITECTURES["googlenet_bn"], 0.05)


@pytest.fixture(scope="module")
def measured() -> Latency:
    return measure(TINY, batch=2, rounds=4)


def test_every_stage_and_the_whole_are_timed(measured: Latency) -> None:
    assert [timing.name for timing in measured.stages] == [stage.name for stage in TINY.stages]
    assert (measured.rounds, measured.batch, measured.dtype) == (4, 2, "float32")
    assert measured.threads == torch.get_num_threads()
    for timing in (*measured.stages, measured.total):
        assert 0 < timing.low <= timing.seconds <= timing.high


def test_the_whole_takes_longer_than_its_longest_stage_at_best(measured: Latency) -> None:
    assert measured.total.high > max(timing.low for timing in measured.stages)


def test_a_limit_ends_it_after_the_fewest_rounds() -> None:
    assert measure(TINY, rounds=50, limit_seconds=0).rounds == FEWEST


def test_int8_is_refused() -> None:
    with pytest.raises(ValueError, match="int8"):
        measure(TINY, "int8")


def test_a_layer_without_a_kernel_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="cannot compute in bfloat16 on CPU"):
        measure(scaled(ARCHITECTURES["googlenet"], 0.05), "bfloat16", device=torch.device("cpu"))


def test_sixteen_bits_are_timed() -> None:
    assert measure(TINY, "bfloat16", rounds=3).dtype == "bfloat16"


def test_it_reports_its_progress_and_can_be_cancelled() -> None:
    class Impatient(Progress):
        """Cancels as soon as the warm-up is over."""

        def __init__(self) -> None:
            super().__init__()
            self.heard: list[tuple[float, str]] = []

        def report(self, fraction: float, doing: str) -> None:
            self.heard.append((fraction, doing))
            if doing == "measuring":
                self.cancel()
            super().report(fraction, doing)

    progress = Impatient()
    with pytest.raises(Cancelled):
        measure(TINY, progress=progress)
    fractions = [fraction for fraction, _ in progress.heard]
    assert fractions == sorted(fractions)
    assert list(dict.fromkeys(doing for _, doing in progress.heard)) == [
        "building the network",
        "warming up",
        "measuring",
    ]
