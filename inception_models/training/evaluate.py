"""How many pictures a network gets right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from ..arch.spec import PerChannel
from ..net.builder import Network
from .batches import prepared
from .datasets import Pictures

PICTURES_AT_ONCE = 250  # pictures


@dataclass(frozen=True, slots=True)
class Score:
    """How a network does on pictures that it was not trained on."""

    correct: int
    count: int
    loss: float

    @property
    def accuracy(self) -> float:
        return self.correct / self.count


def evaluate(
    net: Network, pictures: Pictures, mean: PerChannel, std: PerChannel, report: Callable[[], None] = lambda: None
) -> Score:
    """How many of ``pictures`` the network gets right. Leaves it in evaluation mode.

    Args:
        report: called after every 250 pictures.
    """
    net.eval()
    correct, loss = 0, 0.0
    for start in range(0, len(pictures), PICTURES_AT_ONCE):
        some = pictures[slice(start, start + PICTURES_AT_ONCE)]
        with torch.inference_mode():
            logits = net(prepared(some.images, mean, std, net.arch.input_size))
            loss += F.cross_entropy(logits, some.labels, reduction="sum").item()
            correct += int((logits.argmax(1) == some.labels).sum())
        report()
    return Score(correct, len(pictures), loss / len(pictures))
