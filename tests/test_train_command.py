"""``python -m app train``, from the command to the files."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from app.backend.training.data import read_data_set
from app.cli import main
from inception_models import ARCHITECTURES
from inception_models.edits.link import apply_edits
from inception_models.training.evaluate import evaluate
from inception_models.weights import load

ROOT = Path(__file__).parents[1]
SMALL = ["googlenet_bn", "--multiplier", "0.05", "--aux", "off", "--input-size", "32"]


@pytest.fixture
def shades(tmp_path: Path) -> Path:
    """Two classes of plain pictures, dark and bright."""
    for name, shade in (("bright", 230), ("dark", 20)):
        (tmp_path / "shades" / name).mkdir(parents=True)
        for number in range(15):
            Image.new("RGB", (9, 9), (shade + number,) * 3).save(tmp_path / "shades" / name / f"{number:02}.png")
    return tmp_path / "shades"


def test_from_the_command_to_the_files(shades: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = shades.parent / "net.safetensors"
    command = ["train", *SMALL, "--data", str(shades), "--epochs", "3", "--batch", "8", "--lr", "0.02", "-o", str(out)]
    assert main(command) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line[:14] for line in said[:3]] == [f"epoch   {n} of 3" for n in (1, 2, 3)]
    assert len(said) == 4
    assert sorted(path.name for path in shades.parent.iterdir()) == [
        "net.csv",
        "net.json",
        "net.safetensors",
        "shades",
    ]

    about = json.loads(out.with_suffix(".json").read_text())
    arch = apply_edits(ARCHITECTURES[about["variant"]], about["edits"])
    assert (arch.classes, about["classes"]) == (2, ["bright", "dark"])
    score = evaluate(load(arch, out), read_data_set(str(shades), 32).test, about["mean"], about["std"])
    assert score.accuracy == about["accuracy"]
    assert said[3].startswith(f"Test accuracy {score.accuracy:.2%}: {score.correct} of 6 pictures")
    rows = list(csv.DictReader(out.with_suffix(".csv").open()))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3]
    assert [float(row["train_loss"]) for row in rows] == [epoch["train_loss"] for epoch in about["card"]["curve"]]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_a_checkpoint_and_the_same_command_goes_on(
    stop: signal.Signals, shades: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shades.parent / "net.safetensors"
    command = ["train", *SMALL, "--data", str(shades), "--epochs", "900", "--batch", "8", "-o", str(out)]
    running = subprocess.Popen(
        [sys.executable, "-m", "app", *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdout.readline().startswith("epoch   1 of 900")
    running.send_signal(stop)
    _, errors = running.communicate(timeout=60)
    assert (running.returncode, errors.count("\n")) == (130, 1)
    assert "--resume" in errors
    checkpoint = out.with_suffix(".checkpoint.pt")
    kept = torch.load(checkpoint, weights_only=True)
    assert kept["step"] > 0

    assert main(command) == 2  # a new run would lose it
    assert "--resume" in capsys.readouterr().err
    kept["run"]["epochs"] = kept["step"] // 2 + 1  # as if it had been asked for so many that it is nearly done
    torch.save(kept, checkpoint)
    command[command.index("900")] = str(kept["run"]["epochs"])
    assert main([*command, "--resume"]) == 0
    assert not checkpoint.exists()
    assert len(json.loads(out.with_suffix(".json").read_text())["card"]["curve"]) == kept["run"]["epochs"]


def test_a_run_starts_from_its_own_file_and_says_so(shades: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = shades.parent / "first.safetensors", shades.parent / "second.safetensors"
    command = ["train", *SMALL, "--data", str(shades), "--batch", "8", "--lr", "0.02"]
    assert main([*command, "--epochs", "1", "-o", str(first)]) == 0
    (shades / "grey").mkdir()  # a third class, so that the head is a new one
    for number in range(15):
        Image.new("RGB", (9, 9), (120 + number,) * 3).save(shades / "grey" / f"{number:02}.png")
    tuned = ["train", "auto", *command[len(SMALL) + 1 :], "--from", str(first), "--epochs", "2", "-o", str(second)]
    assert main([*tuned, "--freeze", "conv*", "inception3a"]) == 0
    capsys.readouterr()
    card, before = (json.loads(file.with_suffix(".json").read_text()) for file in (second, first))
    assert card["classes"] == ["bright", "dark", "grey"]
    assert card["card"]["from"] == "first.safetensors"
    assert card["card"]["fine_tuning"]["frozen"] == ["conv1", "conv2", "inception3a"]
    assert card["mean"] == before["mean"]  # prepared as the weights expect, not as the new pictures are
    one, other = load_file(first), load_file(second)
    frozen = ("conv", "inception3a")
    assert {key for key, value in one.items() if not torch.equal(value, other[key])} >= {"fc.linear.weight"}
    assert all(torch.equal(value, other[key]) for key, value in one.items() if key.startswith(frozen))


WRONG = [
    (["--data", "digits", "-o", "x.pt"], "a .safetensors file"),
    (["--data", "digits", "-o", "nowhere/x.safetensors"], "no folder"),
    (["--data", "digits", "-o", "x.safetensors", "--resume"], "no checkpoint"),
    (["--data", "no-such-data", "-o", "x.safetensors"], "neither a folder"),
    (["--data", "fashion-mnist", "--folder", "nowhere", "-o", "x.safetensors"], "nowhere lacks train-images"),
    (["--data", "digits", "--classes", "7", "-o", "x.safetensors"], "has 7 outputs"),
    (["--data", "digits", "--epochs", "0", "-o", "x.safetensors"], "epochs must be"),
    (["--data", "digits", "--batch", "1", "-o", "x.safetensors"], "batch must be"),
    (["--data", "digits", "--lr", "nan", "-o", "x.safetensors"], "learning rate must be"),
    (["--data", "digits", "-o", "x.safetensors", "--freeze", "conv1"], "name them: --from WEIGHTS"),
    (["--data", "digits", "-o", "x.safetensors", "--head-epochs", "0"], "--head-epochs is for a run that starts"),
    (["--data", "digits", "-o", "x.safetensors", "--from", "nothing"], "neither the name of known weights nor a file"),
    (["--data", "digits", "-o", "x.safetensors", "--from", "random"], "not fine-tuning"),
    (["--data", "digits", "-o", "x.safetensors", "--from", "timm_xception"], "choose that variant"),
    (["--data", "digits", "-o", "x.safetensors", "--from", "demo", "--freeze", "conv9"], "no stage 'conv9'"),
    (["--data", "digits", "-o", "x.safetensors", "--from", "demo", "--freeze", "fc"], "cannot be frozen"),
    (["--data", "digits", "-o", "x.safetensors", "--from", "demo", "--head-epochs", "11"], "from 0 to 10"),
    (["--data", "digits", "-o", "x.safetensors", "--from", "demo", "--entry", "ema"], "demo is not a file"),
]


@pytest.mark.parametrize("arguments, hint", WRONG, ids=[row[1] for row in WRONG])
def test_wrong_arguments_give_one_sentence_and_leave_nothing(
    arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", *SMALL, *arguments]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert hint in said.err
    assert list(tmp_path.iterdir()) == []
