"""What makes an analysis cold: every cache that one fills is emptied."""

from __future__ import annotations

import sys
from functools import _lru_cache_wrapper

ROOMS = ("app.backend.analysis.", "app.backend.diagram.")


def forget() -> None:
    """Empty every cache of the analysis and of the diagrams."""
    for name, module in list(sys.modules.items()):
        if name.startswith(ROOMS):
            for value in vars(module).values():
                if isinstance(value, _lru_cache_wrapper) and value.__module__ == name:
                    value.cache_clear()
