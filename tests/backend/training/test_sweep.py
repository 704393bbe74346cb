"""Accuracy against MACs, really measured on the demo network."""

from __future__ import annotations

import csv
import io
import json

import pytest

from app.backend import analyze
from app.backend.charts.training import sweep_plot
from app.backend.common.jobs import Cancelled, Progress
from app.backend.training.sweep import Sweep, sweep, sweep_csv, sweep_widths
from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.checkpoints.demo import FOLDER, demo

PATH = "conv2"


@pytest.fixture(scope="module")
def found() -> Sweep:
    return sweep(demo().arch, PATH)


@pytest.mark.parametrize(
    "width, wanted",
    [(1, (1, 2)), (8, (1, 2, 4, 6, 8, 10, 12)), (64, (1, 8, 16, 32, 48, 64, 80, 96))],
)
def test_a_sweep_goes_from_one_filter_past_the_width_itself(width: int, wanted: tuple[int, ...]) -> None:
    assert sweep_widths(width) == wanted


def test_at_its_own_width_the_network_is_as_good_as_its_card_says_and_wider_is_no_worse(found: Sweep) -> None:
    card = json.loads((FOLDER / "fashion.json").read_text())["card"]
    at = {point.width: point for point in found.points}
    assert found.width == widths(demo().arch)[PATH]
    assert at[found.width].pictures == 400
    assert abs(at[found.width].correct - card["shipped_correct"]) <= 1
    assert all(abs(point.correct - at[found.width].correct) <= 1 for w, point in at.items() if w > found.width)
    assert at[1].correct < at[found.width].correct


def test_every_point_costs_what_the_analysis_says(found: Sweep) -> None:
    assert [point.width for point in found.points] == list(sweep_widths(found.width))
    for point in found.points:
        analysis = analyze(with_widths(demo().arch, {PATH: point.width}))
        assert (point.macs, point.params) == (analysis.macs, analysis.params)


def test_the_csv_has_every_number(found: Sweep) -> None:
    rows = list(csv.DictReader(io.StringIO(sweep_csv(found))))
    assert [int(row["width"]) for row in rows] == [point.width for point in found.points]
    assert [float(row["accuracy"]) for row in rows] == [point.correct / 400 for point in found.points]


def test_the_plot_marks_the_width_that_the_network_has(found: Sweep) -> None:
    line, others, now = sweep_plot(found).data
    assert list(now.x) == [point.macs for point in found.points if point.width == found.width]
    assert len(others.x) == len(line.x) - 1 == len(found.points) - 1
    assert max(line.y) <= 100


@pytest.mark.parametrize(
    "arch, path, hint",
    [
        (demo().arch, "inception5b.branch1x1.nothing", "inception5b.branch1x1.nothing"),
        (ARCHITECTURES["googlenet"], "inception5b.branch1x1.conv", "GoogLeNet"),
    ],
    ids=["no width", "another variant"],
)
def test_what_cannot_be_swept_is_refused(arch: Arch, path: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        sweep(arch, path)


def test_a_sweep_can_be_cancelled() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        sweep(demo().arch, PATH, progress)
