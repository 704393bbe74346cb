"""``python -m app inspect``: the numbers of anybody's network on the command line."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
import torch

from app.cli import main


def test_a_table_by_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "torchvision:googlenet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "GoogLeNet, input 3 x 224 x 224, traced with torch.fx"
    (row,) = [line for line in lines if line.startswith("inception4a")]
    assert row.split(maxsplit=1)[1].split("  ")[0] == "Inception: 4 branches, concatenated"
    assert next(line for line in lines if line.startswith("total")).split() == ["total", "6,624,904", "1,498,376,192"]
    assert "FLOPs (2 x MACs): 2,996,752,384" in lines


def test_as_json_to_any_depth_and_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "timm:inception_v4", "--depth", "2", "--input-size", "224", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["input_shape"] == [3, 224, 224]
    assert said["flops"] == 2 * said["macs"] == 2 * sum(part["macs"] for part in said["parts"])
    assert said["params"] == sum(part["params"] for part in said["parts"])
    part = next(part for part in said["parts"] if part["path"] == "features.6")
    assert (part["what"], part["branches"], part["out_shape"]) == ("InceptionA", 4, [384, 25, 25])


def test_any_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "torch.nn:Identity", "--shape", "7,8"]) == 0
    assert "Identity, input 7 x 8" in capsys.readouterr().out


def test_an_onnx_file_a_diagram_and_a_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU()).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (torch.zeros(1, 3, 16, 16),), tmp_path / "net.onnx", dynamo=False)
    assert main(["inspect", str(tmp_path / "net.onnx"), "--diagram", str(tmp_path / "net.svg")]) == 0
    said = capsys.readouterr().out
    assert "input 3 x 16 x 16, read from ONNX" in said
    assert f"{14 * 14 * 8 * 27:,}" in said
    assert "conv 3×3" in (tmp_path / "net.svg").read_text()
    assert main(["inspect", str(tmp_path / "net.onnx"), "--against", "googlenet"]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("parameters"))
    assert row.split()[:4] == ["parameters", "224", "6,998,552", "-6,998,328"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["net.pt2"], "can run code"),
        (["no_such_file.onnx"], "no_such_file.onnx could not be read: no such file"),
        (["torch.nn:Identity", "--shape", "3", "--diagram", "net.dot"], "as .svg, .pdf or .png, not as .dot"),
        (["torch.nn:Identity"], "The shape of an input is needed"),
        (["torch.nn:Identity", "--shape", "3,x"], "whole numbers such as 3,224,224, not '3,x'"),
        (["torch.nn:Identity", "--shape", "0"], "positive whole numbers"),
        (["torchvision:resnet18", "--depth", "0"], "1 or more"),
        (["torchvision:fasterrcnn_resnet50_fpn", "--input-size", "64"], "needs the values of a tensor"),
    ],
)
def test_what_cannot_be_inspected_is_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
