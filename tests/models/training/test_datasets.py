"""Labelled pictures: what ships is what its card says, and a file that does not fit is refused with one sentence."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from inception_models.checkpoints.demo import test_pictures as shipped  # its own name would make it a test
from inception_models.training.batches import prepared, shifted
from inception_models.training.datasets import ASSETS, digits, fashion_folder, fashion_mnist, idx_folder, read_idx

NAMES = {part: (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte") for part in ("train", "t10k")}


def idx(shape: tuple[int, ...], values: bytes, kind: int = 8) -> bytes:
    """By the format's own description: two zeros, the type, the number of dimensions, the dimensions, the values."""
    return bytes((0, 0, kind, len(shape))) + b"".join(n.to_bytes(4, "big") for n in shape) + values


def write(folder: Path, train: int = 4, test: int = 2, packed: bool = False) -> None:
    for part, count in (("train", train), ("t10k", test)):
        images, labels = idx((count, 2, 3), bytes(range(count * 6))), idx((count,), bytes(n % 2 for n in range(count)))
        for name, content in zip(NAMES[part], (images, labels), strict=True):
            if packed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_of_idx_files_is_read_to_the_byte(tmp_path: Path, packed: bool) -> None:
    write(tmp_path, packed=packed)
    data = idx_folder(tmp_path)
    assert data.train.images.flatten().tolist() == list(range(24))
    assert data.train.images.shape == (4, 1, 2, 3)
    assert data.train.labels.tolist() == [0, 1, 0, 1]
    assert len(data.test) == 2
    assert data.classes == ("0", "1")


IMAGES, LABELS = NAMES["train"]
DAMAGED = [
    ("truncated", IMAGES, idx((4, 2, 3), bytes(23)), "promises"),
    ("too long", IMAGES, idx((4, 2, 3), bytes(25)), "promises"),
    ("header cut", IMAGES, idx((4, 2, 3), b"")[:9], "header"),
    ("empty", IMAGES, b"", "not an idx file"),
    ("wrong magic", IMAGES, b"\x89PNG" + bytes(36), "not an idx file"),
    ("floats", IMAGES, idx((4, 2, 3), bytes(96), kind=13), "not an idx file"),
    ("labels for pictures", IMAGES, idx((4,), bytes(4)), "not an idx file"),
    ("huge dimensions", IMAGES, idx((2**32 - 1,) * 3, bytes(9)), "promises"),
    ("labels missing", LABELS, idx((3,), bytes(3)), "4 pictures but 3 labels"),
    ("no pictures", IMAGES, idx((0, 2, 3), b""), "0 pictures"),
    ("gzip cut", f"{IMAGES}.gz", gzip.compress(idx((4, 2, 3), bytes(24)), mtime=0)[:-9], "unpacked"),
    ("no gzip", f"{IMAGES}.gz", idx((4, 2, 3), bytes(24)), "unpacked"),
]


@pytest.mark.parametrize("name, content, hint", [row[1:] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_a_damaged_idx_file_is_refused_by_name(tmp_path: Path, name: str, content: bytes, hint: str) -> None:
    write(tmp_path)
    if name.endswith(".gz"):
        (tmp_path / IMAGES).unlink()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=hint) as refusal:
        idx_folder(tmp_path)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / LABELS).unlink()
    with pytest.raises(FileNotFoundError, match=LABELS):
        idx_folder(tmp_path)


def test_more_classes_than_the_data_set_has_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / LABELS).write_bytes(idx((4,), bytes((0, 1, 2, 99))))
    with pytest.raises(ValueError, match="100 classes"):
        fashion_mnist(tmp_path)


def test_the_digits_that_ship() -> None:
    data = digits()
    assert (len(data.train), len(data.test), data.train.images.shape[1:]) == (1437, 360, (1, 8, 8))
    assert (int(data.train.images.min()), int(data.train.images.max())) == (0, 255)
    # The counts that the UCI repository publishes for this file (optdigits.tes), 1,797 pictures.
    counts = Counter(torch.cat((data.train.labels, data.test.labels)).tolist())
    assert [counts[n] for n in range(10)] == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_shipped_clothes_are_the_first_of_each_class_in_the_full_test_set() -> None:
    images, labels = shipped()
    assert images.shape == (400, 28, 28)
    assert Counter(labels.tolist()) == dict.fromkeys(range(10), 40)
    folder = fashion_folder()
    if folder is not None:
        every = read_idx(folder / "t10k-images-idx3-ubyte.gz", 3), read_idx(folder / "t10k-labels-idx1-ubyte.gz", 1)
        first = np.sort(np.concatenate([np.flatnonzero(every[1] == n)[:40] for n in range(10)]))
        assert (every[0][first] == images).all()
        assert (every[1][first] == labels).all()
    assert (ASSETS / "demo" / "fashion_test.npz").stat().st_size < 300_000


def test_prepared_is_torch_s_own_arithmetic_channels_last() -> None:
    images = torch.randint(256, (3, 1, 8, 8), generator=torch.Generator().manual_seed(0)).byte()
    got = prepared(images, (0.1, 0.2, 0.3), (0.5, 0.6, 0.7), 20)
    assert got.shape == (3, 3, 20, 20)
    assert got.is_contiguous(memory_format=torch.channels_last)
    large = F.interpolate(images / 255, (20, 20), mode="bilinear", align_corners=False).expand(3, 3, 20, 20)
    wanted = torch.stack([(large[:, c] - m) / s for c, (m, s) in enumerate(((0.1, 0.5), (0.2, 0.6), (0.3, 0.7)))], 1)
    assert torch.allclose(got, wanted, atol=1e-5)


def test_shifted_pictures_are_the_padded_ones_cut_out_elsewhere() -> None:
    images = torch.randint(1, 256, (200, 3, 14, 14), generator=torch.Generator().manual_seed(0)).byte()
    around = F.pad(images, (1,) * 4)
    places = [(y, x) for y in range(3) for x in range(3)]
    for mirrored in (False, True):
        seen = set()
        for before, after in zip(around, shifted(images, torch.Generator().manual_seed(1), mirrored), strict=True):
            turned = F.pad(before[:, 1:-1, 1:-1].flip(-1), (1,) * 4)
            every = {(y, x, t): p[:, y : y + 14, x : x + 14] for y, x in places for t, p in ((0, before), (1, turned))}
            seen.add(next(key for key, one in every.items() if torch.equal(one, after)))
        assert {key[:2] for key in seen} == set(places)
        assert {key[2] for key in seen} == ({0, 1} if mirrored else {0})
