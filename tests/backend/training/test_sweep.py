"""Accuracy against MACs, really measured on the demo network."""

from __future__ import annotations

import csv
import io

import pytest
import torch

from app.backend import analyze
from app.backend.charts.training import sweep_plot
from app.backend.common.jobs import Cancelled, Progress
from app.backend.training.sweep import Sweep, sweep, sweep_csv, sweep_widths
from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.demo import test_pictures as shipped  # its own name would make it a test
from inception_models.edits.input_output import with_input_size
from inception_models.training.datasets import Pictures
from inception_models.training.evaluate import evaluate
from inception_models.weights import load

PATH = "conv2"
ARCH = with_input_size(demo().arch, 72)


@pytest.fixture(scope="module")
def swept() -> Sweep:
    return sweep(ARCH, PATH)


@pytest.mark.parametrize(
    "width, wanted",
    [(1, (1, 2)), (8, (1, 2, 4, 6, 8, 10, 12)), (64, (1, 8, 16, 32, 48, 64, 80, 96))],
)
def test_a_sweep_goes_from_one_filter_past_the_width_itself(width: int, wanted: tuple[int, ...]) -> None:
    assert sweep_widths(width) == wanted


def test_at_its_own_width_the_network_is_as_good_as_it_is_and_wider_is_no_worse(swept: Sweep) -> None:
    images, labels = map(torch.from_numpy, shipped())
    steps, at = demo().preprocessing, {point.width: point for point in swept.points}
    alone = evaluate(load(ARCH, "demo"), Pictures(images[:, None], labels), steps.mean, steps.std)
    assert swept.width == widths(ARCH)[PATH]
    assert at[swept.width].pictures == alone.count == 400
    assert abs(at[swept.width].correct - alone.correct) <= 1
    assert alone.accuracy > 0.5
    assert all(abs(point.correct - at[swept.width].correct) <= 1 for w, point in at.items() if w > swept.width)
    assert at[1].correct < at[swept.width].correct


def test_every_point_costs_what_the_analysis_says(swept: Sweep) -> None:
    assert [point.width for point in swept.points] == list(sweep_widths(swept.width))
    for point in swept.points:
        analysis = analyze(with_widths(ARCH, {PATH: point.width}))
        assert (point.macs, point.params) == (analysis.macs, analysis.params)


def test_the_csv_has_every_number(swept: Sweep) -> None:
    rows = list(csv.DictReader(io.StringIO(sweep_csv(swept))))
    assert [int(row["width"]) for row in rows] == [point.width for point in swept.points]
    assert [float(row["accuracy"]) for row in rows] == [point.correct / 400 for point in swept.points]


def test_the_plot_marks_the_width_that_the_network_has(swept: Sweep) -> None:
    line, others, now = sweep_plot(swept).data
    assert list(now.x) == [point.macs for point in swept.points if point.width == swept.width]
    assert len(others.x) == len(line.x) - 1 == len(swept.points) - 1
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
        sweep(ARCH, PATH, progress)
