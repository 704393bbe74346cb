"""Weights that somebody has trained, and what is needed to use them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_cache_path

from ..arch.spec import Arch
from .preprocessing import Preprocessing, imagenet


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on a server. ``size``: bytes, exact or None; ``about``: bytes as published, rounded."""

    url: str
    about: int
    digest: str
    size: int | None = None

    @property
    def hashed(self) -> bool:
        """Whether the whole digest is known."""
        return len(self.digest) in (32, 64)


@dataclass(frozen=True)
class TrainedWeights:
    """Weights and all that is known about them.

    ``arch``: the network they were trained for. ``class_names``: of its outputs; empty where those are ImageNet's, or
    have no names. ``embedding``: the outputs are not classes. ``remote``: None where nothing has to be fetched.
    """

    id: str
    title: str
    arch: Arch
    preprocessing: Preprocessing
    data: str = ""
    accuracy: str = ""
    licence: str = ""
    page: str = ""
    class_names: tuple[str, ...] = ()
    embedding: bool = False
    remote: Remote | None = None
    notes: tuple[str, ...] = ()

    def preprocessing_for(self, arch: Arch) -> Preprocessing:
        """The steps for a network that may take pictures of another size."""
        return self.preprocessing.sized(arch.input_size)

    @property
    def file(self) -> Path:
        """Where the file is kept once it has been fetched.

        Raises:
            ValueError: where nothing has to be fetched.
        """
        if self.remote is None:
            raise ValueError(f"{self.title} has no file to fetch.")
        return cache_folder() / f"{self.id}{Path(urlsplit(self.remote.url).path).suffix}"


def cache_folder() -> Path:
    """Where fetched files are kept: INCEPTION_EXPLORER_CACHE, or a folder of ours where the platform keeps caches."""
    if own := os.environ.get("INCEPTION_EXPLORER_CACHE"):
        return Path(own).expanduser()
    return user_cache_path("inception-explorer", appauthor=False, opinion=False)  # without Windows' author and "Cache"


def untrained(arch: Arch) -> TrainedWeights:
    """Random weights: the picture is prepared as most people do."""
    return TrainedWeights("random", "Random", arch, imagenet(arch.input_size))
