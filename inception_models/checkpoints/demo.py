"""The demo: a small network that ``python -m app train`` has trained, its weights and some test pictures."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from ..shipped import ASSETS
from .card import beside, parse_card
from .trained_weights import TrainedWeights

FOLDER = ASSETS / "demo"
FILE = FOLDER / "fashion.safetensors"


@cache
def demo() -> TrainedWeights:
    """What was trained, on what, and how well it does.

    Raises:
        OSError: where the files that ship with the program are missing.
    """
    text = beside(FILE).read_text(encoding="utf-8")
    return parse_card(text, "Demo, Fashion-MNIST", "demo", "https://github.com/zalandoresearch/fashion-mnist")


@cache
def test_pictures() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Some of the test pictures: uint8 [N, 28, 28], white clothing on black, and their classes, uint8 [N].

    Raises:
        OSError: where the file is missing.
    """
    with np.load(FOLDER / "fashion_test.npz", allow_pickle=False) as held:
        return held["images"], held["labels"]
