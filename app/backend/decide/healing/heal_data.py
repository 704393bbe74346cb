"""Pictures for the demo network: Fashion-MNIST, or where it is missing those that ship with the demo."""

from __future__ import annotations

from inception_models import Arch
from inception_models.checkpoints.demo import demo
from inception_models.training.datasets import Data, fashion_folder, fashion_mnist

from ...training.data import as_expected, shipped_pictures

TEST_PICTURES = 3000  # of Fashion-MNIST
SHIPPED_TESTS = 200  # of those that ship with the demo


def demo_data(arch: Arch, pictures: int) -> Data:
    """The first ``pictures`` to train on, prepared as the demo's weights expect.

    Where Fashion-MNIST is missing, they are those that ship with the demo, however few.
    """
    if fashion_folder() is None:
        data = shipped_pictures()
    else:
        whole = fashion_mnist()
        data = Data(whole.name, whole.classes, whole.train[:pictures], whole.test[:TEST_PICTURES], True)
    return as_expected(data, demo().preprocessing, arch.input_size)
