"""Data sets by the name that a person gives: two known ones, a folder of idx files, or a folder of class folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from inception_models.checkpoints.demo import demo, test_pictures
from inception_models.checkpoints.preprocessing import Preprocessing
from inception_models.training.datasets import (
    Data,
    Pictures,
    digits,
    fashion_folder,
    fashion_mnist,
    holds_idx,
    idx_folder,
)
from inception_models.training.start import effective_steps

from ..picture.images import EXTENSIONS, ImageError, open_image

KNOWN = ("fashion-mnist", "digits", "demo")
TEST_EVERY = 5  # in each class folder, every fifth picture is kept for the test
VALIDATION_NAMES = ("val", "valid", "validation")
MAX_DATA_BYTES = 4 * 2**30  # of decoded pictures; they are all held in memory


@dataclass(frozen=True)
class Offer:
    """A data set that the page can train on. ``pictures``: in its training part, held-out ones included."""

    title: str
    pictures: int
    classes: int
    read: Callable[[], Data]


def offers() -> tuple[Offer, ...]:
    """The data sets on this machine, the quickest to train on first."""
    everywhere = (Offer("Digits, 8 × 8 pixels", 1437, 10, digits),)
    if fashion_folder() is None:
        return everywhere
    return (
        *everywhere,
        Offer("Fashion-MNIST, the first 6,000 pictures", 6000, 10, lambda: fashion_mnist().limited(6000)),
        Offer("Fashion-MNIST, all 60,000 pictures", 60_000, 10, fashion_mnist),
    )


def read_data_set(name: str, size_px: int, folder: Path | None = None, expected: Preprocessing | None = None) -> Data:
    """The data set called ``name``, or the one in the folder of that name.

    Args:
        size_px: the side that pictures of class folders are resized to: the network's input size.
        folder: where Fashion-MNIST's files are, if not in their usual place.
        expected: how the weights that a run starts from expect pictures.

    Raises:
        ValueError: where something in it cannot be used, naming it.
        OSError: where something cannot be read.
    """
    if expected is not None:
        return as_expected(_read(name, expected.sized(size_px), folder), expected, size_px)
    return _read(name, Preprocessing(size_px, size_px), folder)


def as_expected(data: Data, expected: Preprocessing, size_px: int) -> Data:
    """``data`` for a run at ``size_px`` from weights that expect pictures so."""
    height, width = data.train.images.shape[-2:]
    return data.expected(effective_steps(expected, size_px, (height, width)))


def _read(name: str, squared: Preprocessing, folder: Path | None) -> Data:
    if name == "fashion-mnist":
        return fashion_mnist(folder)
    if name == "digits":
        return digits()
    if name == "demo":
        return shipped_pictures()
    place = Path(name)
    if not place.is_dir():
        raise ValueError(f"{name!r} is neither a folder nor one of {', '.join(KNOWN)}.")
    return idx_folder(place) if holds_idx(place) else class_folders(place, squared)


def shipped_pictures() -> Data:
    """The pictures of Fashion-MNIST that ship with the demo, which was not trained on them: half are to train on, half
    to test with.
    """
    images, labels = (torch.from_numpy(part) for part in test_pictures())
    every, half = Pictures(images[:, None], labels.long()), len(labels) // 2
    return Data("fashion-mnist, the shipped pictures", demo().class_names, every[:half], every[half:], True)


def class_folders(folder: Path, squared: Preprocessing) -> Data:
    """A folder with one folder of pictures per class, each resized and cut as ``squared`` says.

    The class folders may be inside ``train`` and ``test`` or ``val``, which then decide what is for training and what
    for the test; where all three are there, ``val`` is for training, which holds out pictures of its own. Otherwise
    every fifth picture of a class, by name, is for the test. Files whose names do not end like a picture's are skipped.

    Raises:
        ValueError: where there are too few classes or pictures, or a picture is damaged, naming it.
        OSError: where one cannot be read.
    """
    parts = {place.name.lower(): place for place in folder.iterdir() if place.is_dir()}
    if "train" in parts and len(parts.keys() & {"test", *VALIDATION_NAMES}) > 0:
        return _split_folders(folder, parts, squared)
    classes = _classes(folder)
    if len(classes) < 2:
        raise ValueError(
            f"{folder} has {len(classes)} class folder{'s' if len(classes) != 1 else ''}; at least two are needed, each"
            " with its pictures."
        )
    for name, files in classes.items():
        if len(files) < TEST_EVERY:
            raise ValueError(f"The class {name!r} has {len(files)} pictures; at least {TEST_EVERY} are needed.")
    labelled = [
        (file, label, place % TEST_EVERY == TEST_EVERY - 1)
        for label, files in enumerate(classes.values())
        for place, file in enumerate(files)
    ]
    train, test = ([(file, label) for file, label, tests in labelled if tests is kept] for kept in (False, True))
    return _data(folder, tuple(classes), train, test, squared)


def _split_folders(folder: Path, parts: Mapping[str, Path], squared: Preprocessing) -> Data:
    """A folder in which others have decided what is for training and what for the test."""
    validation = [parts[name] for name in VALIDATION_NAMES if name in parts]
    if "test" in parts and _classes(parts["test"]):
        learned, tested = [parts["train"], *validation], [parts["test"]]
    else:
        learned, tested = [parts["train"]], validation  # a test folder without classes has pictures of unknown class
    names = sorted({name for place in learned for name in _classes(place)})
    if len(names) < 2:
        raise ValueError(f"{parts['train']} has {len(names)} class folders; at least two are needed.")
    if unknown := sorted({name for place in tested for name in _classes(place)} - set(names)):
        raise ValueError(f"The class {unknown[0]!r} is in {tested[0]} and not in {parts['train']}.")
    labelled = [
        [(file, names.index(name)) for place in places for name, files in _classes(place).items() for file in files]
        for places in (learned, tested)
    ]
    for places, files in zip((learned, tested), labelled, strict=True):
        if not files:
            raise ValueError(f"{places[0] if places else folder} has no pictures in class folders.")
    return _data(folder, tuple(names), labelled[0], labelled[1], squared)


def _data(
    folder: Path,
    names: tuple[str, ...],
    train: list[tuple[Path, int]],
    test: list[tuple[Path, int]],
    squared: Preprocessing,
) -> Data:
    count, size_px = len(train) + len(test), squared.crop_px
    if count * 3 * size_px**2 > MAX_DATA_BYTES:
        raise ValueError(
            f"{count:,} pictures of {size_px} px need more than {MAX_DATA_BYTES >> 30} GiB of memory; fewer pictures or"
            " a smaller input size would fit."
        )
    return Data(folder.resolve().name, names, _decoded(train, squared), _decoded(test, squared), mirrored=True)


def _classes(folder: Path) -> dict[str, list[Path]]:
    """The pictures of each class folder. What macOS leaves in archives is no class."""
    return {
        place.name: _pictures(place)
        for place in sorted(folder.iterdir())
        if place.is_dir() and not place.name.startswith((".", "__MACOSX"))
    }


def _pictures(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.iterdir()
        if not file.name.startswith("._") and file.suffix.lower().removeprefix(".") in EXTENSIONS
    )


def _decoded(files: list[tuple[Path, int]], squared: Preprocessing) -> Pictures:
    size_px = squared.crop_px
    images = np.empty((len(files), 3, size_px, size_px), np.uint8)
    for place, (file, _) in enumerate(files):
        try:
            image = open_image(file.read_bytes(), file.name)
        except ImageError as problem:
            raise ValueError(f"In the class {file.parent.name!r}: {problem}") from None
        images[place] = np.asarray(squared.preview(image)).transpose(2, 0, 1)
    return Pictures(torch.from_numpy(images), torch.tensor([label for _, label in files]))
