"""Training is real here: tiny networks learn within seconds, and a run that was stopped goes on bit by bit."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import torch

from inception_models import ARCHITECTURES
from inception_models.checkpoints.demo import FILE, FOLDER, demo
from inception_models.checkpoints.demo import test_pictures as shipped  # its own name would make it a test
from inception_models.edits.input_output import with_classes, with_input_size
from inception_models.edits.widths import scaled
from inception_models.training.datasets import Data, Pictures, digits, fashion_folder, fashion_mnist
from inception_models.training.evaluate import evaluate
from inception_models.training.resume import save
from inception_models.training.run import Options, Run, TrainingProgress, learning_rate
from inception_models.training.train import Trained, train
from inception_models.weights import load
from tests.models.tiny import halves, tiny

SHORT = Options(epochs=3, batch=8, learning_rate=0.02, seed=5)


class Stop(Exception):
    pass


def equal(one: Trained, other: Trained) -> bool:
    same: list[bool] = [
        torch.equal(a, b) for a, b in zip(one.net.state_dict().values(), other.net.state_dict().values(), strict=True)
    ]
    curves = [[replace(epoch, seconds=0) for epoch in trained.curve] for trained in (one, other)]
    return all(same) and curves[0] == curves[1]


def test_digits_are_learned_within_seconds() -> None:
    data = digits()
    trained = train(tiny(), data, Options(epochs=4, batch=32, learning_rate=0.1, seed=1))
    assert [epoch.number for epoch in trained.curve] == [1, 2, 3, 4]
    assert trained.curve[-1].train_loss < 0.5 * trained.curve[0].train_loss
    assert trained.best.validation_accuracy == max(epoch.validation_accuracy for epoch in trained.curve)
    assert not trained.net.training
    score = evaluate(trained.net, data.test, trained.mean, trained.std)
    assert (score.count, score.accuracy > 0.9) == (360, True)


def test_heads_learn_as_well_and_count_with_their_weight() -> None:
    arch = with_input_size(with_classes(scaled(ARCHITECTURES["googlenet_torchvision"], 0.05), 2), 64)
    told: list[TrainingProgress] = []
    train(arch, halves(30), Options(epochs=1, batch=9, seed=2), told.append)
    # two heads at 0.3 beside the classifier, all of them guessing between two classes at first
    assert told[0].loss > 1.3 * 0.69
    assert [at.step for at in told] == [1, 2, 2, 2]  # two steps, the judging, the end of the epoch


def test_equal_seeds_give_equal_runs_whatever_else_draws_random_numbers() -> None:
    one = train(tiny(2), halves(), SHORT)
    torch.rand(7)
    before = torch.random.get_rng_state()
    assert equal(one, train(tiny(2), halves(), SHORT, lambda _: torch.rand(1) and None))
    torch.random.set_rng_state(before)
    train(tiny(2), halves(), SHORT)
    assert torch.equal(before, torch.random.get_rng_state())
    assert not equal(one, train(tiny(2), halves(), replace(SHORT, seed=6)))


@pytest.mark.parametrize("calls", [1, 4, 6, 7, 12], ids=lambda n: f"after call {n}")
def test_a_run_that_was_stopped_goes_on_bit_by_bit(tmp_path: Path, calls: int) -> None:
    whole = train(tiny(2), halves(), SHORT)  # four steps an epoch; call 5 is the judging, call 6 ends the epoch
    file = tmp_path / "run.pt"
    heard: list[TrainingProgress] = []

    def stop(at: TrainingProgress) -> None:
        heard.append(at)
        if len(heard) == calls:
            raise Stop

    with pytest.raises(Stop):
        train(tiny(2), halves(), SHORT, stop, file)
    rest: list[TrainingProgress] = []
    assert equal(whole, train(tiny(2), halves(), SHORT, rest.append, file))
    assert rest[0].step in (heard[-1].step, heard[-1].step + 1)  # nothing is done twice, but judging
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_a_run_stops_where_nothing_gets_better() -> None:
    data = halves()
    guessing = replace(data, train=Pictures(torch.zeros_like(data.train.images), data.train.labels))
    trained = train(tiny(2), guessing, replace(SHORT, epochs=30, patience=2, learning_rate=0.3))
    assert trained.stopped_early
    assert len(trained.curve) == trained.best.number + 2


class Payload:
    def __reduce__(self) -> tuple[type[Path], tuple[str]]:
        return (Path, ("/",))


def dressed() -> bytes:
    """A pickle in the form of a checkpoint."""
    stream = BytesIO()
    torch.save({"version": 1, "run": {}, "net": Payload()}, stream)
    return stream.getvalue()


def other_runs() -> list[tuple[str, Run]]:
    data = halves()
    return [
        ("network", Run(tiny(2, 32), data, SHORT)),
        ("data set", Run(tiny(2), halves(90), SHORT)),
        ("seed", Run(tiny(2), data, replace(SHORT, seed=1))),
        ("learning_rate, epochs", Run(tiny(2), data, replace(SHORT, epochs=9, learning_rate=0.5))),
    ]


@pytest.mark.parametrize("what, run", other_runs(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_checkpoint_of_another_run_is_refused(tmp_path: Path, what: str, run: Run) -> None:
    save(run, tmp_path / "run.pt")
    with pytest.raises(ValueError, match="another") as refusal:
        train(tiny(2), halves(), SHORT, checkpoint=tmp_path / "run.pt")
    assert all(word in str(refusal.value) for word in what.split(", "))


BAD = [
    ("pickle", pickle.dumps(Payload(), protocol=2)),
    ("pickle dressed as a checkpoint", dressed()),
    ("empty", b""),
    ("text", b"not a checkpoint"),
]


@pytest.mark.parametrize("content", [row[1] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.pt").write_bytes(content)
    with pytest.raises(ValueError, match=r"run\.pt is not a checkpoint"):
        train(tiny(2), halves(), SHORT, checkpoint=tmp_path / "run.pt")
    assert (tmp_path / "run.pt").read_bytes() == content


@pytest.mark.parametrize("content", [{"a": torch.ones(1)}, {"version": 1, "run": 3}, [1], {"version": 1, "run": {}}])
def test_a_file_of_tensors_that_is_no_run_is_refused(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "run.pt")
    with pytest.raises(ValueError, match=r"run\.pt"):
        train(tiny(2), halves(), SHORT, checkpoint=tmp_path / "run.pt")


def test_a_truncated_checkpoint_is_refused(tmp_path: Path) -> None:
    save(Run(tiny(2), halves(), SHORT), tmp_path / "run.pt")
    whole = (tmp_path / "run.pt").read_bytes()
    (tmp_path / "run.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="damaged"):
        train(tiny(2), halves(), SHORT, checkpoint=tmp_path / "run.pt")


OUT_OF_RANGE: list[tuple[dict[str, float], str]] = [
    ({"epochs": 0}, "epochs must be from 1 to 1000"),
    ({"batch": 1}, "batch must be from 2"),
    ({"learning_rate": 0}, "learning rate"),
    ({"learning_rate": float("nan")}, "learning rate"),
    ({"seed": -1}, "seed"),
    ({"patience": 0}, "patience"),
    ({"label_smoothing": 1}, "label smoothing"),
]


@pytest.mark.parametrize("changes, hint", OUT_OF_RANGE, ids=str)
def test_options_out_of_range_are_refused(changes: dict[str, int], hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        Options(**changes)


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(ValueError, match="has 10 outputs and halves has 2 classes"):
        train(tiny(10), halves(), SHORT)
    with pytest.raises(ValueError, match="too few"):
        train(tiny(2), halves(3), SHORT)
    with pytest.raises(ValueError, match="smaller learning rate"):
        train(tiny(2), _infinite(halves()), SHORT)


def _infinite(data: Data) -> Data:
    """Values that overflow once they are normalised."""
    changed = replace(data)
    changed.__dict__["std"] = (1e-45, 1e-45, 1e-45)
    return changed


def test_the_learning_rate_rises_in_a_line_and_falls_along_a_cosine() -> None:
    rates = [learning_rate(step, 100, 0.5) for step in range(100)]
    assert rates[:20] == pytest.approx([0.5 * (n + 1) / 20 for n in range(20)])
    assert rates[20] == 0.5
    assert rates[60] == pytest.approx(0.25)
    assert sorted(rates[20:], reverse=True) == rates[20:]
    assert rates[99] < 0.001


def pictures_here() -> list[tuple[str, Pictures]]:
    """The test pictures that ship, and all of them where the data set is on this machine."""
    images, labels = shipped()
    here = [("shipped", Pictures(torch.from_numpy(images)[:, None], torch.from_numpy(labels).long()))]
    return here if fashion_folder() is None else [*here, ("all", fashion_mnist().test)]


@pytest.mark.parametrize("which, pictures", pictures_here(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_demo_is_as_good_as_its_card_says(which: str, pictures: Pictures) -> None:
    about = json.loads((FOLDER / "fashion.json").read_text())
    card = about["card"]
    assert FILE.stat().st_size < 3_000_000
    assert about["accuracy"] == card["test_correct"] / 10_000
    assert about["accuracy"] >= 0.92
    score = evaluate(load(demo().arch, FILE), pictures, about["mean"], about["std"])
    said = card["shipped_correct"] if which == "shipped" else card["test_correct"]
    assert abs(score.correct - said) <= max(1, score.count // 1000)  # another processor may round otherwise
