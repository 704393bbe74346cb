"""A goal is kept in the link and in the browser's record, and is told beside each total that it limits."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest

from app.backend import analyze
from app.backend.decide.fitting.budget import LIMITS, Budget, budget_of, budget_text, read_budget
from app.backend.decide.fitting.speed import paced
from app.backend.memory.inference import inference_memory
from app.backend.timing.latency import Latency, Timing
from app.frontend.kit.network_time import NetworkTime
from app.frontend.session import address_of, opened
from app.frontend.shell.fit_dialog import FITTING
from app.frontend.shell.totals import totals_html, totals_to
from app.frontend.state import State
from inception_models import ARCHITECTURES, with_widths
from inception_models.edits.widths import scaled

V3 = ARCHITECTURES["inception_v3"]
GOAL = Budget(macs=1e9, params=12_345_678, weight_bytes=2**25, peak_bytes=5e6, receptive_field_px=700)


@pytest.mark.parametrize(
    "goal",
    [
        GOAL,
        Budget(macs=1e9),
        Budget(receptive_field_px=1),
        Budget(seconds=0.0125),
        Budget(weight_bytes=5e6, peak_bytes=1e7, dtype="int8", batch=16),
        None,
    ],
)
def test_a_link_brings_the_goal_back(goal: Budget | None) -> None:
    state = State.showing(scaled(V3, 0.5))
    state.goal = goal
    link = dict(parse_qsl(urlencode(address_of(state).query)))
    assert opened(link).goal == goal
    assert ("goal" in link) is (goal is not None)


def test_the_dialog_that_fits_is_closed_by_another_page_although_nobody_heard_that_it_was_closed() -> None:
    explore, costs = State.showing(V3), State.showing(V3)
    explore.page, costs.page = "Explore", "Costs"
    FITTING.open(explore)
    assert FITTING.is_open(explore)
    assert not FITTING.is_open(costs)
    assert not FITTING.is_open(explore)


@pytest.mark.parametrize(
    "text",
    [
        *("macs", "macs:", "macs:-1", "macs:nan", "macs:1e99", "seconds:0", "receptive_field_px:0.5", "x" * 1000),
        *("macs:1,dtype:int4", "macs:1,batch:0", "macs:1,batch:-1", "macs:1,batch:9999", "dtype:", "flops:1"),
    ],
)
def test_a_goal_that_cannot_be_is_left_out_of_a_link_with_a_sentence(text: str) -> None:
    state = opened({"variant": "inception_v3", "goal": text})
    assert state.arch == V3
    assert state.goal is None
    assert state.refusal is not None
    assert str(state.refusal[1]).startswith("The link's goal was not read: ")
    assert len(str(state.refusal[1])) < 200


@pytest.mark.parametrize("name", LIMITS)
def test_each_total_says_how_far_its_goal_is(name: str) -> None:
    analysis, published = analyze(scaled(V3, 0.5)), analyze(V3)
    times = NetworkTime(12), NetworkTime(30, measured=True)
    [now] = [each for each in totals_to(budget_of({name: 1}, "int8", 2), analysis, published, times) if each.goal]
    assert now.goal is not None
    assert now.now is not None
    for limit in (now.now - 1, now.now, now.now + 1):
        line = totals_to(budget_of({name: limit}, "int8", 2), analysis, published, times)
        [told] = [total.goal for total in line if total.goal is not None]
        enough = limit <= now.now if name == "receptive_field_px" else limit >= now.now
        assert told.met is enough
        assert told.after == now.now
        html = totals_html(line, "metrics")
        assert html.count('class="goal ') == 1
        assert (">met</span>" in html) is enough
        assert (told.missing in html) is not enough
    assert not any(total.goal for total in totals_to(None, analysis, published))


def test_bytes_are_those_of_the_goals_format_and_batch() -> None:
    analysis = analyze(V3)
    line = {total.label: total.now for total in totals_to(Budget(1e9, dtype="int8", batch=4), analysis, analysis)}
    assert line["Weights int8"] == analysis.params
    assert line["Peak memory int8 × 4"] == inference_memory(analysis, "int8", 4).peak.peak_bytes


def test_a_time_that_nobody_measured_is_neither_met_nor_missed() -> None:
    analysis = analyze(V3)
    line = totals_to(Budget(seconds=0.01), analysis, analysis)
    assert (line[-1].label, line[-1].now, line[-1].goal) == ("Time", None, None)
    assert ">not measured</span>" in totals_html(line, "metrics")


def test_the_time_of_an_edited_network_is_estimated_from_the_stages_that_were_timed() -> None:
    analysis = analyze(V3)
    seconds = [0.001 * i if s.macs or s.activation_elements else 0 for i, s in enumerate(analysis.stages, 1)]
    stages = tuple(Timing(s.name, each, 0, 0) for s, each in zip(analysis.stages, seconds, strict=True))
    whole = sum(stage.seconds for stage in stages)
    pace = paced(analysis, Latency(V3, "cpu", 1, "float32", 1, 3, Timing("", whole, 0, 0), stages))
    assert pace.estimate(analysis) == pytest.approx(whole)
    narrower = analyze(with_widths(V3, {"Conv2d_1a_3x3": 16}))
    first, second = (stage.macs for stage in narrower.stages[:2])
    want = whole - 0.003 + 0.001 * first / analysis.stages[0].macs + 0.002 * second / analysis.stages[1].macs
    assert pace.estimate(narrower) == pytest.approx(want)


def test_what_is_missing_is_said_with_its_unit() -> None:
    analysis = analyze(V3)
    goal = Budget(macs=3_871_000_000, params=20e6, weight_bytes=90e6, peak_bytes=10e6, receptive_field_px=2000)
    missing = {total.label: total.goal.missing for total in totals_to(goal, analysis, analysis) if total.goal}
    assert missing == {
        "Parameters": "3.83 M over",
        "MACs": "1.84 G over",
        "Weights": "5.34 MB over",
        "Peak memory": "4.90 MB over",
        "Receptive field": "689 px short",
    }


def test_the_text_of_a_goal_is_short_and_exact() -> None:
    assert budget_text(GOAL) == (
        "macs:1000000000,params:12345678,weight_bytes:33554432,peak_bytes:5000000,receptive_field_px:700"
    )
    assert read_budget("macs:1G,peak_bytes:4MiB") == Budget(macs=1e9, peak_bytes=4 * 2**20)
