"""Searches: every number is that of an analysis, the front is right, and nothing is lost when something stops."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from distributed import LocalCluster

from app.backend import analyze
from app.backend.common.jobs import Cancelled, Progress
from app.backend.decide.searching.search import SearchOptions, logged_result, pareto_front, search
from app.backend.decide.searching.search_log import logged_problem
from app.backend.decide.searching.search_space import SearchAxis, SearchSpace
from app.backend.decide.searching.trials import Problem, Tryout
from app.backend.memory.inference import inference_memory
from app.backend.training.data import shipped_pictures
from app.cli import main
from inception_models import ARCHITECTURES
from inception_models.checkpoints.demo import demo
from inception_models.training.evaluate import evaluate
from inception_models.weights import load, read

V3 = SearchSpace(
    ARCHITECTURES["inception_v3"],
    (
        SearchAxis("scale", "Mixed_6*", 0.25, 1, 0.05),
        SearchAxis("width", "Mixed_5b.branch5x5.conv", 16, 64, 8),
        SearchAxis("size", "", 139, 299, 32),
    ),
)
DEEP = SearchSpace(
    ARCHITECTURES["inception_resnet_v1"],
    (SearchAxis("copies", "block17", 1, 10, 1), SearchAxis("scale", "*", 0.25, 1, 0.25)),
)
ONE = SearchOptions("random", count=40, jobs=1)


def rubbish() -> list[str]:
    good = {"search": "inception_v3", "edits": {"v": 1}, "axes": [asdict(axis) for axis in V3.axes], "tryout": None}
    bad = (
        {"search": "vgg"},
        {"edits": {"v": 1, "w": {"no": 3}}},
        {"edits": 3},
        {"axes": []},
        {"axes": [3]},
        {"axes": [asdict(V3.axes[0]) | {"kind": "eval"}]},
        {"axes": [asdict(V3.axes[0]) | {"step": 0}]},
        {"axes": [asdict(V3.axes[0]) | {"path": "../etc"}]},
        {"tryout": {"weights": "demo", "data": "/etc"}},
    )
    return ["", "[" * 10_000, "{}", *(json.dumps(good | change) for change in bad)]


@pytest.mark.parametrize("text", rubbish())
def test_a_file_that_is_no_log_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+\.$"):
        logged_problem(text)


@pytest.mark.parametrize("method", ["random", "grid", "evolution"])
@pytest.mark.parametrize("space", [V3, DEEP], ids=["v3", "deep"])
def test_every_number_is_that_of_the_network(method: str, space: SearchSpace) -> None:
    options = SearchOptions(method, ("macs", "receptive_field_px"), count=70, jobs=1)
    result = search(Problem(space), options)
    assert len(result.trials) >= 20
    for i in (0, len(result.trials) // 2, *result.front):
        analysis, numbers = analyze(result.network(i)), result.trials[i].numbers
        assert (numbers["macs"], numbers["params"]) == (analysis.macs, analysis.params)
        assert numbers["peak_bytes"] == inference_memory(analysis).peak.peak_bytes
    values = {(axis.name, trial.choice[axis.name]) for axis in space.axes for trial in result.trials}
    assert values <= {(axis.name, value) for axis in space.axes for value in axis.values}


def test_a_grid_is_every_choice_once() -> None:
    result = search(Problem(DEEP), SearchOptions("grid", count=1000, jobs=1))
    assert len(result.trials) == DEEP.size == 40


def test_evolution_comes_closer_to_the_front_than_chance() -> None:
    """By the best number of MACs among networks that keep at least half of their widths."""
    best = {}
    for method in ("random", "evolution"):
        result = search(Problem(V3), SearchOptions(method, count=640, jobs=1, seed=3))
        best[method] = len(result.front)
    assert best["evolution"] >= best["random"]


def test_the_front_is_what_nothing_dominates() -> None:
    points = [
        {"macs": 1, "kept": 0.1},
        {"macs": 2, "kept": 0.5},
        {"macs": 3, "kept": 0.4},
        {"macs": 2, "kept": 0.2},
        {},
    ]
    assert pareto_front(points, ("macs", "kept")) == (0, 1)


class _CancelledHalfway(Progress):
    def report(self, fraction: float, doing: str) -> None:
        if fraction >= 0.5:
            self.cancel()
        super().report(fraction, doing)


def test_a_cancelled_search_goes_on_from_its_log(tmp_path: Path) -> None:
    """It ends as one that was never stopped, and evaluates nothing twice; a line that was cut off is done again."""
    log, options = tmp_path / "log.jsonl", SearchOptions("evolution", count=256, jobs=1, seed=5)
    whole = search(Problem(V3), options)
    with pytest.raises(Cancelled):
        search(Problem(V3), options, log, _CancelledHalfway())
    assert logged_problem(log.read_text()) == Problem(V3)
    before = log.read_text()
    kept = logged_result(Problem(V3), options.objectives, log)
    assert all(trial in whole.trials for trial in kept.trials)
    assert len(kept.trials) == len(before.splitlines()) - 1
    assert 10 < len(before.splitlines()) < len(whole.trials)
    log.write_text(before[:-20])
    assert search(Problem(V3), options, log) == whole
    keys = [json.dumps(json.loads(line)["choice"]) for line in log.read_text().splitlines()[1:]]
    assert len(keys) == len(set(keys)) == len(whole.trials)
    with pytest.raises(ValueError, match="log of another search"):
        search(Problem(DEEP), options, log)


def test_processes_and_a_cluster_that_loses_a_worker_find_the_same(tmp_path: Path) -> None:
    """One of two Dask workers is killed in the middle of the search."""
    options = SearchOptions("random", count=768, seed=1)
    alone = search(Problem(V3), SearchOptions("random", count=768, seed=1, jobs=1))
    assert search(Problem(V3), SearchOptions("random", count=768, seed=1, jobs=2)) == alone
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        killed: list[int] = []

        class Killer(Progress):
            def report(self, fraction: float, doing: str) -> None:
                if fraction >= 0.3 and not killed:
                    killed.append(cluster.workers[0].pid)
                    os.kill(killed[0], signal.SIGKILL)
                super().report(fraction, doing)

        options = SearchOptions("random", count=768, seed=1, scheduler=cluster.scheduler_address)
        log = tmp_path / "log.jsonl"
        assert search(Problem(V3), options, log, Killer()) == alone
        assert killed
        assert len(log.read_text().splitlines()) == 1 + len(alone.trials)


def test_accuracy_is_that_of_the_carried_weights(tmp_path: Path) -> None:
    """Of the demo's weights by name and of a file with the same; the file's log goes on wherever the file is."""
    space = SearchSpace(demo().arch, (SearchAxis("width", "conv2", 24, 48, 24),))
    options = SearchOptions("grid", ("macs", "accuracy"), jobs=1, yields=True)
    result = search(Problem(space, Tryout("demo", "demo", test_pictures=60)), options)
    pictures = shipped_pictures().expected(demo().preprocessing)
    for i, trial in enumerate(result.trials):
        net = load(result.network(i), "demo")
        assert trial.numbers["accuracy"] == evaluate(net, pictures.test[:60], pictures.mean, pictures.std).accuracy
    assert result.trials[0].numbers["accuracy"] < result.trials[1].numbers["accuracy"]

    torch.save(load(demo().arch, "demo").state_dict(), tmp_path / "mine.pth")
    mine = replace(read(tmp_path / "mine.pth"), preprocessing=demo().preprocessing)
    problem, log = Problem(space, Tryout(mine, "demo", test_pictures=60)), tmp_path / "log.jsonl"
    assert search(problem, options, log).trials == result.trials
    (tmp_path / "mine.pth").rename(tmp_path / "moved.pth")
    again = replace(read(tmp_path / "moved.pth"), preprocessing=demo().preprocessing)
    assert logged_problem(log.read_text(), again).tryout == Tryout(again, "demo", test_pictures=60)
    for others in ("random", "demo"):
        with pytest.raises(ValueError, match="choose the same ones on the Picture page"):
            logged_problem(log.read_text(), others)


def test_pictures_may_be_read_from_known_places_alone() -> None:
    """A log is anybody's file, so it may not name a folder of the server."""
    for known in (Tryout("demo", "/etc"), Tryout("demo", "fashion-mnist", folder="/etc")):
        about = {"search": demo().arch.key, "edits": {"v": 1}, "axes": [], "tryout": known.logged}
        with pytest.raises(ValueError, match="folder's data"):
            logged_problem(json.dumps(about | {"axes": [asdict(SearchAxis("width", "conv2", 8, 16, 8))]}), "demo")


def test_where_a_split_rounds_its_shares_costs_are_those_of_an_analysis() -> None:
    arch = ARCHITECTURES["inceptionnext_tiny"]
    space = SearchSpace(arch, (SearchAxis("width", "stem", 90, 97, 1),))
    result = search(Problem(space), SearchOptions("grid", jobs=1))
    for i, trial in enumerate(result.trials):
        analysis = analyze(result.network(i))
        assert (trial.numbers["macs"], trial.numbers["params"]) == (analysis.macs, analysis.params)


@pytest.mark.parametrize(
    "words, sentence",
    [
        ([], "at least one range"),
        (["--width", "x=1:2"], "is not the path of a width"),
        (["--scale", "Mixed_9*=0.5:1"], "is not the path of a part with widths"),
        (["--copies", "Mixed_5b=1:2"], "does not have a group of equal blocks"),
        (["--size", "300"], "takes a range such as 16:64:8"),
        (["--size", "300:200"], "from low to high"),
        (["--size", "200:300", "--objectives", "macs,beauty"], "'beauty' is not an objective"),
        (["--size", "200:300", "--weights", "demo"], "Accuracy needs both"),
        (["--size", "200:300", "--scheduler", "tcp://127.0.0.1:9"], "There is no Dask scheduler"),
    ],
)
def test_what_cannot_be_searched_is_a_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "inception_v3", *words]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.splitlines()) == 1


def test_the_command_lists_the_front_and_writes_every_trial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "trials.csv"
    words = ["--scale", "Mixed_*=0.25:1", "--size", "203:299:32", "--method", "grid", "--jobs", "1", "-o", str(table)]
    assert main(["search", "inception_v3", *words]) == 0
    assert capsys.readouterr().out.startswith("28 networks tried, 0 of them do not fit")
    assert len(table.read_text().splitlines()) == 29
    assert main(["search", "inception_v3", *words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["front"][0]["link"]["variant"] == "inception_v3"
