"""Pictures for the demo network: Fashion-MNIST, or where it is missing those that ship with the demo."""

from __future__ import annotations

import torch

from inception_models import Arch
from inception_models.checkpoints.demo import demo, test_pictures
from inception_models.training.datasets import Data, Pictures, fashion_folder, fashion_mnist

from ...training.data import as_expected

TEST_PICTURES = 3000  # of Fashion-MNIST
SHIPPED_TESTS = 200  # of those that ship with the demo


def demo_data(arch: Arch, pictures: int) -> Data:
    """The first ``pictures`` to train on, prepared as the demo's weights expect.

    The demo was not trained on the shipped ones; half of them are to train on and half to test with.
    """
    if fashion_folder() is None:
        images, labels = (torch.from_numpy(part) for part in test_pictures())
        every, half = Pictures(images[:, None], labels.long()), len(labels) // 2
        data = Data("fashion-mnist, the shipped pictures", demo().class_names, every[:half], every[half:], True)
    else:
        whole = fashion_mnist()
        data = Data(whole.name, whole.classes, whole.train[:pictures], whole.test[:TEST_PICTURES], True)
    return as_expected(data, demo().preprocessing, arch.input_size)
