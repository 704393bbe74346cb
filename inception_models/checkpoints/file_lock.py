"""One thread of one process at a time works on a file."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

RETRY_SECONDS = 0.1  # between two looks whether the one before has finished


@contextlib.contextmanager
def alone(target: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Only one is inside for ``target``; the others call ``waiting`` meanwhile. A process that dies opens its lock."""
    with target.with_name(f"{target.name}.lock").open("ab") as lock:
        while not _locked(lock):
            waiting()
            time.sleep(RETRY_SECONDS)
        yield  # closing the file opens the lock


def _locked(lock: IO[bytes]) -> bool:
    """Whether the lock is ours now."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # Windows only
        except OSError:
            return False
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
