"""Everything about a training run but the training: its data, what it would take, the run in the background."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load

from app.backend import analyze
from app.backend.charts.training import accuracy_curve, loss_curves
from app.backend.common.jobs import JOBS, Job, Progress
from app.backend.common.quantity import spoken
from app.backend.picture.forward import forward
from app.backend.training.data import Offer, class_folders, offers, read_data_set
from app.backend.training.job import Beginning, Finished, Live, work
from app.backend.training.plan import MAX_SECONDS, measured_speed, narrowed, step_macs, training_plan
from app.backend.training.record import curves_csv, weights_file
from inception_models import ARCHITECTURES, build, with_widths
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.preprocessing import Preprocessing
from inception_models.edits.input_output import with_classes
from inception_models.edits.link import apply_edits
from inception_models.training.evaluate import evaluate
from inception_models.training.run import Options, TrainingProgress
from inception_models.training.start import Tuning
from tests.models.tiny import halves, tiny

HALVES = Offer("Halves", 40, 2, halves)
OPTIONS = Options(epochs=2, batch=9, learning_rate=0.02)


# --- a folder of class folders ---------------------------------------------------------------------------------------


def pictures(folder: Path, classes: dict[str, int], size: tuple[int, int] = (20, 10)) -> Path:
    for shade, (name, count) in enumerate(classes.items()):
        (folder / name).mkdir()
        for number in range(count):
            Image.new("RGB", size, (40 * shade, number, 200)).save(folder / name / f"{number:02}.png")
    return folder


def test_class_folders_are_split_by_name_and_squared(tmp_path: Path) -> None:
    folder = pictures(tmp_path, {"cats": 5, "dogs": 11})
    (folder / "cats" / "notes.txt").write_text("no picture")
    (folder / ".hidden").mkdir()
    data = class_folders(folder, Preprocessing(8, 8))
    assert data.classes == ("cats", "dogs")
    assert data.train.labels.tolist() == [0] * 4 + [1] * 9
    assert data.test.labels.tolist() == [0, 1, 1]
    assert data.test.images[:, 1, 0, 0].tolist() == [4, 4, 9]  # every fifth by name; green is the picture's number
    assert data.train.images.shape == (13, 3, 8, 8)


@pytest.mark.parametrize(
    "parts, train, test",
    [
        ({"train": 4, "test": 3}, 8, 6),
        ({"Train": 4, "val": 2}, 8, 4),
        ({"train": 4, "validation": 2, "test": 3}, 12, 6),
    ],
)
def test_train_and_test_folders_are_understood(tmp_path: Path, parts: dict[str, int], train: int, test: int) -> None:
    for name, count in parts.items():
        (tmp_path / name).mkdir()
        pictures(tmp_path / name, {"cats": count, "dogs": count})
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / next(iter(parts)) / "__MACOSX").mkdir()
    (tmp_path / next(iter(parts)) / "cats" / "._00.png").write_bytes(b"resource fork")
    data = class_folders(tmp_path, Preprocessing(8, 8))
    assert data.classes == ("cats", "dogs")
    assert (len(data.train), len(data.test)) == (train, test)


def test_a_test_folder_with_another_class_is_refused(tmp_path: Path) -> None:
    for name in ("train", "test"):
        (tmp_path / name).mkdir()
    pictures(tmp_path / "train", {"cats": 2, "dogs": 2})
    pictures(tmp_path / "test", {"birds": 2})
    with pytest.raises(ValueError, match=r"The class 'birds' is in .*test and not in .*train"):
        class_folders(tmp_path, Preprocessing(8, 8))


def empty(folder: Path) -> None:
    pass


def damaged(folder: Path) -> None:
    pictures(folder, {"cats": 5, "dogs": 5})
    (folder / "dogs" / "03.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")


FOLDERS: list[tuple[Callable[[Path], object], str]] = [
    (empty, "0 class folders"),
    (partial(pictures, classes={"cats": 9}), "1 class folder;"),
    (partial(pictures, classes={"cats": 9, "dogs": 4}), "'dogs' has 4 pictures"),
    (damaged, "'dogs': \"03.png\""),
]


@pytest.mark.parametrize("make, hint", FOLDERS, ids=[row[1] for row in FOLDERS])
def test_a_folder_that_does_not_do_is_refused_and_what_is_wrong_is_named(
    tmp_path: Path, make: Callable[[Path], object], hint: str
) -> None:
    make(tmp_path)
    with pytest.raises(ValueError, match=hint):
        read_data_set(str(tmp_path), 8)


def test_too_many_pictures_for_the_memory_are_refused_before_any_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.backend.training.data.MAX_DATA_BYTES", 10 * 3 * 99**2 - 1)
    with pytest.raises(ValueError, match="GiB"):
        class_folders(pictures(tmp_path, {"cats": 5, "dogs": 5}), Preprocessing(99, 99))


def test_a_name_that_is_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fashion-mnist, digits"):
        read_data_set(str(tmp_path / "nothing"), 8)


def test_what_the_page_offers_is_as_large_as_it_says() -> None:
    for offer in offers():
        data = offer.read()
        assert (len(data.train), len(data.classes)) == (offer.pictures, offer.classes)


# --- what a run takes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", list(ARCHITECTURES))
def test_every_variant_can_be_made_small_enough_for_a_run_of_minutes(key: str) -> None:
    small = narrowed(ARCHITECTURES[key], 10)
    assert small.classes == 10
    assert small.aux == ()
    known = training_plan(analyze(small), 1437, Options(batch=64))
    assert known.refusal == ""
    assert known.seconds < 30 * 60


def test_a_plan_counts_three_passes_of_every_picture_heads_included() -> None:
    analysis = analyze(ARCHITECTURES["googlenet"])
    assert step_macs(analysis) == 3 * (analysis.macs + sum(head.macs for head in analysis.aux))
    known = training_plan(analysis, 1000, Options(2, 64), macs_per_second=1e10)
    assert known.seconds == pytest.approx(2 * 1000 * step_macs(analysis) / 1e10)
    assert known.long
    assert known.seconds < MAX_SECONDS
    assert known.refusal == ""


@pytest.mark.parametrize(
    "count, batch, hint", [(10**6, 8, r"hours.*narrower layers"), (10, 64, r"GiB of memory.*narrower layers")]
)
def test_what_is_hopeless_is_refused_with_what_would_help(count: int, batch: int, hint: str) -> None:
    analysis = analyze(ARCHITECTURES["inception_v4"])
    assert training_plan(analysis, 10, Options(1, 8)).refusal == ""
    assert re.search(hint, training_plan(analysis, count, Options(1, batch)).refusal)


def test_the_speed_is_that_of_real_steps() -> None:
    speed = measured_speed(tiny(), 32)
    assert 1e7 < speed < 1e13


@pytest.mark.parametrize(
    "seconds, said", [(0.2, "1 second"), (1.6, "2 seconds"), (89, "89 seconds"), (91, "2 minutes"), (9000, "2.5 hours")]
)
def test_times_are_said_roughly(seconds: float, said: str) -> None:
    assert spoken(seconds) == said


# --- in the background -----------------------------------------------------------------------------------------------


def started(work: Callable[[Progress], Finished]) -> Job[Finished]:
    job = Job("ann", "training", work, "long")
    JOBS.put(job)
    return job


def test_a_run_in_the_background_learns_and_leaves_everything_behind() -> None:
    arch = tiny(2)
    live = Live(OPTIONS.epochs, arch.classes)
    job = started(partial(work, arch, HALVES, OPTIONS, live))
    job.wait()
    done = job.result
    assert done is not None, job.problem
    assert done.test.count == 20
    assert live.at is not None
    assert (live.at.step, live.at.steps, len(live.losses)) == (8, 8, 8)
    assert live.steps_an_epoch == 4
    assert live.at.curve == done.trained.curve
    assert live.seconds_left == 0
    assert job.progress.fraction == 1

    net = build(arch)
    net.load_state_dict(load(weights_file(done.trained)))
    assert evaluate(net, halves().test, done.trained.mean, done.trained.std) == done.test
    card = json.loads(done.card)
    assert card["classes"] == ["upper", "lower"]
    assert apply_edits(ARCHITECTURES[card["variant"]], card["edits"]) == arch
    assert card["accuracy"] == card["card"]["test_correct"] / 20
    assert curves_csv(done.trained.curve).count("\n") == 3
    assert [len(trace.x) for trace in loss_curves(live.losses, 4, live.at.curve).data] == [8, 2]
    assert list(accuracy_curve(live.at.curve, 2).data[0].x) == [1, 2]


def test_a_run_that_starts_from_the_demo_keeps_its_weights_for_the_picture_page() -> None:
    arch = with_classes(demo().arch, 2)
    live = Live(OPTIONS.epochs, 2)
    beginning = Beginning("demo", Tuning(1, ("conv*", "inception3*")))
    job = started(partial(work, arch, HALVES, OPTIONS, live, beginning=beginning))
    job.wait()
    done = job.result
    assert done is not None, job.problem
    assert done.weights.name == f"Just trained, {done.test.accuracy:.1%}"
    own = {key: value.data_ptr() for key, value in done.trained.net.state_dict().items()}
    assert own == {key: value.data_ptr() for key, value in done.weights.tensors.items()}  # one copy
    card = json.loads(done.card)["card"]
    assert (card["from"], card["fine_tuning"]["head_epochs"], card["fine_tuning"]["frozen"][:2]) == (
        "demo",
        1,
        ["conv1", "conv2"],
    )
    picture = Image.new("RGB", (40, 30), (200, 40, 90))
    for edited in (arch, with_widths(arch, {"conv1": 7}), with_classes(arch, 2)):
        result = forward(edited, picture, done.weights)
        assert result.trained_weights.class_names == ("upper", "lower")
        assert result.preprocessing.channels == "grey"
        assert result.preprocessing.mean == demo().preprocessing.mean
    assert live.plan is not None
    assert live.plan.epoch_seconds[0] < live.plan.epoch_seconds[1]  # the head alone


def test_frozen_stages_cost_less_and_the_time_left_follows() -> None:
    analysis = analyze(ARCHITECTURES["googlenet_bn"])
    macs = {stage.name: stage.macs for stage in analysis.stages}
    heads = 3 * sum(head.macs for head in analysis.aux)
    every, first, late = step_macs(analysis), macs["conv1"] + macs["conv2"], macs["inception5b"]
    assert step_macs(analysis, {"conv1", "conv2"}) == every - 2 * first  # forward only
    assert step_macs(analysis, {"inception5b"}) == every - late  # its input's gradient is still needed
    assert step_macs(analysis, set(macs) - {"fc"}) == sum(macs.values()) + 2 * macs["fc"] + heads
    known = training_plan(analysis, 100, Options(epochs=4), 1e9, Tuning(2))
    head, full = known.epoch_seconds[0], known.epoch_seconds[-1]
    assert known.epoch_seconds == (head, head, full, full)
    after_three = TrainingProgress(30, 40, 1.0, 7.0, ())
    assert known.left(after_three) == pytest.approx(7 * full / (2 * head + full))


def test_many_steps_are_averaged_in_the_plot() -> None:
    training, _ = loss_curves([1.0, 3.0] * 800, 100, ()).data  # four by four
    assert set(training.y) == {2}
    assert (len(training.x), training.x[0], training.x[-1]) == (400, 0.04, 16)


def test_a_run_is_cancelled_within_a_step() -> None:
    live = Live(1000, 2)
    job = started(partial(work, tiny(2), HALVES, replace(OPTIONS, epochs=1000), live))
    while live.at is None and job.running:
        torch.rand(1)
    job.progress.cancel()
    job.wait()
    assert job.result is None
    assert job.problem == ""
    assert live.at is not None
    assert live.at.step < 2000


def test_a_hopeless_run_is_refused_before_it_learns() -> None:
    live = Live(1000, 2)
    job = started(partial(work, tiny(2), replace(HALVES, pictures=10**9), replace(OPTIONS, epochs=1000), live))
    job.wait()
    assert "at most an hour" in job.problem
    assert live.at is None
