"""Labelled pictures to train on: Fashion-MNIST, digits, or whatever is read into a :class:`Data` elsewhere.

Nothing is downloaded. Files are read strictly: a length, type or label that does not fit is an error with one sentence.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..arch.spec import PerChannel
from ..checkpoints.preprocessing import Preprocessing
from ..shipped import ASSETS

FASHION_FOLDER = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package ``dataset-fashion-mnist`` puts the data set."""

DIGITS_TEST = 360  # the last fifth of the file
MAX_IDX_BYTES = 1 << 30  # of one file, unpacked; ImageNet does not come as one
UNSIGNED_BYTES = 0x08


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures of one size with their classes: uint8 [N, 1 or 3, H, W], and int64 [N]."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, which: Tensor | slice) -> Pictures:
        return Pictures(self.images[which], self.labels[which])


@dataclass(frozen=True, eq=False)
class Data:
    """The pictures that a network is trained on, and those that it is tested with at the end.

    ``steps``: how trained weights expect them, where a run starts from such (:meth:`expected`).
    """

    name: str
    classes: tuple[str, ...]
    train: Pictures
    test: Pictures
    mirrored: bool = False  # whether a mirror image is of the same class: true of a shoe, not of a digit
    source: str = ""
    licence: str = ""
    steps: Preprocessing | None = None

    def limited(self, count: int) -> Data:
        """The same with only the first ``count`` training pictures."""
        return replace(self, train=self.train[:count])

    def expected(self, steps: Preprocessing) -> Data:
        """The same, prepared as trained weights expect it: the order of the channels, and what is subtracted."""
        if steps.channels != "BGR" or self.train.images.shape[1] == 1:
            return replace(self, steps=steps)
        train, test = (Pictures(part.images.flip(1), part.labels) for part in (self.train, self.test))
        return replace(self, train=train, test=test, steps=steps)

    @cached_property
    def mean(self) -> PerChannel:
        """Of the training pictures' channels, values from 0 to 1; a grey picture's channel counts three times."""
        if self.steps is not None:
            return _over(self.steps.mean, self.steps.value_max)
        return _triple(value.mean().item() / 255 for value in self._channels())

    @cached_property
    def std(self) -> PerChannel:
        """Standard deviation of the training pictures' channels."""
        if self.steps is not None:
            return _over(self.steps.std, self.steps.value_max)
        return _triple(max(value.std().item() / 255, 1e-3) for value in self._channels())

    def _channels(self) -> Iterable[Tensor]:
        return (self.train.images[:, channel].double() for channel in range(self.train.images.shape[1]))


def _over(values: PerChannel, most: int) -> PerChannel:
    first, second, third = (value / most for value in values)
    return first, second, third


def _triple(values: Iterable[float]) -> PerChannel:
    rounded = [round(value, 4) for value in values]
    first, second, third = rounded * 3 if len(rounded) == 1 else rounded
    return first, second, third


# --- data sets -------------------------------------------------------------------------------------------------------

FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
FASHION_SOURCE = (
    "Fashion-MNIST, https://github.com/zalandoresearch/fashion-mnist. Xiao, Rasul, Vollgraf 2017: Fashion-MNIST: a"
    " Novel Image Dataset for Benchmarking Machine Learning Algorithms, arXiv:1708.07747."
)
FASHION_LICENCE = "MIT, copyright 2017 Zalando SE"


def fashion_folder() -> Path | None:
    """Where Fashion-MNIST is on this machine, if it is where it is looked for."""
    return FASHION_FOLDER if holds_idx(FASHION_FOLDER) else None


def fashion_mnist(folder: Path | None = None) -> Data:
    """60,000 training and 10,000 test pictures of clothing, grey, 28 x 28, ten classes.

    Raises:
        ValueError: where a file is damaged.
        OSError: where the files are not there.
    """
    folder = folder or fashion_folder()
    if folder is None:
        raise FileNotFoundError(
            "Fashion-MNIST is not on this machine: on Debian and Ubuntu `apt install dataset-fashion-mnist`, elsewhere"
            " give the folder that holds its four idx files."
        )
    return idx_folder(folder, "fashion-mnist", FASHION_CLASSES, True, FASHION_SOURCE, FASHION_LICENCE)


DIGITS_SOURCE = (
    "Alpaydin, Kaynak 1998: Optical Recognition of Handwritten Digits, https://doi.org/10.24432/C50P49; the 1,797"
    " pictures of its test set, as scikit-learn ships them."
)
DIGITS_LICENCE = "CC BY 4.0"


def digits() -> Data:
    """1,437 training and 360 test pictures of handwritten digits, grey, 8 x 8, which ship with this project."""
    with np.load(ASSETS / "digits.npz", allow_pickle=False) as file:
        images = torch.from_numpy(file["images"])[:, None]  # [N, 1, 8, 8], 0 to 16
        labels = torch.from_numpy(file["labels"]).long()
    every = Pictures((images.int() * 255 // 16).byte(), labels)
    names = tuple("0123456789")
    return Data("digits", names, every[:-DIGITS_TEST], every[-DIGITS_TEST:], False, DIGITS_SOURCE, DIGITS_LICENCE)


def idx_folder(
    folder: Path,
    name: str = "",
    classes: tuple[str, ...] = (),
    mirrored: bool = False,
    source: str = "",
    licence: str = "",
) -> Data:
    """The four idx files, packed with gzip or not, of a data set in MNIST's form.

    Raises:
        ValueError: where a file is damaged, or they do not belong together.
        OSError: where one is missing.
    """
    train, test = (_idx_pair(folder, part) for part in ("train", "t10k"))
    count = 1 + max(int(train.labels.max()), int(test.labels.max()))
    if classes and count > len(classes):
        raise ValueError(f"{folder} has {count} classes where {name} has {len(classes)}.")
    if train.images.shape[1:] != test.images.shape[1:]:
        raise ValueError(f"The training and test pictures in {folder} are of different sizes.")
    return Data(name or folder.name, classes or tuple(map(str, range(count))), train, test, mirrored, source, licence)


def holds_idx(folder: Path) -> bool:
    """Whether a folder holds a data set in MNIST's form."""
    return _idx_file(folder, "train-images-idx3-ubyte") is not None


def _idx_pair(folder: Path, part: str) -> Pictures:
    names = f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"
    files = [_idx_file(folder, name) for name in names]
    for name, file in zip(names, files, strict=True):
        if file is None:
            raise FileNotFoundError(f"{folder} lacks {name} or {name}.gz.")
    images, labels = (read_idx(file, dimensions) for file, dimensions in zip(files, (3, 1), strict=True) if file)
    if len(images) != len(labels):
        raise ValueError(f"{folder} has {len(images)} pictures but {len(labels)} labels in its {part} files.")
    if len(images) == 0 or 0 in images.shape:
        raise ValueError(f"{folder} has no pictures in its {part} files.")
    return Pictures(torch.from_numpy(images)[:, None], torch.from_numpy(labels).long())


def _idx_file(folder: Path, name: str) -> Path | None:
    return next((file for file in (folder / name, folder / f"{name}.gz") if file.is_file()), None)


def read_idx(file: Path, dimensions: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """An idx file of bytes (http://yann.lecun.com/exdb/mnist): two zeros, the type, the number of dimensions, each
    dimension as a big-endian 32-bit number, the bytes.

    Raises:
        ValueError: where it is anything else.
        OSError: where it cannot be read.
    """
    content = _content(file)
    magic = bytes((0, 0, UNSIGNED_BYTES, dimensions))
    if content[:4] != magic:
        raise ValueError(f"{file.name} is not an idx file of bytes with {dimensions} dimensions.")
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise ValueError(f"{file.name} ends within its header.")
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4))
    wanted = start + int(np.prod(shape, dtype=object))
    if len(content) != wanted:
        raise ValueError(f"{file.name} has {len(content):,} bytes; its header promises {wanted:,}.")
    return np.frombuffer(bytearray(content), np.uint8, offset=start).reshape(shape)


def _content(file: Path) -> bytes:
    """A file's bytes, unpacked, but not more than ``MAX_IDX_BYTES`` of them."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            content = stream.read(MAX_IDX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise ValueError(f"{file.name} is damaged: it cannot be unpacked.") from None
    if len(content) > MAX_IDX_BYTES:
        raise ValueError(f"{file.name} is larger than {MAX_IDX_BYTES >> 30} GiB unpacked; that is not read.")
    return content
