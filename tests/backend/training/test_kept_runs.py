"""A run from the page that was cut off goes on; what is kept of it is bounded, and nobody else's."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from app.backend.common.jobs import Cancelled, Progress
from app.backend.training import kept_runs
from app.backend.training.data import Offer
from app.backend.training.job import Beginning, Live, work
from app.backend.training.kept_runs import MOST_KEPT, OLDEST_SECONDS, KeptRun
from app.backend.training.record import weights_file
from inception_models import ARCHITECTURES
from inception_models.checkpoints.demo import demo
from inception_models.edits.input_output import with_input_size
from inception_models.training import train as training
from inception_models.training.datasets import digits
from inception_models.training.run import Options
from inception_models.training.start import Tuning
from inception_models.weights import OwnFile
from tests.models.tiny import tiny

OPTIONS = Options(epochs=3, batch=40)
OFFER = Offer("Some digits", 80, 10, lambda: digits().limited(80))
RUN = KeptRun(tiny(10), OFFER.title, OPTIONS, None)
FROM_DEMO = KeptRun(with_input_size(demo().arch, 48), OFFER.title, OPTIONS, Beginning("demo", Tuning(1, ("conv*",))))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INCEPTION_EXPLORER_CACHE", str(tmp_path))
    return tmp_path / "runs"


class CutOff(Progress):
    """As a server that stops during the third step."""

    def report(self, fraction: float, doing: str) -> None:
        if doing.startswith("Epoch") and fraction > 0.34:
            raise Cancelled
        super().report(fraction, doing)


@pytest.mark.parametrize("run", [RUN, FROM_DEMO], ids=["random", "demo"])
def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not_been(run: KeptRun) -> None:
    def done(checkpoint: Path | None, live: Live, progress: Progress) -> bytes:
        return weights_file(work(run.arch, OFFER, OPTIONS, live, progress, run.beginning, checkpoint).trained)

    want = done(None, whole := Live(3, 10), Progress())
    checkpoint = kept_runs.keep("ann", run)
    assert kept_runs.kept("ann") is None, "nothing is saved yet"
    with pytest.raises(Cancelled):
        done(checkpoint, Live(3, 10), CutOff())
    assert kept_runs.kept("ann") == run
    assert kept_runs.kept("bob") is None
    live = Live(3, 10)
    assert done(kept_runs.checkpoint_of("ann"), live, Progress()) == want
    known = [at for at, loss in enumerate(live.losses) if loss == loss]
    assert len(live.losses) == len(whole.losses)
    assert known[0] > 0
    assert [live.losses[at] for at in known] == [whole.losses[at] for at in known]
    kept_runs.forget("ann")
    assert kept_runs.kept("ann") is None


@pytest.mark.parametrize(
    "run",
    [
        replace(RUN, beginning=Beginning(OwnFile("mine.pth", "0" * 8, {}), Tuning(1))),
        replace(RUN, arch=ARCHITECTURES["googlenet_naive"]),
    ],
    ids=["own file", "large"],
)
def test_what_cannot_be_kept(run: KeptRun) -> None:
    assert kept_runs.keep("ann", run) is None


def test_a_cache_that_cannot_be_written_or_read_ends_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checkpoint = kept_runs.keep("ann", RUN)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(training, "save", full)
        assert work(RUN.arch, OFFER, OPTIONS, Live(3, 10), Progress(), None, checkpoint).test.count == 360
    (tmp_path / "file").touch()
    monkeypatch.setenv("INCEPTION_EXPLORER_CACHE", str(tmp_path / "file"))
    assert kept_runs.keep("ann", RUN) is None
    assert kept_runs.kept("ann") is None


def test_what_is_kept_is_bounded_in_number_and_age(cache: Path) -> None:
    for number in range(MOST_KEPT + 2):
        checkpoint = kept_runs.keep(f"person {number}", RUN)
        assert checkpoint is not None
        torch.save({}, checkpoint)
        for file in (checkpoint, checkpoint.with_suffix(".json")):
            os.utime(file, (time.time() + number - 100,) * 2)
    assert len(list(cache.iterdir())) == 2 * MOST_KEPT
    assert kept_runs.kept("person 1") is None
    assert kept_runs.kept("person 2") == RUN
    for file in cache.iterdir():
        os.utime(file, (time.time() - OLDEST_SECONDS - 1,) * 2)
    assert kept_runs.kept("person 2") is None
    kept_runs.keep("ann", RUN)
    assert [file.suffix for file in cache.iterdir()] == [".json"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"network": 1, "data": "", "options": {"epochs": -1}, "source": null}', '{"options": {}}']
)
def test_what_is_damaged_is_no_run(text: str, cache: Path) -> None:
    checkpoint = kept_runs.keep("ann", RUN)
    assert checkpoint is not None
    torch.save({}, checkpoint)
    checkpoint.with_suffix(".json").write_text(text)
    assert kept_runs.kept("ann") is None
