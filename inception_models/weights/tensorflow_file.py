"""The weights in a checkpoint of TensorFlow's first format (one .ckpt file, often in a .tar.gz), as TF-slim published.

It is a table of LevelDB's format, whose entries are protocol buffers: the empty key has the shapes, each other key the
values of a tensor (tensorflow/core/util/saved_tensor_slice.proto). Neither needs TensorFlow to be read.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from torch import Tensor

from .channels_last import LEAVES, as_torch
from .contents import MAX_TENSORS
from .errors import WeightsError

MAGIC = bytes.fromhex("57fb808b247547db")  # the last bytes of a table
FOOTER_BYTES, PLACES_BYTES = 48, 40
FLOAT = 1  # of TensorFlow's types
MAX_MEMBERS = 8  # of an archive: TF-slim's have one
MAX_UNPACKED = 1.5  # times the archive's own size: floats shrink by a tenth
MAX_KEY_BYTES = 1 << 12


def is_table(file: BinaryIO, size: int) -> bool:
    """Whether a file is a table of LevelDB's format."""
    file.seek(max(0, size - len(MAGIC)))
    return file.read() == MAGIC


def read_archive(file: BinaryIO, name: str, size: int) -> dict[str, Tensor]:
    """The same as :func:`read_checkpoint` of the one .ckpt file in an archive.

    Raises:
        WeightsError: where there is none.
    """
    try:
        unpacked = gzip.GzipFile(fileobj=file).read(int(MAX_UNPACKED * size) + tarfile.RECORDSIZE)
        with tarfile.open(fileobj=BytesIO(unpacked)) as archive:
            for _ in range(MAX_MEMBERS):
                member = archive.next()
                if member and member.isfile() and member.name.endswith(".ckpt"):
                    start = member.offset_data
                    return read_checkpoint(unpacked[start : start + member.size], name)
    except (tarfile.TarError, zlib.error, OSError, EOFError):
        pass
    raise WeightsError(f"{name} is compressed and has no .ckpt file of TensorFlow in it; unpack it first.")


def read_checkpoint(content: bytes, name: str) -> dict[str, Tensor]:
    """The tensors by their layer's name, without the network's, and their own in PyTorch, with its order of axes.

    What is no weight, such as a count of steps or an optimizer's averages, is passed over.

    Raises:
        WeightsError: where it is not such a file.
    """
    try:
        layers = _layers(content)
    except (ValueError, IndexError, KeyError, OverflowError):
        raise WeightsError(f"{name} is damaged: it cannot be read as a checkpoint of TensorFlow.") from None
    if sum(map(len, layers.values())) > MAX_TENSORS:
        raise WeightsError(f"{name} has more tensors than any network of the family; it was not read.")
    return as_torch(layers)


def _layers(content: bytes) -> dict[str, dict[str, npt.NDArray[np.floating]]]:
    shapes: dict[str, tuple[int, ...]] = {}
    layers: dict[str, dict[str, npt.NDArray[np.floating]]] = defaultdict(dict)
    for key, value in _entries(content):
        for number, message in _fields(value):
            if number == 1 and not key:
                shapes |= _shapes(message)
            elif number == 2:
                parts = dict(_fields(message))
                tensor = parts[1].decode()
                layer, _, leaf = tensor.rpartition("/")
                values = dict(_fields(parts[3])).get(5)  # float_val
                if leaf in LEAVES and values is not None:
                    floats = np.frombuffer(values, "<f4").reshape(shapes[tensor])
                    layers[layer.partition("/")[2]][leaf] = floats.astype(np.float32)
    return layers


def _shapes(meta: bytes) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor of floats, by name."""
    shapes = {}
    for number, message in _fields(meta):
        if number == 1:
            parts = dict(_fields(message))
            dims = [dict(_fields(dim)).get(1, b"\0") for number, dim in _fields(parts.get(2, b"")) if number == 2]
            shapes[parts[1].decode()] = tuple(_varint(dim, 0)[0] for dim in dims)
    return shapes


# --- the two formats -------------------------------------------------------------------------------------------------


def _entries(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a table, in order: those of each block that its index names."""
    if content[-len(MAGIC) :] != MAGIC:
        raise ValueError("no table")
    footer = content[-FOOTER_BYTES : -len(MAGIC)]
    _, at = _place(footer, 0)
    index, _ = _place(footer, at)
    places = [_place(place, 0)[0] for _, place in _block(content, index)]
    if sum(length for _, length in places) > len(content):  # a block that is named many times
        raise ValueError("too much")
    for place in places:
        yield from _block(content, place)


def _place(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    """Where a block begins and how long it is, and where the next number begins."""
    start, at = _varint(data, at)
    length, at = _varint(data, at)
    return (start, length), at


def _block(content: bytes, place: tuple[int, int]) -> Iterator[tuple[bytes, bytes]]:
    start, length = place
    data = content[start : start + length]
    if len(data) < max(length, 4) or content[start + length] != 0:  # its kind: not compressed
        raise ValueError("no block")
    end = len(data) - 4 * (1 + int.from_bytes(data[-4:], "little"))
    at, key = 0, b""
    while at < end:
        shared, at = _varint(data, at)
        own, at = _varint(data, at)
        size, at = _varint(data, at)
        key = key[:shared] + data[at : at + own]
        if len(key) > MAX_KEY_BYTES:
            raise ValueError("no name")
        at += own
        yield key, data[at : at + size]
        at += size


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a protocol buffer: number and content; a whole number is left in its own coding."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                _, end = _varint(message, at)
            case 1:
                end = at + 8
            case 2:
                size, at = _varint(message, at)
                end = at + size
            case 5:
                end = at + 4
            case _:
                raise ValueError("no message")
        if end > len(message):
            raise ValueError("cut off")
        yield tag >> 3, message[at:end]
        at = end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where the next thing begins."""
    value = shift = 0
    while shift < 64:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at
    raise ValueError("too long")
