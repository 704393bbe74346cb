"""How the demo network does on the test pictures that ship, as it was trained or as it was edited since."""

from __future__ import annotations

import torch

from inception_models import Arch
from inception_models.checkpoints.demo import demo, test_pictures
from inception_models.training.datasets import Pictures
from inception_models.training.evaluate import evaluate

from ..common.jobs import OnProgress
from ..picture.forward import ready_network

PICTURES_A_REPORT = 50


def correct_on_demo(arch: Arch, on_progress: OnProgress | None = None) -> tuple[int, int]:
    """How many of the shipped test pictures ``arch`` gets right with the demo's weights, and how many there are.

    Raises:
        ValueError: where the weights cannot be carried over to ``arch``.
    """
    net, steps = ready_network(arch, "demo")[0].net, demo().preprocessing
    images, labels = (torch.from_numpy(values) for values in test_pictures())
    pictures = Pictures(images[:, None], labels)  # [N, 1, height, width]
    correct = 0
    for start in range(0, len(pictures), PICTURES_A_REPORT):
        some = pictures[slice(start, start + PICTURES_A_REPORT)]
        correct += evaluate(net, some, steps.mean, steps.std).correct
        if on_progress:
            on_progress(min(1.0, (start + PICTURES_A_REPORT) / len(pictures)))
    return correct, len(pictures)
