"""The plots show the analysis's numbers, in the palette's colours, with names on both axes."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

import plotly.graph_objects as go
import pytest

from app.backend import Analysis, analyze
from app.backend.charts.branches import CostMetric, branch_shares, stage_bars
from app.backend.charts.costs import sensitivity_bars, stage_peaks, training_bars
from app.backend.charts.files import chart_csv
from app.backend.charts.published import names_of_both
from app.backend.charts.style import OUTSIDE_NAME
from app.backend.charts.time import name_places, roofline_plot, time_against_macs
from app.backend.charts.trees import TreeForm, tree
from app.backend.common.colours import BRANCH_COLOURS, BRANCH_NAMES, OUTSIDE_COLOUR, THEMES, ThemeName, lighter
from app.backend.memory.inference import STATE_COPIES, inference_memory
from app.backend.memory.training_step import training_step_memory
from app.backend.tables.cost_table import cost_table
from app.backend.tables.sensitivity import sensitivity
from app.backend.timing.latency import Latency, Timing
from app.backend.timing.roofline import Ceilings, RooflinePoint, roofline_points
from inception_models import ARCHITECTURES, with_widths
from inception_models.edits.widths import scaled

KEYS = ("googlenet", "inception_v3", "inception_resnet_v2", "xception")
COLOURS = {BRANCH_NAMES[kind]: colour for kind, colour in BRANCH_COLOURS.items()} | {OUTSIDE_NAME: OUTSIDE_COLOUR}


def costs(analysis: Analysis, metric: CostMetric, scale: int) -> dict[str, int]:
    values: Mapping[CostMetric, dict[str, int]] = {
        "params": {s.name: s.params for s in analysis.stages},
        "macs": {s.name: s.macs for s in analysis.stages},
        "memory": {s.name: s.activation_elements * scale for s in analysis.stages},
    }
    return {name: value for name, value in values[metric].items() if value}


@pytest.mark.parametrize("metric", ["params", "macs", "memory"])
@pytest.mark.parametrize("key", KEYS)
def test_stacked_bars_add_up_to_every_stages_cost(key: str, metric: CostMetric) -> None:
    analysis = analyze(ARCHITECTURES[key])
    figure = stage_bars(analysis, metric, scale=8)
    sums: dict[str, int] = {}
    for bar in figure.data:
        assert bar.marker.color == COLOURS[bar.name]
        for name, value in zip(bar.x, bar.y, strict=True):
            sums[name] = sums.get(name, 0) + value
    assert sums == costs(analysis, metric, 8)


@pytest.mark.parametrize("key", KEYS)
def test_shares_add_up_to_everything(key: str) -> None:
    figure = branch_shares(analyze(ARCHITECTURES[key]))
    for place in range(3):
        assert sum(bar.x[place] for bar in figure.data) == pytest.approx(100)


@pytest.mark.parametrize("metric", ["params", "macs", "memory"])
@pytest.mark.parametrize("form", ["treemap", "sunburst"])
@pytest.mark.parametrize("key", KEYS)
def test_a_tile_is_as_large_as_its_parts_and_as_its_row(key: str, form: TreeForm, metric: CostMetric) -> None:
    analysis = analyze(ARCHITECTURES[key])
    (area,) = tree(analysis, metric, form, scale=4).data
    values = dict(zip(area.ids, area.values, strict=True))
    assert len(values) == len(area.ids)
    inside: dict[str, int] = {}
    for parent, value in zip(area.parents, area.values, strict=True):
        inside[parent] = inside.get(parent, 0) + value
    for path, value in inside.items():
        assert path == "" or value == values[path], path
    rows = {row.path: row for row in cost_table(analysis, analysis).rows}
    attribute = {"params": "params", "macs": "macs", "memory": "activation_bytes"}[metric]
    for path, value in values.items():
        assert getattr(rows["" if path == "network" else path], attribute) == value
    assert set(costs(analysis, metric, 4)) <= set(values)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tiles_have_their_branchs_colour_and_reductions_a_lighter_one(theme: ThemeName) -> None:
    (area,) = tree(analyze(ARCHITECTURES["googlenet"]), "params", "treemap", theme=theme).data
    colours = dict(zip(area.ids, area.marker.colors, strict=True))
    green = BRANCH_COLOURS["5x5"]
    assert colours["inception4e.branch5x5"] == colours["inception4e.branch5x5.conv"] == green
    assert colours["inception4e.branch5x5.reduce"] == lighter(green)
    assert colours["inception4e"] == THEMES[theme].quiet
    assert colours["fc"] == THEMES[theme].trunk


def made_up_latency(analysis: Analysis, factor: float = 1.0) -> Latency:
    unit = 0.01 * factor
    times = tuple(Timing(s.name, unit * (i + 1), unit * i, unit * (i + 2)) for i, s in enumerate(analysis.stages))
    return Latency(analysis.arch, "paper", 1, "float32", 1, 9, Timing("", 1.0, 1.0, 1.0), times)


def test_time_is_shown_by_stage() -> None:
    analysis = analyze(ARCHITECTURES["googlenet"])
    latency = made_up_latency(analysis)
    times = {t.name: t.seconds for t in latency.stages}
    (area,) = tree(analysis, "time", "treemap", times=times).data
    assert dict(zip(area.ids, area.values, strict=True)) == times | {"network": sum(times.values())}
    timed, counted = time_against_macs(analysis, latency).data
    assert sum(timed.y) == pytest.approx(100)
    assert sum(counted.y) == pytest.approx(100)
    assert list(timed.x) == [stage.name for stage in analysis.stages]


def test_sensitivity_bars_show_every_place_outside_of_the_heads() -> None:
    analysis = analyze(ARCHITECTURES["inception_v3"])
    entries = sensitivity(analysis)
    for metric in ("params", "macs"):
        figure = sensitivity_bars(analysis, entries, metric)
        shown = {x: y for bar in figure.data for x, y in zip(bar.x, bar.y, strict=True)}
        assert shown == {e.path: getattr(e, metric) for e in entries if not e.path.startswith("aux")}
        assert all(bar.marker.color == COLOURS[bar.name] for bar in figure.data)


def test_memory_bars_show_the_peaks() -> None:
    analysis = analyze(ARCHITECTURES["googlenet_bn"])
    memory = inference_memory(analysis, "bfloat16", 3)
    (bars,) = stage_peaks(memory).data
    assert max(bars.y) == memory.peak.peak_bytes
    assert list(bars.x) == [stage.name for stage in analysis.stages]
    steps = {name: training_step_memory(analysis, name) for name in STATE_COPIES}
    figure = training_bars(steps)
    assert [sum(bar.x[i] for bar in figure.data) for i in range(3)] == [m.peak_bytes for m in steps.values()]


def test_the_roofline_passes_through_its_ridge() -> None:
    analysis = analyze(ARCHITECTURES["googlenet"])
    ceiling = Ceilings("paper", "float32", 100e9, 10e9)
    line, dots = roofline_plot(ceiling, roofline_points(analysis, made_up_latency(analysis), ceiling)).data
    assert (line.x[1], line.y[1]) == (ceiling.ridge, 100e9)
    assert [name for name, *_ in dots.customdata] == [stage.name for stage in analysis.stages if stage.macs]


def test_names_in_the_roofline_do_not_pile_up() -> None:
    speeds = [(3.0, 1e9), (3.02, 1.01e9), (3.04, 1.02e9), (3.06, 1.03e9), (3.08, 1.04e9), (3.1, 1.05e9), (40.0, 9e9)]
    points = [RooflinePoint(f"inception{i}", x, y, 1e11) for i, (x, y) in enumerate(speeds)]
    places = name_places(points, (), (1, 100))
    assert len(places) < len(points)
    assert places["inception6"] == "bottom center"  # it is alone
    near = [place for name, place in places.items() if name != "inception6"]
    assert len(near) == len(set(near)) > 0
    before = RooflinePoint("inception6", 40.0, 8.4e9, 1e11)  # of the published network, just below
    assert name_places(points, (before,), (1, 100))["inception6"] == "top center"


EDITED, PUBLISHED = (
    analyze(arch)
    for arch in (
        with_widths(ARCHITECTURES["googlenet_bn"], {"inception3a.branch3x3.conv": 64}),
        ARCHITECTURES["googlenet_bn"],
    )
)


def beside_each_other() -> dict[str, go.Figure]:
    latencies = [made_up_latency(analysis, factor) for analysis, factor in ((EDITED, 0.9), (PUBLISHED, 1.0))]
    ceiling = Ceilings("paper", "float32", 100e9, 10e9)
    points = [roofline_points(a, t, ceiling) for a, t in zip((EDITED, PUBLISHED), latencies, strict=True)]
    steps = [{name: training_step_memory(a, name) for name in STATE_COPIES} for a in (EDITED, PUBLISHED)]
    return {
        "stages": stage_bars(EDITED, "macs", published=PUBLISHED),
        "tree": tree(EDITED, "macs", "treemap", published=PUBLISHED),
        "sensitivity": sensitivity_bars(EDITED, sensitivity(EDITED), "macs", sensitivity(PUBLISHED)),
        "peaks": stage_peaks(inference_memory(EDITED), published=inference_memory(PUBLISHED)),
        "training": training_bars(*steps),
        "times": time_against_macs(EDITED, latencies[0], published=(PUBLISHED, latencies[1])),
        "roofline": roofline_plot(ceiling, *points),
        "shares": branch_shares(EDITED, PUBLISHED),
    }


@pytest.mark.parametrize("name", beside_each_other())
def test_an_edited_network_is_beside_the_published_one(name: str) -> None:
    figure = beside_each_other()[name]
    hovers = [str(text) for trace in figure.data if trace.customdata is not None for text in trace.customdata]
    assert any(re.search(r"[−+][\d.,]+.* from the published", text) for text in hovers)
    if name != "tree":  # its areas say so in words
        assert any("published" in str([trace.name, trace.y]) for trace in figure.data)


def test_of_many_bars_the_published_ones_are_lines_that_cover_no_colour() -> None:
    half = analyze(scaled(ARCHITECTURES["googlenet_bn"], 0.5))
    figure = sensitivity_bars(half, sensitivity(half), "macs", sensitivity(PUBLISHED))
    lines = next(trace for trace in figure.data if trace.name == "published")
    added = {entry.path: entry.macs for entry in sensitivity(PUBLISHED)}
    assert (lines.type, lines.mode) == ("scatter", "markers")
    assert dict(zip(lines.x, lines.y, strict=True)).items() <= added.items()
    assert len(lines.x) > 50


def test_outlines_are_the_published_stages_and_differences_are_signed() -> None:
    figure = beside_each_other()["stages"]
    *bars, outline = figure.data
    published = costs(PUBLISHED, "macs", 1).items() - costs(EDITED, "macs", 1).items()
    assert dict(zip(outline.x, outline.y, strict=True)) == dict(published)
    assert set(outline.x) == {"inception3a", "inception3b"}  # the second reads what the first writes
    assert outline.base == 0  # or it would be stacked on the others
    sums = {name: sum(bar.y[list(bar.x).index(name)] for bar in bars) for name in costs(EDITED, "macs", 1)}
    assert sums == costs(EDITED, "macs", 1)
    now, before = EDITED.stage("inception3a").macs, PUBLISHED.stage("inception3a").macs
    hover = bars[1].customdata[list(bars[1].x).index("inception3a")]
    assert f"−{before - now:,} " in hover.rpartition("the stage: ")[2]
    assert "published" not in bars[1].customdata[list(bars[1].x).index("inception5b")]


def test_what_an_edit_removed_keeps_its_place_on_the_axis() -> None:
    assert names_of_both(["a", "new", "c"], ["a", "b", "c", "d"]) == ["a", "b", "new", "c", "d"]


def test_every_chart_can_be_saved_as_numbers() -> None:
    for name, figure in beside_each_other().items():
        head, *rows = csv.reader(chart_csv(figure).splitlines())
        assert len(rows) == sum(len(trace.ids if name == "tree" else trace.x) for trace in figure.data), name
        assert all(len(row) == len(head) == 3 for row in rows), name


def figures() -> dict[str, go.Figure]:
    analysis = analyze(ARCHITECTURES["googlenet_bn"])
    ceiling = Ceilings("paper", "float32", 100e9, 10e9)
    latency = made_up_latency(analysis)
    return {
        "stages": stage_bars(analysis, "memory"),
        "sensitivity": sensitivity_bars(analysis, sensitivity(analysis), "macs"),
        "peaks": stage_peaks(inference_memory(analysis)),
        "times": time_against_macs(analysis, latency),
        "roofline": roofline_plot(ceiling, roofline_points(analysis, latency, ceiling)),
    }


def test_the_selected_stage_is_bold() -> None:
    figure = stage_bars(analyze(ARCHITECTURES["googlenet"]), "params", selected="inception4e")
    assert [text for text in figure.layout.xaxis.ticktext if text.startswith("<b>")] == ["<b>inception4e</b>"]


def test_both_axes_say_what_they_show() -> None:
    for name, figure in figures().items():
        assert figure.layout.xaxis.title.text, name
        assert figure.layout.yaxis.title.text, name


def test_no_letter_of_a_chart_is_shrunk_to_fit() -> None:
    for name, figure in (figures() | beside_each_other()).items():
        assert (figure.layout.uniformtext.minsize, figure.layout.uniformtext.mode) == (13, "hide"), name
