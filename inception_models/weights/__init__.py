"""Weights into networks: random, published, the demo's or a person's own file, carried over to an edited network.

:func:`recognised` goes the other way: from a file to the network that it belongs to.
"""

from __future__ import annotations

from .errors import Entry, SeveralEntriesError, WeightsError
from .loading import Loaded, Source, about_own, fetch, load, loaded, named
from .own_file import OwnFile, read, read_own, with_card
from .recognition import Recognition, recognised, recognition
from .saving import safetensors_with_card

__all__ = [
    "Entry",
    "Loaded",
    "OwnFile",
    "Recognition",
    "SeveralEntriesError",
    "Source",
    "WeightsError",
    "about_own",
    "fetch",
    "load",
    "loaded",
    "named",
    "read",
    "read_own",
    "recognised",
    "recognition",
    "safetensors_with_card",
    "with_card",
]
