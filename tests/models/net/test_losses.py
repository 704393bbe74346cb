"""The training loss against hand arithmetic."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from inception_models import ARCHITECTURES
from inception_models.net.losses import weighted_loss

TARGET = torch.tensor([2, 0, 1])


def logits(count: int) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(0)
    return tuple(torch.randn(3, 5) for _ in range(count))


@pytest.mark.parametrize(
    "key, weights",
    [
        ("googlenet", (1.0, 0.3, 0.3)),
        ("googlenet_plain", (1.0, 0.3, 0.3)),
        ("inception_v3", (1.0, 0.4)),
        ("bn_inception", (1.0,)),
    ],
)
@pytest.mark.parametrize("smoothing", (0.0, 0.1))
def test_heads_count_with_their_weight(key: str, weights: tuple[float, ...], smoothing: float) -> None:
    """main + 0.3 aux1 + 0.3 aux2 for GoogLeNet (section 5 of its paper)."""
    outputs = logits(len(weights))
    by_hand = sum(
        weight * F.cross_entropy(y, TARGET, label_smoothing=smoothing)
        for weight, y in zip(weights, outputs, strict=True)
    )
    loss = weighted_loss(outputs, TARGET, ARCHITECTURES[key], smoothing)
    assert loss.item() == pytest.approx(by_hand.item(), rel=1e-6)


def test_by_pencil() -> None:
    """Equal logits cost ln(classes) in every output: 1.6 ln 5."""
    outputs = (torch.zeros(3, 5),) * 3
    loss = weighted_loss(outputs, TARGET, ARCHITECTURES["googlenet"])
    assert loss.item() == pytest.approx(1.6 * math.log(5))


def test_label_smoothing_by_pencil() -> None:
    """With smoothing 0.1 and 5 classes the true class has weight 0.92, each other one 0.02."""
    (y,) = logits(1)
    truth = torch.full((3, 5), 0.02)
    truth[torch.arange(3), TARGET] = 0.92
    by_hand = -(truth * y.log_softmax(1)).sum(1).mean()
    assert weighted_loss(y, TARGET, ARCHITECTURES["googlenet"], 0.1).item() == pytest.approx(by_hand.item(), rel=1e-6)


def test_evaluation_has_the_main_output_only() -> None:
    """In evaluation a network with heads returns logits alone."""
    (y,) = logits(1)
    assert weighted_loss(y, TARGET, ARCHITECTURES["googlenet"]).item() == F.cross_entropy(y, TARGET).item()
