"""Activations as files: the arrays as .npz, their statistics as .csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO

import numpy as np
from torch import Tensor

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
    text = StringIO()
    table = csv.writer(text)
    table.writerow(["path", "channel", "mean", "standard deviation", "maximum", "share of zeros"])
    for path in paths:
        s = channel_statistics(outputs[path])
        for channel in range(len(s.mean)):
            values = (s.mean, s.std, s.max, s.zeros)
            table.writerow([path, channel, *(f"{column[channel]:.6g}" for column in values)])
    return text.getvalue()
