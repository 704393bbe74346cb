"""A file from a server, fetched once: with progress, resumed where it was cut off, and checked before it gets its name.

It is checked again whenever it is asked for: a disk may damage it, and so may whoever can write to it. What has arrived
of it lies beside the target (see :mod:`.transfer`) until its size and hash are known to be right.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from .transfer import DownloadError, OnBytes, Transfer, etag_file, file_size, host_of, is_allowed, part_file

SILENCE_SECONDS = 20.0  # without a single byte
MAX_DOWNLOAD_BYTES = 1 << 30  # the largest published checkpoint of the family has a quarter of that
MD5_DIGITS = 32  # in hexadecimal; the beginnings of a SHA-256 that names contain have fewer
LOCK_POLL_SECONDS = 0.1  # between two looks whether the one before has finished


def fetch_file(
    url: str,
    folder: Path,
    *,
    name: str = "",
    size: int | None = None,
    digest: str = "",
    on_progress: OnBytes | None = None,
    limit: int = MAX_DOWNLOAD_BYTES,
    timeout: float = SILENCE_SECONDS,
) -> Path:
    """The file at ``url`` as ``folder / name``; nothing is transferred if it is there already and intact.

    Threads and processes that want the same file wait for the first one.

    Args:
        name: by default what the address ends in.
        size: the exact number of bytes, if it is known.
        digest: the SHA-256 in hexadecimal, or its beginning, or the MD5 where no more is published; empty where neither
            is known.
        on_progress: called with the bytes that have arrived; what it raises ends the transfer or the waiting.
        limit: bytes at most.
        timeout: seconds without a single byte after which the server is given up.

    Raises:
        DownloadError: with one sentence, where it cannot be had or is not what was expected.
    """
    if not is_allowed(url, url):
        raise DownloadError(f"Only https addresses are fetched, not {url[:80]!r}.")
    target = folder / (name or Path(urlsplit(url).path).name)
    if is_intact(target, size, digest):
        return target
    report = on_progress or (lambda done, total: None)
    before = f"{target} is damaged or cannot be read, and has to be fetched again. " if target.exists() else ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _exclusive(target, lambda: report(file_size(part_file(target)), size)):
            if not is_intact(target, size, digest):  # nobody has finished it while this one waited
                target.unlink(missing_ok=True)
                Transfer(url, target, size, limit, timeout, report).run()
                _check(part_file(target), url, size, digest)
                part_file(target).replace(target)
                etag_file(target).unlink(missing_ok=True)
    except DownloadError as problem:
        raise DownloadError(f"{before}{problem}") from None
    except OSError as problem:
        place = f"{target.name} could not be written to {folder}"
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DownloadError(f"{before}The disk is full: {place}.") from None
        raise DownloadError(f"{before}{place}: {problem.strerror or problem}.") from None
    return target


@contextmanager
def _exclusive(target: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Only one thread of one process is inside for ``target``; the others call ``on_wait`` until it is their turn.

    A process that dies frees its lock.
    """
    lock = FileLock(f"{target}.lock")
    while not lock.is_locked:
        try:
            lock.acquire(timeout=LOCK_POLL_SECONDS)
        except Timeout:
            on_wait()
    try:
        yield
    finally:
        lock.release()


def is_intact(file: Path, size: int | None = None, digest: str = "") -> bool:
    """Whether a file is there, can be read and, as far as they are known, has this size and digest."""
    try:
        stamp = file.stat()
        if size is not None and stamp.st_size != size:
            return False
        if not digest:
            return True
        known = _known_digest(file, _algorithm(digest), stamp.st_mtime_ns, stamp.st_size)
        return known.startswith(digest.lower())
    except OSError:
        return False


def bytes_arrived(folder: Path, name: str) -> int:
    """How much of a transfer that was stopped is here."""
    return file_size(part_file(folder / name))


def _check(part: Path, url: str, size: int | None, digest: str) -> None:
    """Refuse, and remove, what is not the file that was published."""
    name = part.name.removesuffix(".part")
    if size is not None and (actual := file_size(part)) != size:
        part.unlink()
        raise DownloadError(f"{name} has {actual:,} bytes where {size:,} were published; it was removed.")
    if digest and not _digest(part, _algorithm(digest)).startswith(digest.lower()):
        part.unlink()
        kind = digest_name(digest)
        raise DownloadError(
            f"{name} from {host_of(url)} is not the file that was published: its {kind} differs; it was removed."
        )


def digest_name(digest: str) -> str:
    """Which digest it is, for a sentence."""
    return "MD5" if len(digest) == MD5_DIGITS else "SHA-256"


def _algorithm(digest: str) -> str:
    return digest_name(digest).replace("-", "").lower()


@lru_cache(maxsize=32)
def _known_digest(file: Path, algorithm: str, changed_ns: int, size: int) -> str:
    """The digest, computed again when the file has changed: 200 MB take up to half a second."""
    return _digest(file, algorithm)


def _digest(file: Path, algorithm: str) -> str:
    """The digest of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, algorithm).hexdigest()
