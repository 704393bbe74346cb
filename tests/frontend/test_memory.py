"""What the browser keeps of a session comes back as it was; anything else in its place is refused with a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.frontend.session import address_of
from app.frontend.shell import lesson
from app.frontend.shell.memory import kept_of, recalled
from app.frontend.state import HISTORY, State
from inception_models import ARCHITECTURES, with_widths
from inception_models.checkpoints.preprocessing import preprocessing_from_json
from inception_models.checkpoints.presets import PRESETS
from tests.app_server import ROOT
from tests.models.random_edits import edited

RECORD_JS = ROOT / "app" / "frontend" / "components" / "session_memory" / "record.js"
NODE = str(Path(sys.executable).with_name("node"))
ADDING = (
    f'import {{ added }} from "{RECORD_JS.as_uri()}"\n'
    'import { readFileSync } from "node:fs"\n'
    "let record = null\n"
    'for (const now of JSON.parse(readFileSync(0, "utf8"))) record = added(record, now)\n'
    "console.log(JSON.stringify(record))\n"
)
ODD = (None, True, -1, 0.5, 10**400, float("nan"), "", "x\0\ud800", [], [5], [["a"]], {}, {"a": 5}, {"googlenet": [7]})


def kept_by_browser(runs: list[object]) -> object:
    """The record that the component's own script makes of what these runs say."""
    command = (NODE, "--input-type=module", "--eval", ADDING)
    ran = subprocess.run(command, input=json.dumps(runs), capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


RECENT = (
    f'import {{ withRecent }} from "{RECORD_JS.as_uri()}"\n'
    'import { readFileSync } from "node:fs"\n'
    'let [recent, before] = [[], ""]\n'
    'for (const [variant, edits] of JSON.parse(readFileSync(0, "utf8"))) {\n'
    '  if (edits && edits !== before) recent = withRecent(recent, { variant, edits }, before, "today")\n'
    "  before = edits\n"
    "}\n"
    "console.log(JSON.stringify(recent.map(({ network: { variant, edits } }) => variant + edits)))\n"
)


def test_recent_networks_are_the_last_ten_each_as_it_was_left() -> None:
    shown = [("v3", "a"), ("v3", "ab"), ("v1", ""), ("v1", "c"), ("v3", "ab"), ("v3", ""), ("v3", "d"), ("v1", "c")]
    command = (NODE, "--input-type=module", "--eval", RECENT)

    def listed(networks: object) -> object:
        return json.loads(subprocess.check_output(command, input=json.dumps(networks), text=True))

    assert listed(shown) == ["v1c", "v3d", "v3ab"]
    assert listed([each for n in range(15) for each in (("v1", f"{n}"), ("v1", ""))]) == [
        f"v1{n}" for n in range(14, 4, -1)
    ]


def seen(state: State) -> tuple[object, ...]:
    undo = (state.arch, state.past, state.future, state.step)
    return *undo, state.latest, state.selected, state.expanded, state.folded, state.weights, state.files, state.pins


@st.composite
def sessions(draw: st.DrawFn) -> tuple[State, list[object]]:
    """A session after some edits, undone, redone and changed variants, and what each of its runs told the browser."""
    state = State.showing(ARCHITECTURES["googlenet"])
    runs: list[object] = [kept_of(state)]
    for _ in range(draw(st.integers(1, 12))):
        match draw(st.sampled_from(("edit", "edit", "edit", "variant", "undo", "redo", "pin"))):
            case "edit":
                state.become(draw(edited(state.original, most=3))[0])
            case "variant":
                state.show_variant(draw(st.sampled_from(("googlenet", "inception_v3", "inception_resnet_v2"))))
            case "undo":
                state.undo()
            case "redo":
                state.redo()
            case "pin":
                state.toggle_pin()
        state.select(draw(st.sampled_from([stage.name for stage in state.arch.stages])))
        state.expanded = frozenset({state.selected})
        state.weights[state.arch.key] = draw(st.sampled_from(("random", "own")))
        runs.append(kept_of(state))
    for _ in range(draw(st.integers(0, 4))):
        state.undo()
        runs.append(kept_of(state))
    return state, runs


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sessions())
def test_a_session_comes_back_as_it_was(session: tuple[State, list[object]]) -> None:
    state, runs = session
    again, address = recalled(kept_by_browser(runs))
    assert seen(again) == seen(state)
    assert address == address_of(state).query


def test_how_pictures_are_prepared_for_a_file_comes_back() -> None:
    state, steps = State.showing(ARCHITECTURES["googlenet"]), PRESETS["caffe"].steps(224)
    state.preprocessing["a digest"] = {"preset": "caffe", "steps": asdict(steps)}
    runs: list[object] = [kept_of(state)]
    record = kept_by_browser(runs)
    again = recalled(record)[0].preprocessing["a digest"]
    assert (again["preset"], preprocessing_from_json(again["steps"])) == ("caffe", steps)
    assert recalled(json.loads(json.dumps(record).replace("resize_px", "other")))[0].preprocessing == {}


def test_a_lesson_that_was_under_way_goes_on_and_the_persons_own_networks_are_still_theirs() -> None:
    state = State.showing(ARCHITECTURES["googlenet"])
    own = with_widths(state.original, {"inception3a.branch1x1.conv": 96})
    state.become(own)
    runs: list[object] = [kept_of(state)]
    lesson.begin(state, "7_residual_scale")
    runs.append(kept_of(state))
    lesson.turn(state, 1)
    state.become(with_widths(ARCHITECTURES["googlenet"], {"inception3a.branch1x1.conv": 8}))
    runs.append(kept_of(state))
    again, _ = recalled(kept_by_browser(runs))
    assert (again.lesson, again.arch) == (state.lesson, state.arch)
    assert again.latest == {"googlenet": own}
    lesson.leave(again)
    assert (again.arch, again.lesson, again.selected) == (own, None, "inception3a")
    again.undo()
    assert again.arch == state.arch  # what was done in the lesson is not lost either


@pytest.mark.parametrize("place", [None, 5, {}, {"lesson": "0"}, {"lesson": "1_why_1x1", "step": 99}])
def test_a_lesson_that_is_none_is_not_gone_on_with(place: object) -> None:
    state = State.showing(ARCHITECTURES["googlenet"])
    lesson.begin(state, "1_why_1x1")
    record = json.loads(json.dumps(kept_by_browser([kept_of(state)])))
    record["kept"]["lesson"] = {**record["kept"]["lesson"], **place} if isinstance(place, dict) and place else place
    assert recalled(record)[0].lesson is None


def test_of_a_long_history_the_last_steps_come_back() -> None:
    state, runs = State.showing(ARCHITECTURES["googlenet"]), []
    for width in range(1, HISTORY + 50):
        state.type_numbers({"inception3a.branch1x1.conv": str(width)})
        state.gesture = ("", 0.0)
        runs.append(kept_of(state))
    record = kept_by_browser(runs)
    assert len(json.dumps(record)) < 50_000
    assert recalled(record)[0].past == state.past


def test_a_run_that_the_browser_missed_costs_only_the_steps_before_it() -> None:
    state, runs = State.showing(ARCHITECTURES["googlenet"]), []
    for width in range(10, 15):
        state.type_numbers({"inception3a.branch1x1.conv": str(width)})
        state.gesture = ("", 0.0)
        runs.append(kept_of(state))
    again = recalled(kept_by_browser([*runs[:2], *runs[3:]]))[0]
    assert (again.arch, again.past) == (state.arch, state.past[-1:])


def test_whatever_is_in_the_place_of_anything_in_it_is_refused_or_ignored() -> None:
    link = {"variant": "googlenet", "edits": '{"v":1,"w":{"inception3a.branch1x1.conv":96}}'}
    state = State.showing(ARCHITECTURES["googlenet"])
    state.expanded = state.folded = frozenset({"inception3a"})
    state.weights, state.files = {"googlenet": "own"}, {"upload": "cat.png"}
    record = json.loads(
        json.dumps({"v": 1, **kept_of(state), "address": link, "networks": {"0": link}, "latest": {"googlenet": link}})
    )
    assert recalled(record)[0].edited
    for path in paths(record):
        for odd in ODD:
            changed = json.loads(json.dumps(record))
            place = changed
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = odd
            try:
                again, _ = recalled(changed)
            except ValueError:
                continue
            assert again.arch.key == "googlenet", (path, odd)
            assert kept_of(again), (path, odd)


def paths(value: object) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return []
    return [path for key in value for path in [(key,), *((key, *rest) for rest in paths(value[key]))]]


@pytest.mark.parametrize("record", [None, [], {}, {"v": 2}, "x" * 10])
def test_what_is_no_record_is_refused(record: object) -> None:
    with pytest.raises(ValueError, match="record"):
        recalled(record)
