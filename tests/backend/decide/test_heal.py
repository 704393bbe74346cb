"""Prune and heal, with networks that learn in seconds."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.backend import analyze
from app.backend.common.jobs import Cancelled, Progress
from app.backend.decide.healing import heal_data
from app.backend.decide.healing.heal import HealPlan, prune_and_heal
from app.backend.decide.healing.heal_figure import heal_svg
from app.backend.decide.healing.heal_result import HealResult, heal_csv, heal_json
from app.backend.training.job import Finished
from app.cli import main
from inception_models.checkpoints.demo import demo
from inception_models.edits.input_output import with_input_size
from inception_models.training.datasets import Data, digits
from inception_models.training.evaluate import evaluate
from inception_models.training.start import loaded_with_its_classes

PLAN = HealPlan((0.5,), (0, 1), epochs=1)


def pictures() -> Data:
    """Ten classes, as the demo has; what it knows of them does not matter here."""
    data = digits().expected(demo().preprocessing)
    return replace(data, train=data.train[:160], test=data.test[:80])


class _CancelledAtHalf(Progress):
    def report(self, fraction: float, doing: str) -> None:
        if fraction >= 0.5:
            self.cancel()
        super().report(fraction, doing)


def test_every_method_is_trained_alike_and_a_stopped_run_goes_on(tmp_path: Path) -> None:
    log, arch, data = tmp_path / "log.jsonl", with_input_size(demo().arch, 48), pictures()
    with pytest.raises(Cancelled):
        prune_and_heal(arch, "demo", data, PLAN, log, _CancelledAtHalf())
    done = log.read_text().splitlines()
    assert len(done) == 3  # the heading, and two of six networks: the third was under way
    told: list[tuple[int, bool]] = []

    def tell(result: HealResult, network: Finished | None) -> None:
        told.append((len(result.trials), network is not None))
        if network is not None:
            assert network.test.accuracy == result.trials[-1].accuracy
            again = loaded_with_its_classes(network.trained.net.arch, network.weights).net
            assert evaluate(again, data.test, data.mean, data.std) == network.test

    result = prune_and_heal(arch, "demo", data, PLAN, log, so_far=tell)
    assert told == [(1, False), (2, False), (3, True), (4, True), (5, True), (6, True)]
    assert log.read_text().splitlines()[:3] == done
    assert [(t.method, t.seed) for t in result.trials] == [
        (method, seed) for method in ("pruned", "even", "scratch") for seed in (0, 1)
    ]
    macs = analyze(arch).macs
    for point in result.points:
        assert 0.99 * 0.5 <= point.macs / macs <= 0.5
        assert (point.cut_accuracy is None) is (point.method == "scratch")
        scores = [t.accuracy for t in result.trials if t.method == point.method]
        assert point.accuracy == pytest.approx(sum(scores) / 2)
        assert point.spread == pytest.approx(abs(scores[0] - scores[1]) / 2**0.5)
    assert len({(t.macs, t.params) for t in result.trials if t.method != "even"}) == 1
    assert len(list(csv.DictReader(heal_csv(result).splitlines()))) == 6
    assert len(json.loads(heal_json(result))["points"]) == 3
    titles = [e.text for e in ElementTree.fromstring(heal_svg(result)).iter() if e.tag.endswith("title")]
    assert len(titles) == 3
    with pytest.raises(ValueError, match="log of something else"):
        prune_and_heal(arch, "demo", data, replace(PLAN, epochs=2), log)


def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for words, sentence in (
        (["-o", "x.txt"], "must be a .csv file"),
        (["-o", str(tmp_path / "x.csv"), "--share", "1.5"], "above 0 and below 1"),
    ):
        assert main(["prune", "auto", "--weights", "demo", "--data", "digits", *words]) == 2
        assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("shipped", [True, False])
def test_the_demos_pictures_are_apart_and_as_its_weights_expect(shipped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if shipped:
        monkeypatch.setattr(heal_data, "fashion_folder", lambda: None)
    else:
        whole = heal_data.demo_data(demo().arch, 0)
        monkeypatch.setattr(heal_data, "fashion_folder", lambda: "there")
        monkeypatch.setattr(heal_data, "fashion_mnist", lambda: replace(whole, train=whole.test))
    data = heal_data.demo_data(demo().arch, 150)
    assert len(data.train) == (200 if shipped else 150)
    assert len(data.test) == 200
    net = loaded_with_its_classes(demo().arch, "demo").net
    assert evaluate(net, data.test, data.mean, data.std).accuracy > 0.85
    if shipped:
        pairs = {tuple(picture.flatten().tolist()) for picture in data.train.images}
        assert not any(tuple(picture.flatten().tolist()) in pairs for picture in data.test.images)
