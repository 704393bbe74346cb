"""Memory that is free, back to the system: the C library keeps what large pictures and tensors took, for later."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_memory_back() -> None:
    """Return free memory to the system, where its C library can: glibc's, in some milliseconds."""
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library; Windows has no such handle
        return None
