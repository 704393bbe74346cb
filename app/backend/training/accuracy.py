"""How the demo network does on the test pictures that ship, as it was trained or as it was edited since."""

from __future__ import annotations

import torch

from inception_models import Arch
from inception_models.checkpoints.demo import demo, test_pictures
from inception_models.training.batches import prepared

from ..picture.activations import OnProgress
from ..picture.forward import ready_network

AT_ONCE = 50  # pictures


def correct_on_demo(arch: Arch, on_progress: OnProgress | None = None) -> tuple[int, int]:
    """How many of the shipped test pictures ``arch`` gets right with the demo's weights, and how many there are.

    Raises:
        ValueError: where the weights cannot be carried over to ``arch``.
    """
    net, steps = ready_network(arch, "demo")[0].net, demo().preprocessing
    images, labels = (torch.from_numpy(values) for values in test_pictures())
    correct = 0
    for start in range(0, len(labels), AT_ONCE):
        x = prepared(images[start : start + AT_ONCE, None], steps.mean, steps.std, arch.input_size)  # [50, 3, S, S]
        with torch.inference_mode():
            correct += int((net(x).argmax(1) == labels[start : start + AT_ONCE]).sum())
        if on_progress:
            on_progress(min(1.0, (start + AT_ONCE) / len(labels)))
    return correct, len(labels)
