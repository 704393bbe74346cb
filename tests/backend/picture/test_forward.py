"""One picture through one network with weights: the page's and the command line's common path."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from app.backend.common.limits import MAX_PASSES_AT_ONCE
from app.backend.picture.activations import Activations, Prepared
from app.backend.picture.forward import forward, ready_network
from app.backend.picture.images import SAMPLES, class_name
from app.backend.training.accuracy import correct_on_demo
from app.cli import main
from inception_models import ARCHITECTURES, build, with_widths
from inception_models.checkpoints.catalogue import CHECKPOINTS
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.demo import test_pictures as shipped  # its own name would make it a test
from inception_models.checkpoints.preprocessing import imagenet
from inception_models.edits.input_output import with_input_size
from inception_models.weights import loading

PHOTO = Image.open(SAMPLES["cat"].path).convert("RGB")
ONE = Activations(torch.zeros(1), {}, {}, {})
TINY = with_input_size(replace(ARCHITECTURES["googlenet_torchvision"], aux=()), 64)


def test_random_weights_depend_on_the_network_alone() -> None:
    first, second = forward(TINY, PHOTO), forward(TINY, PHOTO, "random")
    assert torch.equal(first.activations.logits, second.activations.logits)
    assert (first.trained_weights.id, first.preprocessing) == ("random", imagenet(64))
    assert first.class_name(285) == class_name(285, 1000) == "Egyptian cat"


def test_the_picture_is_prepared_as_the_weights_want_it(tmp_path: Path) -> None:
    torch.manual_seed(3)
    net = build(TINY).eval()
    torch.save(net.state_dict(), tmp_path / "own.pth")
    done = forward(TINY, PHOTO, tmp_path / "own.pth")
    published = CHECKPOINTS["torchvision_googlenet"].preprocessing
    assert done.preprocessing == published.sized(64)
    assert (done.preprocessing.resize_px, done.preprocessing.mean) == (73, (0.5, 0.5, 0.5))
    with torch.inference_mode():
        expected = net(published.sized(64).apply(PHOTO))[0]
    assert torch.allclose(done.activations.logits, expected, atol=1e-3)
    assert torch.equal(done.x, published.sized(64).apply(PHOTO))


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    logits = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        torch.save(build(TINY).state_dict(), tmp_path / "own.pth")
        logits.append(forward(TINY, PHOTO, str(tmp_path / "own.pth")).activations.logits)
    assert not torch.allclose(*logits)


def test_outputs_that_are_no_classes_get_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCEPTION_EXPLORER_CACHE", str(tmp_path))
    row = CHECKPOINTS["facenet_vggface2"]
    torch.save(build(row.arch).state_dict(), row.file)  # as if it had been fetched, and were what was published
    assert row.remote is not None
    remote = replace(row.remote, size=None, digest=hashlib.sha256(row.file.read_bytes()).hexdigest())
    monkeypatch.setattr(loading, "CHECKPOINTS", {row.id: replace(row, remote=remote)})
    done = forward(row.arch, PHOTO, row.id)
    assert done.likeliest() == []
    assert done.preprocessing.crop_px == 160
    assert float(done.x.min()) >= -1


# ---- a class


def test_no_more_pictures_than_allowed_are_in_a_network_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most, entered = set[int](), list[int](), threading.Semaphore(0)
    leave = threading.Event()

    def run(ready: Prepared, x: Tensor, **_: object) -> Activations:
        inside.add(threading.get_ident())
        most.append(len(inside))
        entered.release()
        assert leave.wait(30)
        inside.remove(threading.get_ident())
        return ONE

    ready_network(TINY)
    monkeypatch.setattr(Prepared, "run", run)
    with ThreadPoolExecutor(8) as class_of_eight:
        done = [class_of_eight.submit(forward, TINY, PHOTO) for _ in range(8)]
        for _ in range(MAX_PASSES_AT_ONCE):
            assert entered.acquire(timeout=30)
        assert not entered.acquire(timeout=0.2), "another one came in"
        leave.set()
        assert all(each.result().activations is ONE for each in done)
    assert (len(most), max(most)) == (8, MAX_PASSES_AT_ONCE)


# ---- the demo


def test_the_demo_names_its_classes_and_takes_colours_away() -> None:
    images, labels = shipped()
    done = forward(demo().arch, Image.fromarray(images[0]).convert("RGB"), "demo")
    assert {name for name, _ in done.likeliest()} <= set(demo().class_names)
    assert sum(p for _, p in done.likeliest(10)) == pytest.approx(1)
    assert torch.equal(done.x[0, 0], done.x[0, 2])
    coloured = forward(demo().arch, PHOTO, "demo")
    assert torch.equal(coloured.x[0, 0], coloured.x[0, 2])
    assert len(labels) >= 200


def test_the_accuracy_of_the_demo_is_measured_from_its_file() -> None:
    told: list[float] = []
    correct, count = correct_on_demo(demo().arch, told.append)
    assert told[-1] == 1
    assert told == sorted(told)
    images, labels = shipped()
    assert count == len(labels)
    one_by_one = 0
    for image, label in zip(images[:60], labels[:60], strict=True):
        logits = forward(demo().arch, Image.fromarray(image).convert("RGB"), "demo").activations.logits
        one_by_one += int(logits.argmax()) == label
    assert correct / count == pytest.approx(one_by_one / 60, abs=0.15)
    assert float(demo().accuracy.split("%")[0]) / 100 == pytest.approx(correct / count, abs=0.05)  # of 10,000


def test_an_edited_demo_is_measured_anew() -> None:
    arch, path = with_input_size(demo().arch, 72), "inception4e.branch3x3.conv"
    as_trained, count = correct_on_demo(arch)
    assert correct_on_demo(with_widths(arch, {path: 500}))[0] == pytest.approx(as_trained, abs=1)  # the same net
    assert correct_on_demo(with_widths(arch, {"conv1": 1}))[0] < as_trained - count // 10
    changes = ready_network(with_widths(arch, {path: 2}), "demo")[0].changes
    assert path in {change.path for change in changes if change.kind == "narrower"}


# ---- the command line


def test_activations_with_a_file_of_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(build(TINY).state_dict(), tmp_path / "own.pth")
    arguments = ["activations", "googlenet_torchvision", "--input-size", "64", "--image", str(SAMPLES["cat"].path)]
    arguments += ["--stage", "inception3a", "--set", "inception3a.branch1x1.conv=80", "-o", str(tmp_path / "out")]
    assert main([*arguments, "--weights", str(tmp_path / "own.pth")]) == 0
    said = capsys.readouterr()
    assert "inception3a.branch1x1.conv: " in said.err
    assert "random: the maps" not in said.err
    with np.load(tmp_path / "out" / "arrays.npz") as arrays:
        assert arrays["inception3a.branch1x1"].shape[0] == 80
    assert (tmp_path / "out" / "inception3a.branch1x1.png").exists()


def test_activations_with_the_demo(tmp_path: Path) -> None:
    import json

    from inception_models.edits.link import to_edits

    home = demo().arch
    edits = json.dumps(to_edits(ARCHITECTURES[home.key], home))
    done = ["activations", home.key, "--edits", edits, "--image", str(SAMPLES["cat"].path), "-o", str(tmp_path)]
    assert main([*done, "--weights", "demo"]) == 0
    assert any(name in (tmp_path / "classes.csv").read_text() for name in demo().class_names)


@pytest.mark.parametrize(
    "weights, sentence", [("nonsense", "known are random, demo"), ("no-such.pth", "no-such.pth"),
                          ("timm_xception", "belong to Xception")],
)  # fmt: skip
def test_weights_that_cannot_be_used_are_one_sentence(
    weights: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["activations", "googlenet", "--image", str(SAMPLES["cat"].path), "-o", str(tmp_path / "out")]
    assert main([*command, "--weights", weights]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
