"""``activations`` with a file of weights that says itself which network it is of."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from app.cli import main
from inception_models import ARCHITECTURES, build
from inception_models.edits.widths import scaled

PHOTO = Path(__file__).parents[1] / "assets" / "samples" / "chelsea.jpg"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pruned network, and its average, in one file."""
    state = build(scaled(ARCHITECTURES["googlenet_torchvision"], 0.1, 1)).state_dict()
    path = tmp_path_factory.mktemp("weights") / "own.CKPT"
    torch.save({"model": state, "model_ema": dict(state)}, path)
    return path


def run(file: Path, folder: Path, variant: str, *more: str) -> int:
    arguments = ["activations", variant, "--weights", str(file), "--image", str(PHOTO), "--stage", "fc"]
    return main([*arguments, "-o", str(folder), *more])


def test_the_network_is_the_file_s(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file, tmp_path, "auto", "--entry", "model_ema", "--input-size", "96") == 0
    said = capsys.readouterr().err
    assert "own.CKPT is a googlenet_torchvision (GoogLeNet (torchvision)) with 1,000 classes." in said
    assert "are those at model_ema" in said
    assert (tmp_path / "classes.csv").exists()


@pytest.mark.parametrize(
    "variant, more, sentence",
    [
        ("auto", [], "contains several sets of weights: model (364 tensors), model_ema"),
        ("auto", ["--entry", "nope"], "no entry 'nope'"),
        ("googlenet", ["--entry", "model"], "is a googlenet_torchvision (GoogLeNet (torchvision)), not a googlenet"),
        ("googlenet_torchvision", ["--entry", "model"], "with other filter counts"),
        ("auto", ["--weights", "random"], "takes a file of weights (--weights FILE)"),
        ("googlenet", ["--weights", "random", "--entry", "model"], "random is not a file"),
    ],
)
def test_what_is_missing_is_named(
    variant: str, more: list[str], sentence: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(file, tmp_path, variant, *more) == 2
    assert sentence in capsys.readouterr().err
