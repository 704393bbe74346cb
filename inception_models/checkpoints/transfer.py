"""One HTTP transfer into a file beside its target, resumed where the last one stopped.

What has arrived lies beside the target as ``NAME.part``, and the server's tag for it (the ETag) as ``NAME.etag``: only
if the file on the server is still the same, the rest is appended.
"""

from __future__ import annotations

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

OnBytes = Callable[[int, int | None], None]
"""Called with the bytes that are here and, if known, the total. What it raises ends the transfer; the bytes stay."""

CHUNK_BYTES = 1 << 18
MAX_REDIRECTS = 5
SPARE_BYTES = 1 << 26  # left free on the disk
BROKEN = (urllib.error.URLError, ssl.SSLError, TimeoutError, ConnectionError, http.client.HTTPException)
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


class DownloadError(ValueError):
    """Why there is no file, in one sentence. Fetching again resumes where it stopped, unless the file was wrong."""


def part_file(target: Path) -> Path:
    """Where what has arrived of ``target`` lies."""
    return target.with_name(f"{target.name}.part")


def etag_file(target: Path) -> Path:
    """Where the server's tag of the part lies."""
    return target.with_name(f"{target.name}.etag")


def file_size(file: Path) -> int:
    """Bytes of a file; none where there is no file."""
    return file.stat().st_size if file.exists() else 0


@dataclass(frozen=True)
class Transfer:
    """One request, or two where the server has nothing left to send for the first one's offer to resume.

    ``size``: the exact number of bytes, if known; ``limit``: bytes at most; ``timeout``: seconds of silence.
    """

    url: str
    target: Path
    size: int | None
    limit: int
    timeout: float
    report: OnBytes

    def run(self) -> None:
        """Bring the whole file into its ``.part``; DownloadError where that fails."""
        part, start, tag = part_file(self.target), file_size(part_file(self.target)), self._tag()
        if not tag or start > (self.size or self.limit):
            start = 0
        try:
            with self._open(start, tag) as response:
                self._write(response, _first_byte(response, start))
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
        etag_file(self.target).write_text(json.dumps(response.headers.get("ETag", "")))
        with part_file(self.target).open("ab" if start else "wb") as file:
            done = start
            self.report(done, total)
            while chunk := response.read1(CHUNK_BYTES):
                done += len(chunk)
                if done > self.limit:
                    raise DownloadError(self._too_large(done))
                file.write(chunk)
                self.report(done, total)
        if total is not None and done < total:
            raise DownloadError(self._cut_off(f"{_mb(done)} of {_mb(total)}"))

    def _check_announced(self, total: int | None, start: int) -> None:
        if total is None:
            return
        if total > self.limit:
            raise DownloadError(self._too_large(total))
        if self.size is not None and total != self.size:
            raise DownloadError(
                f"{host_of(self.url)} offers {total:,} bytes where {self.size:,} were published; nothing was fetched."
            )
        free = shutil.disk_usage(self.target.parent).free
        if total - start + SPARE_BYTES > free:
            raise DownloadError(
                f"{_mb(total - start)} are still to be fetched, and {self.target.parent} has {_mb(free)} free."
            )

    def _tag(self) -> str:
        """The server's tag for the file of which a part is here; empty where that part cannot be resumed."""
        try:
            tag = json.loads(etag_file(self.target).read_text())
        except (OSError, ValueError):
            return ""
        return tag if isinstance(tag, str) and not tag.startswith("W/") else ""  # a weak one promises no equal bytes

    # --- what went wrong, in one sentence ---------------------------------------------------------------------------

    def _too_large(self, size: int) -> str:
        return f"{self.target.name} has more than {_mb(size - 1)}, where {_mb(self.limit)} are allowed."

    def _refused(self, refusal: urllib.error.HTTPError) -> str:
        if refusal.code == 404:
            return f"{host_of(self.url)} no longer has {self.target.name} (404)."
        return f"{host_of(self.url)} refuses to send {self.target.name}: {refusal.code} {refusal.reason}."

    def _broken(self, problem: Exception) -> str:
        reason = problem.reason if isinstance(problem, urllib.error.URLError) else problem
        if isinstance(reason, TimeoutError):
            return f"{host_of(self.url)} has sent nothing for {self.timeout:g} s; fetching again resumes from there."
        if not isinstance(problem, urllib.error.URLError) and (done := file_size(part_file(self.target))):
            return self._cut_off(_mb(done))
        why = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return f"{host_of(self.url)} could not be reached ({why}); is there a network?"

    def _cut_off(self, after: str) -> str:
        return (
            f"The connection to {host_of(self.url)} broke after {after}; what has arrived is kept, and fetching again"
            " resumes from there."
        )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few, and none away from https."""

    max_redirections = MAX_REDIRECTS
    max_repeats = MAX_REDIRECTS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not is_allowed(newurl, req.full_url):
            raise DownloadError(f"{host_of(req.full_url)} redirects to {newurl[:80]!r}, which is not an https address.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _first_byte(response: http.client.HTTPResponse, asked: int) -> int:
    """Where the answer's bytes belong: from ``asked`` on, or at the beginning where the server does not resume."""
    if response.status != 206:
        return 0
    if not response.headers.get("Content-Range", "").startswith(f"bytes {asked}-"):
        raise DownloadError(f"{host_of(response.url)} sent another part of the file than was asked for.")
    return asked


def is_allowed(url: str, came_from: str) -> bool:
    """https; http within this machine only."""
    parts = urlsplit(url)
    local = parts.hostname in LOCAL_HOSTS and urlsplit(came_from).hostname in LOCAL_HOSTS
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


def host_of(url: str) -> str:
    """The server's name, for a sentence."""
    return urlsplit(url).hostname or "The server"


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
