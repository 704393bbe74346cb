"""Weights into networks: random, published, the demo's or a person's own file, carried over to an edited network."""

from __future__ import annotations

from .errors import WeightsError
from .loading import Loaded, OwnFile, Source, fetch, load, loaded, named

__all__ = ["Loaded", "OwnFile", "Source", "WeightsError", "fetch", "load", "loaded", "named"]
