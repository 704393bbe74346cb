"""A file from somebody's server: with progress, resumed where it was cut off, named only if its hash is right.

What has arrived lies beside the target as ``NAME.part``, and what the server called it (its ETag) as ``NAME.etag``:
only if the file is still the same there, the rest is appended.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import json
import shutil
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

from .file_lock import alone

OnBytes = Callable[[int, int | None], None]
"""Told the bytes that are there and, if known, all of them. What it raises ends the transfer; what came is kept."""

CHUNK_BYTES = 1 << 18
SILENCE_SECONDS = 20.0  # without a single byte
REDIRECTS = 5
LIMIT_BYTES = 1 << 30  # the largest published checkpoint of the family has a quarter of that
SPARE_BYTES = 1 << 26  # left free on the disk
BROKEN = (urllib.error.URLError, ssl.SSLError, TimeoutError, ConnectionError, http.client.HTTPException)
LOCAL = ("127.0.0.1", "localhost", "::1")


class DownloadError(ValueError):
    """Why there is no file, in one sentence. Fetching again goes on where it stopped, unless the file was wrong."""


def fetch_file(
    url: str,
    folder: Path,
    *,
    name: str = "",
    size: int | None = None,
    sha256: str = "",
    on_progress: OnBytes | None = None,
    limit: int = LIMIT_BYTES,
    timeout: float = SILENCE_SECONDS,
) -> Path:
    """The file at ``url`` as ``folder / name``; nothing is transferred if it is there already.

    Threads and processes that want the same file wait for the first one.

    Args:
        name: by default what the address ends in.
        size: the exact number of bytes, if it is known.
        sha256: the digest in hexadecimal, or its beginning; empty where it is unknown.
        limit: bytes at most.

    Raises:
        DownloadError: with one sentence, where it cannot be had or is not what was expected.
    """
    if not _allowed(url, url):
        raise DownloadError(f"Only https addresses are fetched, not {url[:80]!r}.")
    target = folder / (name or Path(urlsplit(url).path).name)
    if target.exists():
        return target
    tell = on_progress or (lambda done, total: None)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone(target, lambda: tell(_length(_part(target)), size)):
            if not target.exists():  # nobody has finished it while this one waited
                _Transfer(url, target, size, limit, timeout, tell).run()
                _check(_part(target), url, size, sha256)
                _part(target).replace(target)
                _etag(target).unlink(missing_ok=True)
    except OSError as problem:
        if problem.errno == errno.ENOSPC:
            raise DownloadError(f"The disk is full: {target.name} could not be written to {folder}.") from None
        raise DownloadError(f"{target.name} could not be written to {folder}: {problem.strerror or problem}.") from None
    return target


def arrived(folder: Path, name: str) -> int:
    """Bytes of a transfer that was stopped."""
    return _length(_part(folder / name))


def digest(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _part(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def _etag(target: Path) -> Path:
    return target.with_name(f"{target.name}.etag")


def _length(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _check(part: Path, url: str, size: int | None, sha256: str) -> None:
    """Refuse, and remove, what is not the file that was published."""
    name = part.name.removesuffix(".part")
    if size is not None and (found := _length(part)) != size:
        part.unlink()
        raise DownloadError(f"{name} has {found:,} bytes where {size:,} were published; it was removed.")
    if sha256 and not digest(part).startswith(sha256.lower()):
        part.unlink()
        raise DownloadError(
            f"{name} from {_host(url)} is not the file that was published: its SHA-256 is another; it was removed."
        )


# --- the transfer ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Transfer:
    """One request, or two where the first offer to resume was declined."""

    url: str
    target: Path
    size: int | None
    limit: int
    timeout: float
    tell: OnBytes

    def run(self) -> None:
        part, start, tag = _part(self.target), _length(_part(self.target)), self._tag()
        if not tag or start > (self.size or self.limit):
            start = 0
        try:
            with self._open(start, tag) as response:
                self._write(response, _start(response, start))
        except urllib.error.HTTPError as refusal:
            if refusal.code == 416 and start:  # nothing is left to send: what is here cannot be the beginning of it
                part.unlink()
                self.run()
                return
            raise DownloadError(self._refused(refusal)) from None
        except BROKEN as problem:
            raise DownloadError(self._broken(problem)) from None

    def _open(self, start: int, tag: str) -> http.client.HTTPResponse:
        headers = {"Accept-Encoding": "identity", "User-Agent": "inception-explorer"}
        if start:
            headers |= {"Range": f"bytes={start}-", "If-Range": tag}
        opener = urllib.request.build_opener(_Redirects())
        request = urllib.request.Request(self.url, headers=headers)
        return cast(http.client.HTTPResponse, opener.open(request, timeout=self.timeout))

    def _write(self, response: http.client.HTTPResponse, start: int) -> None:
        announced = response.headers.get("Content-Length", "")
        total = start + int(announced) if announced.isdecimal() else self.size
        self._check_announced(total, start)
        _etag(self.target).write_text(json.dumps(response.headers.get("ETag", "")))
        with _part(self.target).open("ab" if start else "wb") as file:
            done = start
            self.tell(done, total)
            while chunk := response.read1(CHUNK_BYTES):
                done += len(chunk)
                if done > self.limit:
                    raise DownloadError(self._too_large(done))
                file.write(chunk)
                self.tell(done, total)
        if total is not None and done < total:
            raise DownloadError(self._cut_off(f"{_mb(done)} of {_mb(total)}"))

    def _check_announced(self, total: int | None, start: int) -> None:
        if total is None:
            return
        if total > self.limit:
            raise DownloadError(self._too_large(total))
        if self.size is not None and total != self.size:
            raise DownloadError(
                f"{_host(self.url)} offers {total:,} bytes where {self.size:,} were published; nothing was fetched."
            )
        free = shutil.disk_usage(self.target.parent).free
        if total - start + SPARE_BYTES > free:
            raise DownloadError(
                f"{_mb(total - start)} are still to be fetched, and {self.target.parent} has {_mb(free)} free."
            )

    def _tag(self) -> str:
        """What the server called the file of which a part is here; empty where that part cannot be gone on with."""
        try:
            tag = json.loads(_etag(self.target).read_text())
        except (OSError, ValueError):
            return ""
        return tag if isinstance(tag, str) and not tag.startswith("W/") else ""  # a weak one promises no equal bytes

    def _too_large(self, found: int) -> str:
        return f"{self.target.name} has more than {_mb(found - 1)}, where {_mb(self.limit)} are allowed."

    def _refused(self, refusal: urllib.error.HTTPError) -> str:
        if refusal.code == 404:
            return f"{_host(self.url)} has no {self.target.name} any more (404)."
        return f"{_host(self.url)} refuses to send {self.target.name}: {refusal.code} {refusal.reason}."

    def _broken(self, problem: Exception) -> str:
        reason = problem.reason if isinstance(problem, urllib.error.URLError) else problem
        if isinstance(reason, TimeoutError):
            return f"{_host(self.url)} has sent nothing for {self.timeout:g} s; fetching again goes on from there."
        if not isinstance(problem, urllib.error.URLError) and (done := _length(_part(self.target))):
            return self._cut_off(_mb(done))
        why = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return f"{_host(self.url)} could not be reached ({why}); is there a network?"

    def _cut_off(self, after: str) -> str:
        return (
            f"The connection to {_host(self.url)} broke after {after}; what has arrived is kept, and fetching again"
            " goes on from there."
        )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few, and none away from https."""

    max_redirections = REDIRECTS
    max_repeats = REDIRECTS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not _allowed(newurl, req.full_url):
            raise DownloadError(f"{_host(req.full_url)} redirects to {newurl[:80]!r}, which is no https address.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _start(response: http.client.HTTPResponse, asked: int) -> int:
    """Where the bytes of the answer belong: from ``asked`` on, or at the beginning where the server will not resume."""
    if response.status != 206:
        return 0
    if not response.headers.get("Content-Range", "").startswith(f"bytes {asked}-"):
        raise DownloadError(f"{_host(response.url)} sent another part of the file than was asked for.")
    return asked


def _allowed(url: str, came_from: str) -> bool:
    """https; http within this machine only."""
    parts = urlsplit(url)
    local = parts.hostname in LOCAL and urlsplit(came_from).hostname in LOCAL
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


def _host(url: str) -> str:
    return urlsplit(url).hostname or "The server"


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
