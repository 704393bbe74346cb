"""``activations`` with a file of weights that says itself which network it is of."""

from __future__ import annotations

import json
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


def test_auto_names_the_network_for_commands_without_weights(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["auto", "--weights", str(file), "--entry", "model"]
    assert main(["summary", *own, "--set", "conv1=9", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["stages"][0]["out_shape"][0] == 9
    assert "own.CKPT is a googlenet_torchvision" in printed.err
    assert main(["diagram", *own, "-o", str(tmp_path / "own.dot")]) == 0
    assert main(["summary", "googlenet", "--weights", str(file)]) == 2
    assert "googlenet needs none" in capsys.readouterr().err
    assert main(["summary", "auto"]) == 2
    assert "takes a file of weights (--weights FILE)" in capsys.readouterr().err


def test_what_is_exported_opens_again_and_predicts_the_same(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edits = ["--entry", "model", "--set", "conv1=9", "--input-size", "96", "--activation", "silu"]
    prepared = ["--preprocessing", "caffe", "--std", "57.1,57.4,58.4", "--crop", "0.75"]
    again = tmp_path / "again.safetensors"
    assert main(["export", "auto", "--weights", str(file), *edits, *prepared, "-o", str(again)]) == 0
    said = capsys.readouterr()
    assert said.out == f"{again}\n"
    assert "conv1" in said.err
    assert run(file, tmp_path / "before", "auto", *edits, *prepared) == 0
    assert run(again, tmp_path / "after", "auto") == 0
    for name in ("classes.csv", "statistics.csv", "input.png"):
        assert (tmp_path / "before" / name).read_bytes() == (tmp_path / "after" / name).read_bytes()
    assert run(again, tmp_path / "other", "auto", "--preprocessing", "timm") == 0
    assert (tmp_path / "other" / "input.png").read_bytes() != (tmp_path / "after" / "input.png").read_bytes()


@pytest.mark.parametrize(
    "more, sentence",
    [
        (["--mean", "1,2"], "--mean takes one number or three"),
        (["--std", "0"], "std must be three numbers from"),
        (["--crop", "nan"], "The share that is kept must be from 0.25 to 4, not nan"),
        (["--weights", "random", "--crop", "0.9"], "random is not a file, and has its own preprocessing"),
        (["--preprocessing", "paint"], "paint"),
    ],
)
def test_a_preprocessing_that_cannot_be_is_refused(
    more: list[str], sentence: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = run(file, tmp_path, "googlenet_torchvision", *(["--entry", "model"] * ("random" not in more)), *more)
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert sentence in capsys.readouterr().err
