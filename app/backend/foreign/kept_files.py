"""The .onnx files that people added, in the cache folder: they are there after a reload or a restart of the server.

Each is in a folder that only its person's token leads to, under its digest. What is kept is bounded in size and age.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from inception_models.checkpoints.trained_weights import cache_folder

from ..common.limits import MAX_SERVER_UPLOAD_BYTES, MAX_SESSION_UPLOAD_BYTES

KEPT_DAYS = 30
"""After its last use a file is removed."""


def keep_file(owner: str, digest: str, content: bytes) -> Path:
    """Where the file of ``owner`` is from now on. The oldest ones give way.

    Raises:
        OSError: where the cache may only be read, or is full.
    """
    file = _place(owner, digest)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    everybody = file.parent.parent
    _make_room(everybody.glob("*/*.onnx"), MAX_SERVER_UPLOAD_BYTES - len(content))
    _make_room(file.parent.glob("*.onnx"), MAX_SESSION_UPLOAD_BYTES - len(content))
    beside = file.with_suffix(".new")
    beside.write_bytes(content)
    os.replace(beside, file)
    return file


def kept_file(owner: str, digest: str) -> Path | None:
    """The file of ``owner``, which counts as used now; None where it is not here."""
    file = _place(owner, digest)
    try:
        os.utime(file)
    except OSError:
        return None
    return file


def forget_file(owner: str, digest: str) -> None:
    """Remove it."""
    with suppress(OSError):
        _place(owner, digest).unlink(missing_ok=True)


def _place(owner: str, digest: str) -> Path:
    name = hashlib.sha256(owner.encode()).hexdigest()[:32]
    return cache_folder() / "networks" / name / f"{digest}.onnx"


def _make_room(files: Iterable[Path], room: int) -> None:
    """Remove what is too old, and then the oldest until the rest fits into ``room`` bytes."""
    known = sorted(((file.stat(), file) for file in files), key=lambda each: each[0].st_mtime, reverse=True)
    total = 0
    for about, file in known:
        total += about.st_size
        if total > room or time.time() - about.st_mtime > KEPT_DAYS * 86_400:
            file.unlink(missing_ok=True)
