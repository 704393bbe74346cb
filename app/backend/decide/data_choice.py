"""Which known data sets a network with trained weights can be tried on."""

from __future__ import annotations

from inception_models import Arch
from inception_models.checkpoints.demo import demo
from inception_models.training.datasets import fashion_folder
from inception_models.weights import Source

CLASSES = 10  # of each known data set
FASHION, SHIPPED, DIGITS = "Fashion-MNIST", "Fashion-MNIST, the demo's pictures", "Digits, 8 × 8 pixels"


def data_choices(arch: Arch, weights: Source) -> dict[str, str]:
    """By the name that :func:`~app.backend.training.data.read_data_set` knows, in words: those with as many classes as
    the network, and for the demo those of its classes. None for random weights.
    """
    if weights == "random" or arch.classes != CLASSES or (weights == "demo" and arch.key != demo().arch.key):
        return {}
    fashion = {"demo": SHIPPED} if fashion_folder() is None else {"fashion-mnist": FASHION, "demo": SHIPPED}
    return fashion if weights == "demo" else {**fashion, "digits": DIGITS}
