"""The Train page after a restart of the server: a run that was cut off is offered again, and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.backend.common.jobs import Cancelled, Progress
from app.backend.training import kept_runs
from app.backend.training.data import offers
from app.backend.training.job import Live, work
from app.backend.training.kept_runs import KeptRun
from app.frontend.kit.task_records import RECORDS
from inception_models.training.run import Options
from tests.models.tiny import tiny

ANN = "a" * 32


class CutOff(Progress):
    def report(self, fraction: float, doing: str) -> None:
        if doing.startswith("Epoch 2"):
            raise Cancelled
        super().report(fraction, doing)


def page() -> None:
    from app.frontend.pages import train

    train.page()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_run_that_was_cut_off_is_offered_to_its_person_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCEPTION_EXPLORER_CACHE", str(tmp_path))
    offer, options, arch = offers()[0], Options(epochs=2, batch=64), tiny(10)
    checkpoint = kept_runs.keep(ANN, KeptRun(arch, offer.title, options, None))
    with pytest.raises(Cancelled):
        work(arch, offer, options, Live(2, 10), CutOff(), None, checkpoint)

    apps = {who: AppTest.from_function(page, default_timeout=60) for who in (ANN, "b" * 32)}
    for who, app in apps.items():
        app.session_state.visitor = who
        app.run()
    assert "Go on with it" not in labels(apps["b" * 32])
    app = apps[ANN]
    assert any("A run of yours has not ended" in text.value for text in app.markdown)
    next(button for button in app.button if button.label == "Go on with it").click().run()
    if job := RECORDS.of(ANN, "training").job:
        job.wait(60)
    app.run()
    assert not app.exception
    assert app.session_state.state.arch == arch
    assert "test pictures right" in " ".join(text.value for text in app.markdown)
    assert "Go on with it" not in labels(app)
    assert list((tmp_path / "runs").iterdir()) == []
