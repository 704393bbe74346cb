"""People's files in the cache folder: everybody has their own, and neither number nor age is without end."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from app.backend.foreign import kept_files
from app.backend.foreign.kept_files import KEPT_DAYS, forget_file, keep_file, kept_file

DAY_SECONDS = 86_400


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INCEPTION_EXPLORER_CACHE", str(tmp_path))
    return tmp_path


def _aged(file: Path, days: float) -> None:
    then = time.time() - days * DAY_SECONDS
    os.utime(file, (then, then))


def test_a_file_is_its_persons_and_nobody_elses() -> None:
    kept = keep_file("me", "a1", b"network")
    assert kept_file("me", "a1") == kept
    assert kept.read_bytes() == b"network"
    assert kept_file("you", "a1") is None
    forget_file("you", "a1")
    forget_file("me", "a1")
    assert kept_file("me", "a1") is None
    assert "me" not in str(kept.relative_to(kept.parents[2]))


def test_what_was_not_used_for_long_gives_way_and_use_counts() -> None:
    for digest in ("old", "used"):
        _aged(keep_file("me", digest, b"x"), KEPT_DAYS + 1)
    assert kept_file("me", "used")
    keep_file("you", "b", b"x")
    assert kept_file("me", "old") is None
    assert kept_file("me", "used")


@pytest.mark.parametrize("limit, others", [("MAX_SESSION_UPLOAD_BYTES", "me"), ("MAX_SERVER_UPLOAD_BYTES", "you")])
def test_the_oldest_give_way_where_there_is_no_room(limit: str, others: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_files, limit, 25)
    for days, digest in enumerate(("c", "b", "a")):
        _aged(keep_file(others, digest, b"8 bytes."), days)
    keep_file("me", "new", b"8 bytes.")
    assert [kept_file(others, digest) is not None for digest in "abc"] == [False, True, True]
