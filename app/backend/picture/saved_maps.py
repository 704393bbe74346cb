"""Activations as files: the arrays as .npz, their statistics as .csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

import numpy as np
from torch import Tensor

from ..common.csv_text import csv_text
from ..common.limits import MAX_NPZ_BYTES
from ..common.quantity import short
from .activations import Activations, channel_statistics


def shown_paths(activations: Activations) -> list[str]:
    """Every branch, and every stage without branches."""
    branched = {path.partition(".")[0] for path in activations.branches}
    return [path for path in activations.outputs if "." in path or path not in branched]


def npz(outputs: Mapping[str, Tensor], paths: Iterable[str]) -> bytes:
    """The outputs at ``paths``, each an array ``[channels, height, width]`` or ``[features]``, float32, by its path.

    Not compressed: that would take seconds and save a third.

    Raises:
        ValueError: where the file would be larger than :data:`app.backend.common.limits.MAX_NPZ_BYTES`.
    """
    arrays = {path: outputs[path].numpy() for path in paths}
    size = sum(array.nbytes for array in arrays.values())
    if size > MAX_NPZ_BYTES:
        raise ValueError(
            f"These arrays take {short(size, 'B')}, where {short(MAX_NPZ_BYTES, 'B')} are allowed; choose one stage."
        )
    file = BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def statistics_csv(outputs: Mapping[str, Tensor], paths: Iterable[str]) -> str:
    """A line per channel: path, channel, mean, standard deviation, maximum, share of zeros."""
    heading = ("path", "channel", "mean", "standard deviation", "maximum", "share of zeros")
    return csv_text(heading, (row for path in paths for row in _statistics(path, outputs[path])))


def _statistics(path: str, output: Tensor) -> Iterator[tuple[object, ...]]:
    s = channel_statistics(output)
    for channel, values in enumerate(zip(s.mean, s.std, s.max, s.zeros, strict=True)):
        yield path, channel, *(f"{value:.6g}" for value in values)
