"""A file of tensors from anybody, read so that it can neither run code nor fill the memory.

``.safetensors``, or ``.pt`` and ``.pth`` read with PyTorch's ``weights_only``, which unpickles nothing but tensors.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

SUFFIXES = (".safetensors", ".pt", ".pth")
MAX_FILE_BYTES = 1 << 30  # four times the largest published checkpoint of the family
MAX_HEADER_BYTES = 1 << 23  # of safetensors, JSON; Inception-ResNet v2's has 0.1 MB
MAX_PICKLE_BYTES = 1 << 25  # of a .pth, the list of its tensors; Inception-ResNet v2's has 0.2 MB
STATE_DICTS = ("state_dict", "model_state_dict", "model", "net", "weights")  # where training programs put it


class WeightsError(ValueError):
    """A checkpoint cannot be used. The message is one sentence; ``mismatches`` are all places that do not fit."""

    def __init__(self, message: str, mismatches: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.mismatches = mismatches


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint file by name.

    Raises:
        WeightsError: where it is not a file of tensors.
        OSError: where it cannot be read.
    """
    with path.open("rb") as file:
        return read_open(file, path.name)


def read_open(file: BinaryIO, name: str) -> dict[str, Tensor]:
    """The same of an open file, which may be in memory. ``name`` decides how it is read.

    Raises:
        WeightsError: where it is not a file of tensors.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > MAX_FILE_BYTES:
        raise WeightsError(f"{name} has {size / 1e6:,.0f} MB; at most {MAX_FILE_BYTES / 1e6:,.0f} MB are allowed.")
    match Path(name).suffix.lower():
        case ".safetensors":
            tensors = _safetensors(file, name, size)
        case ".pt" | ".pth":
            tensors = _pickled(file, name, size)
        case _:
            raise WeightsError(f"{name} is not a .safetensors, .pt or .pth file.")
    if not tensors:
        raise WeightsError(f"{name} holds no tensors.")
    return tensors


def _safetensors(file: BinaryIO, name: str, size: int) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    header = int.from_bytes(file.read(8), "little")
    if size < 8 or header > min(size - 8, MAX_HEADER_BYTES):
        raise WeightsError(f"{name} is not a safetensors file, or is damaged: its header cannot be that long.")
    file.seek(0)
    try:
        return load(file.read())
    except (SafetensorError, ValueError, KeyError, TypeError) as problem:
        raise WeightsError(f"{name} is not a safetensors file: {_first_line(problem)}.") from None


def _pickled(file: BinaryIO, name: str, size: int) -> dict[str, Tensor]:
    _check_zip(file, name, size)
    try:
        content: object = torch.load(file, map_location="cpu", weights_only=True)
    except Exception:  # a crafted file can make its reader raise anything
        raise WeightsError(f"{name} holds more than tensors, or is damaged; only tensors are read.") from None
    state = _state_dict(content)
    if state is None:
        raise WeightsError(f"{name} does not hold tensors by name.")
    return {name.removeprefix("module."): value for name, value in state.items()}


def _check_zip(file: BinaryIO, name: str, size: int) -> None:
    """Since PyTorch 1.6 a .pth is a zip of uncompressed parts; a compressed one would unfold to any size."""
    if not zipfile.is_zipfile(file):
        file.seek(0)
        return
    try:
        parts = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise WeightsError(f"{name} is damaged: its table of contents cannot be read.") from None
    packed = any(part.compress_type != zipfile.ZIP_STORED for part in parts)
    if packed or sum(part.file_size for part in parts) > size:
        raise WeightsError(f"{name} unfolds to more than its own size, which no PyTorch file does; it was not read.")
    if any(part.filename.endswith("data.pkl") and part.file_size > MAX_PICKLE_BYTES for part in parts):
        raise WeightsError(f"{name} lists more tensors than any network of the family has; it was not read.")
    file.seek(0)


def _state_dict(content: object) -> Mapping[str, Tensor] | None:
    """The tensors by name in what a file contains, or None."""
    if not isinstance(content, Mapping):
        return None
    inner = next((content[key] for key in STATE_DICTS if isinstance(content.get(key), Mapping)), content)
    if not all(isinstance(key, str) and isinstance(value, Tensor) for key, value in inner.items()):
        return None
    return inner


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0].rstrip(".")
