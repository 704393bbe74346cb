"""The roofline: arithmetic on made-up ceilings, and that this machine's own can be measured."""

from __future__ import annotations

import pytest

from app.backend import analyze
from app.backend.tables.cost_table import cost_table
from app.backend.timing.latency import Latency, Timing
from app.backend.timing.roofline import Ceilings, ceilings, roofline_points
from inception_models import ARCHITECTURES

MADE_UP = Ceilings("paper", "float32", flops_per_second=100e9, bytes_per_second=10e9)


@pytest.mark.parametrize("intensity, attainable", [(1, 10e9), (5, 50e9), (10, 100e9), (1000, 100e9)])
def test_bandwidth_is_the_limit_left_of_the_ridge_and_arithmetic_right_of_it(
    intensity: float, attainable: float
) -> None:
    assert MADE_UP.ridge == 10
    assert MADE_UP.attainable(intensity) == attainable


def test_points_have_the_tables_intensity_and_the_measured_rate() -> None:
    analysis = analyze(ARCHITECTURES["inception_resnet_v1"])
    times = tuple(Timing(stage.name, 0.5, 0.4, 0.6) for stage in analysis.stages)
    latency = Latency(analysis.arch, "paper", 1, "float32", 4, 9, Timing("", 9.0, 8.0, 10.0), times)
    rows = {row.path: row for row in cost_table(analysis, analysis, "float32", 4).rows}
    points = roofline_points(analysis, latency, MADE_UP)
    assert [point.name for point in points] == [stage.name for stage in analysis.stages if stage.macs]
    for point in points:
        row = rows[point.name]
        assert point.intensity == row.intensity
        assert point.flops_per_second == 4 * row.flops / 0.5
        assert point.efficiency == pytest.approx(point.flops_per_second / MADE_UP.attainable(row.intensity))


def test_this_machines_ceilings_are_measured_once() -> None:
    measured = ceilings()
    assert measured.flops_per_second > 1e8  # slower than any processor that runs PyTorch
    assert measured.bytes_per_second > 1e8
    assert ceilings() is measured


def test_int8_has_no_ceiling() -> None:
    with pytest.raises(ValueError, match="int8"):
        ceilings("int8")
