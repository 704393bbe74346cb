"""What published branches are taken for."""

from __future__ import annotations

import pytest

from inception_models import ARCHITECTURES
from inception_models.arch.branch_kind import branch_kind
from inception_models.arch.spec import Branch, Inception, Repeat, Residual, SepConv


def block(variant: str, name: str) -> Inception | Residual:
    stage = next(s for s in ARCHITECTURES[variant].stages if s.name == name)
    found = stage.block if isinstance(stage, Repeat) else stage
    assert isinstance(found, Inception | Residual)
    return found


@pytest.mark.parametrize(
    "variant, name, kinds",
    [
        ("googlenet", "inception3a", ["1x1", "3x3", "5x5", "pool"]),
        ("googlenet_naive", "inception3a", ["1x1", "3x3", "5x5", "pool"]),
        ("googlenet_torchvision", "inception3a", ["1x1", "3x3", "5x5", "pool"]),  # its 5x5 branch has 3x3 filters
        ("bn_inception", "inception_3a", ["1x1", "3x3", "5x5", "pool"]),
        ("inception_v3", "Mixed_6b", ["1x1", "7x7", "7x7", "pool"]),
        ("inception_v3", "Mixed_7b", ["1x1", "3x3", "5x5", "pool"]),  # 1x3 | 3x1, and the same after a 3x3
        ("inception_v4", "Mixed_3a", ["pool", "3x3"]),
        ("inception_resnet_v2", "repeat_2", ["1x1", "3x3"]),  # 1x3, 3x1
        ("xception", "middle_flow", ["5x5"]),  # three 3x3
    ],
)
def test_branch_kinds(variant: str, name: str, kinds: list[str]) -> None:
    assert [branch_kind(branch) for branch in block(variant, name).branches] == kinds


def test_branches_without_convolutions() -> None:
    assert branch_kind(Branch("straight", ())) == "shortcut"
    assert branch_kind(Branch("b", (SepConv("c", 4, (7, 7)),))) == "7x7"
