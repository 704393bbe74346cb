"""Which weights a command uses, as they are named in its arguments."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inception_models.weights import Source


def named_weights(source: str, entry: str | None) -> Source:
    """The weights that were named; a file is read."""
    from inception_models.weights import named, read

    known = named(source)
    if isinstance(known, str):
        if entry is not None:
            raise ValueError(f"--entry chooses among the weights in a file, and {source} is not a file.")
        return known
    return read(known, entry)


def download(variant: str, weights: str) -> None:
    """Download published weights that are not here yet, and say what, from where and how far it is."""
    from inception_models.checkpoints.catalogue import CHECKPOINTS
    from inception_models.weights import fetch

    known = CHECKPOINTS.get(weights)
    if known is None or known.remote is None or known.arch.key != variant or known.file.exists():
        return
    size = f"{known.remote.about / 1e6:.0f} MB"
    print(f"Downloading {size} from {known.remote.url} ({known.licence}).", file=sys.stderr)
    shown = sys.stderr.isatty()
    fetch(known, lambda done, _: print(f"\r{done / 1e6:.1f} of {size}", end="", file=sys.stderr) if shown else None)
    print(file=sys.stderr)
