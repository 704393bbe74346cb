"""Modules by name: libraries' and a person's own. Nothing is downloaded, and no file is read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.backend.foreign.sources import brought_module


@pytest.mark.parametrize(
    "source, shape",
    [
        ("torchvision:resnet18", (3, 224, 224)),
        ("torchvision:inception_v3", (3, 299, 299)),
        ("torchvision:lraspp_mobilenet_v3_large", (3, 520, 520)),  # its backbone's weights would be downloaded
        ("torchvision:r3d_18", (3, 16, 112, 112)),
        ("timm:inception_v4", (3, 299, 299)),
        ("torch.nn:Identity", None),
    ],
)
def test_a_source_is_a_module_and_its_input(source: str, shape: tuple[int, ...] | None) -> None:
    brought = brought_module(source)
    assert brought.shape == shape
    assert all(parameter.is_meta for parameter in brought.module.parameters())


def test_a_persons_own_callable_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "their_nets.py").write_text(
        "from torch import nn\n"
        "class Nets:\n    small = staticmethod(lambda: nn.Linear(3, 4))\n"
        "made = nn.Linear(5, 6)\n"
        "number = 3\n"
        "def broken():\n    raise KeyError('width')\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert brought_module("their_nets:Nets.small").module.out_features == 4
    assert brought_module("their_nets:made").module.out_features == 6
    for name, words in (
        ("number", "gives int, not a torch.nn.Module"),
        ("broken", "fails with KeyError: 'width'"),
        ("missing", "AttributeError"),
    ):
        with pytest.raises(ValueError, match=words):
            brought_module(f"their_nets:{name}")


@pytest.mark.parametrize(
    "source, words",
    [
        ("net.pt2", "unpickles parts of a .pt2 file, which can run code"),
        ("net.pth", "does not say what the network computes"),
        ("weights.safetensors", "does not say what the network computes"),
        ("resnet50", "is not a source: write torchvision:resnet50"),
        ("torchvision:", "is not a source"),
        ("torchvision:resnet17", "torchvision has no model 'resnet17'"),
        ("timm:resnet17", "timm has no model 'resnet17'"),
        ("timm:hf-hub:timm/resnet50", "timm has no model 'hf-hub:timm/resnet50'"),
        ("timm:local-dir:/tmp/resnet50", "timm has no model 'local-dir:/tmp/resnet50'"),
        ("no_such_package:net", "ModuleNotFoundError"),
    ],
)
def test_what_is_no_source_is_refused_in_a_sentence(source: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        brought_module(source)


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ValueError, match="timm is not installed here"):
        brought_module("timm:resnet50")
