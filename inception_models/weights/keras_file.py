"""The weights in an HDF5 file (.h5), as Keras 2 writes and Keras 3 still can, under the names that PyTorch gives.

Of the file only plain datasets are read that lie in it as they are: nothing is followed out of it or unpacked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt
from torch import Tensor

from .channels_last import LEAVES, as_torch
from .contents import MAX_TENSORS
from .errors import WeightsError

if TYPE_CHECKING:
    from h5py import Dataset

MODEL = "model_weights/"  # where the weights are in a file of a whole model
# Keras numbers the layers without a name of their own over all networks of a session, from none or from one.
NUMBERED = re.compile(r"(conv2d|batch_normalization)(?:_(\d+))?")


def read_keras(file: BinaryIO, name: str, size: int) -> dict[str, Tensor]:
    """The tensors by their layer's name in Keras and their own in PyTorch, in PyTorch's order of axes.

    Layers that Keras has numbered are numbered from one.

    Raises:
        WeightsError: where it is not such a file.
    """
    import h5py

    datasets: dict[str, Dataset] = {}

    def collect(path: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):  # reached by hard links only: others are not visited
            datasets[path] = item
        if len(datasets) > MAX_TENSORS:
            raise WeightsError(f"{name} has more tensors than any network of the family; it was not read.")

    try:
        with h5py.File(file, "r") as opened:
            opened.visititems(collect)
            return _tensors(_weights(datasets), name, size)
    except WeightsError:
        raise
    except Exception:  # a crafted file can make its reader raise anything
        raise WeightsError(f"{name} is damaged, or half a download: it cannot be read as an HDF5 file.") from None


def _weights(datasets: dict[str, Dataset]) -> dict[str, Dataset]:
    """Without an optimizer's, where the file is of a whole model."""
    inner = {path.removeprefix(MODEL): item for path, item in datasets.items() if path.startswith(MODEL)}
    return inner or datasets


def _tensors(datasets: dict[str, Dataset], name: str, size: int) -> dict[str, Tensor]:
    if any("/vars/" in f"/{path}" for path in datasets):
        raise WeightsError(
            f'{name} is of the form of Keras 3 (.weights.h5); open it in Keras and save it with model.save("model.h5").'
        )
    _check_plain(datasets, name, size)
    layers: dict[str, dict[str, npt.NDArray[np.floating]]] = defaultdict(dict)
    for path, item in datasets.items():
        leaf = path.rpartition("/")[2].partition(":")[0]
        if leaf not in LEAVES:
            raise WeightsError(f"{name} has {path[:100]!r}, which no layer of the family has.")
        layers[path.partition("/")[0]][leaf] = item[()]
    names = _renumbered(list(layers))
    return as_torch({names[layer]: arrays for layer, arrays in layers.items()})


def _check_plain(datasets: dict[str, Dataset], name: str, size: int) -> None:
    for path, item in datasets.items():
        if item.chunks is not None or item.external or item.is_virtual or item.dtype.kind != "f":
            raise WeightsError(f"{name}: {path[:100]!r} is not a plain array of numbers, as Keras writes.")
    if sum(item.nbytes for item in datasets.values()) > size:
        raise WeightsError(f"{name} promises more than the {size / 1e6:,.1f} MB it has: half a download, or damaged.")


def _renumbered(layers: list[str]) -> dict[str, str]:
    """The name of each layer, with those that Keras has numbered counted from one."""
    numbers: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for layer in layers:
        if match := NUMBERED.fullmatch(layer):
            numbers[match[1]].append((int(match[2] or 0), layer))
    ranks = {
        layer: f"{kind}_{rank}" for kind, known in numbers.items() for rank, (_, layer) in enumerate(sorted(known), 1)
    }
    return {layer: ranks.get(layer, layer) for layer in layers}
