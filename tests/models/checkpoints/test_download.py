"""Files from a real server on this machine, which is slow, hangs up, lies and forgets."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from hashlib import md5, sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock
from platformdirs.api import PlatformDirsABC
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows

from inception_models.checkpoints.download import bytes_arrived, fetch_file, is_intact
from inception_models.checkpoints.trained_weights import cache_folder
from inception_models.checkpoints.transfer import SPARE_BYTES, DownloadError, OnBytes
from tests.models.file_server import Behaviour, Served, serving

CONTENT = bytes(range(256)) * 4096  # 1 MB
OTHER = CONTENT[::-1]
HASH = sha256(CONTENT).hexdigest()


@pytest.fixture
def server() -> Iterator[Served]:
    with serving(CONTENT) as served:
        yield served


def test_a_file_arrives_with_progress_and_is_not_fetched_twice(server: Served, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    file = fetch_file(
        server.url, tmp_path / "new", size=len(CONTENT), digest=HASH, on_progress=lambda *done: told.append(done)
    )
    assert file == tmp_path / "new" / "weights.pth"
    assert file.read_bytes() == CONTENT
    assert told[0] == (0, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert fetch_file(server.url, tmp_path / "new", digest=HASH) == file
    assert server.behaviour.asked == [""]
    assert {f.name for f in file.parent.iterdir()} == {"weights.pth", "weights.pth.lock"}


def test_an_md5_is_checked_where_no_more_is_published(server: Served, tmp_path: Path) -> None:
    digest = md5(CONTENT).hexdigest()
    assert is_intact(fetch_file(server.url, tmp_path, digest=digest), digest=digest)
    with pytest.raises(DownloadError, match="its MD5 differs; it was removed"):
        fetch_file(server.url, tmp_path / "other", digest=md5(OTHER).hexdigest())


class Stop(Exception):
    """What a cancelled transfer raises."""


def stop_after(size: int) -> OnBytes:
    def tell(done: int, total: int | None) -> None:
        if done > size:
            raise Stop

    return tell


def test_a_cancelled_transfer_goes_on_where_it_stopped(server: Served, tmp_path: Path) -> None:
    with pytest.raises(Stop):
        fetch_file(server.url, tmp_path, digest=HASH, on_progress=stop_after(300_000))
    kept = bytes_arrived(tmp_path, "weights.pth")
    assert 300_000 <= kept < len(CONTENT)
    assert not (tmp_path / "weights.pth").exists()
    told: list[int] = []
    assert (
        fetch_file(server.url, tmp_path, digest=HASH, on_progress=lambda n, _: told.append(n)).read_bytes() == CONTENT
    )
    assert server.behaviour.asked == ["", f"bytes={kept}-"]
    assert told[0] == kept


class Resumed(NamedTuple):
    """How the server differs the second time, and whether it then sends all or only the rest."""

    second: dict[str, object]
    content: bytes = CONTENT


RESUMED = {
    "the rest": Resumed({}),
    "the file has changed": Resumed({"etag": '"two"', "content": OTHER}, OTHER),
    "ranges are ignored": Resumed({"ranges": False}),
    "no length is announced": Resumed({"length": False}),
}


@pytest.mark.parametrize("case", RESUMED.values(), ids=RESUMED)
def test_a_transfer_that_was_cut_off_is_resumed(case: Resumed, server: Served, tmp_path: Path) -> None:
    server.behaviour.cut_at = 500_000
    with pytest.raises(DownloadError, match=r"broke after 0\.5 MB of 1\.0 MB; .* resumes from there"):
        fetch_file(server.url, tmp_path)
    assert bytes_arrived(tmp_path, "weights.pth") == 500_000
    server.behaviour.cut_at = None
    for name, value in case.second.items():
        setattr(server.behaviour, name, value)
    file = fetch_file(server.url, tmp_path, digest=sha256(case.content).hexdigest())
    assert file.read_bytes() == case.content
    assert server.behaviour.asked == ["", "bytes=500000-"]


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_name_for_the_file_it_is_fetched_anew(etag: str, server: Served, tmp_path: Path) -> None:
    server.behaviour.cut_at, server.behaviour.etag = 500_000, etag
    with pytest.raises(DownloadError):
        fetch_file(server.url, tmp_path)
    server.behaviour.cut_at = None
    assert fetch_file(server.url, tmp_path, digest=HASH).read_bytes() == CONTENT
    assert server.behaviour.asked == ["", ""]


def test_a_part_that_is_longer_than_the_file_is_thrown_away(server: Served, tmp_path: Path) -> None:
    (tmp_path / "weights.pth.part").write_bytes(CONTENT + b"more")
    (tmp_path / "weights.pth.etag").write_text('"\\"one\\""')
    assert fetch_file(server.url, tmp_path, digest=HASH).read_bytes() == CONTENT
    assert server.behaviour.asked == [f"bytes={len(CONTENT) + 4}-", ""]


def change(**how: object) -> Behaviour:
    return Behaviour(**{"content": CONTENT} | how)  # type: ignore[arg-type]


REFUSED = {
    "wrong hash": (change(content=OTHER), "is not the file that was published: its SHA-256 differs"),
    "wrong size": (change(content=CONTENT[:-1]), "offers 1,048,575 bytes where 1,048,576 were published"),
    "wrong size, not announced": (change(content=CONTENT + b"x", length=False), "has 1,048,577 bytes where 1,048,576"),
    "404": (change(status=404), r"127.0.0.1 no longer has weights.pth \(404\)"),
    "503": (change(status=503), "refuses to send weights.pth: 503 Service Unavailable"),
    "redirect to http": (change(redirect="http://example.org/weights.pth"), "which is not an https address"),
    "redirect to a file": (change(redirect="file:///etc/passwd"), "refuses to send weights.pth: 302 .* is not allowed"),
    "redirect without end": (change(redirect="/weights.pth"), "refuses to send weights.pth: 302"),
    "too large": (change(content=CONTENT * 2), "has more than 2.1 MB, where 2.0 MB are allowed"),
    "too large, not announced": (change(content=CONTENT * 2, length=False), "has more than .* where 2.0 MB"),
}


@pytest.mark.parametrize("behaviour, sentence", REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_said_and_nothing_is_kept_as_the_file(
    behaviour: Behaviour, sentence: str, server: Served, tmp_path: Path
) -> None:
    vars(server.behaviour).update(vars(behaviour))
    with pytest.raises(DownloadError, match=sentence) as caught:
        fetch_file(server.url, tmp_path, size=len(CONTENT) if "size" in sentence or "bytes" in sentence else None,
              digest=HASH, limit=2_000_000)  # fmt: skip
    assert str(caught.value).count(". ") == 0
    assert not (tmp_path / "weights.pth").exists()
    assert not bytes_arrived(tmp_path, "weights.pth") or not behaviour.length


def test_a_wrong_file_is_removed_so_that_the_next_try_starts_anew(server: Served, tmp_path: Path) -> None:
    server.behaviour.content = OTHER
    with pytest.raises(DownloadError, match="SHA-256"):
        fetch_file(server.url, tmp_path, digest=HASH)
    assert bytes_arrived(tmp_path, "weights.pth") == 0
    server.behaviour.content = CONTENT
    assert fetch_file(server.url, tmp_path, digest=HASH[:8]).read_bytes() == CONTENT


def test_another_part_than_was_asked_for_is_refused(server: Served, tmp_path: Path) -> None:
    server.behaviour.cut_at = 500_000
    with pytest.raises(DownloadError, match="broke"):
        fetch_file(server.url, tmp_path)
    server.behaviour.wrong_range = True
    with pytest.raises(DownloadError, match="sent another part"):
        fetch_file(server.url, tmp_path)
    assert bytes_arrived(tmp_path, "weights.pth") == 500_000


def test_a_silent_server_is_given_up(server: Served, tmp_path: Path) -> None:
    server.behaviour.gate = threading.Event()  # opened when the server is closed
    with pytest.raises(DownloadError, match=r"127.0.0.1 has sent nothing for 0\.2 s"):
        fetch_file(server.url, tmp_path, timeout=0.2)
    assert bytes_arrived(tmp_path, "weights.pth") == len(CONTENT) // 2


def test_without_a_network_one_sentence(server: Served, tmp_path: Path) -> None:
    with serving(b"") as gone:
        url = gone.url
    with pytest.raises(DownloadError, match=r"127.0.0.1 could not be reached \(Connection refused\); is there a net"):
        fetch_file(url, tmp_path)
    with pytest.raises(DownloadError, match=r"nowhere.invalid could not be reached"):
        fetch_file("https://nowhere.invalid/weights.pth", tmp_path)


@pytest.mark.parametrize("url", ["http://example.org/a", "ftp://example.org/a", "file:///etc/passwd", "a", ""])
def test_only_https_is_asked(url: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="Only https"):
        fetch_file(url, tmp_path)


def test_redirects_within_this_machine_are_followed(server: Served, tmp_path: Path) -> None:
    with serving(b"") as first:
        first.behaviour.redirect = server.url
        assert fetch_file(first.url, tmp_path, digest=HASH).read_bytes() == CONTENT


def test_a_full_disk_is_said_before_and_meanwhile(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free._replace(free=SPARE_BYTES))
    with pytest.raises(DownloadError, match=r"1\.0 MB are still to be fetched, and .* has 67\.1 MB free"):
        fetch_file(server.url, tmp_path)
    monkeypatch.undo()

    def full(done: int, total: int | None) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DownloadError, match=r"The disk is full: weights.pth could not be written"):
        fetch_file(server.url, tmp_path, on_progress=full)


def test_a_folder_that_cannot_be_written_to(server: Served, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match="could not be written to"):
        fetch_file(server.url, tmp_path / "file")


def test_a_disk_that_is_really_full(server: Served, tmp_path: Path) -> None:
    (tmp_path / "weights.pth.part").symlink_to("/dev/full")
    with pytest.raises(DownloadError, match=r"^The disk is full: weights.pth could not be written"):
        fetch_file(server.url, tmp_path)


AS_NOBODY = """
import os, sys
from pathlib import Path
from inception_models.checkpoints.download import fetch_file
if os.getuid() == 0:
    os.setuid(65534)
try:
    fetch_file(sys.argv[1], Path("/usr/inception-explorer"))
except ValueError as problem:
    print(problem)
"""


def test_a_cache_that_may_only_be_read(server: Served) -> None:
    ended = subprocess.run([sys.executable, "-c", AS_NOBODY, server.url], capture_output=True, text=True, check=False)
    assert ended.stdout.startswith("weights.pth could not be written to /usr/inception-explorer: "), ended.stderr
    assert server.behaviour.asked == []


@pytest.mark.parametrize("damaged", [OTHER, CONTENT[:-1], b""])
def test_a_damaged_file_is_fetched_again_or_named_with_its_path(damaged: bytes, server: Served, tmp_path: Path) -> None:
    file = fetch_file(server.url, tmp_path, digest=HASH)
    file.write_bytes(damaged)
    assert not is_intact(file, digest=HASH)
    assert fetch_file(server.url, tmp_path, digest=HASH).read_bytes() == CONTENT
    assert is_intact(file, digest=HASH)
    file.write_bytes(damaged)
    server.behaviour.status = 404
    with pytest.raises(DownloadError, match=f"^{file} is damaged or cannot be read, and .* no longer has weights.pth"):
        fetch_file(server.url, tmp_path, digest=HASH)
    assert not file.exists(), "what is damaged is never used"


def test_many_at_once_fetch_it_once(server: Served, tmp_path: Path) -> None:
    server.behaviour.gate = threading.Event()
    contents: list[bytes] = []
    waiting = threading.Semaphore(0)

    def tell(done: int, total: int | None) -> None:
        waiting.release()

    def one() -> None:
        contents.append(fetch_file(server.url, tmp_path, digest=HASH, on_progress=tell).read_bytes())

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(6):  # all of them have begun or wait
        waiting.acquire()
    server.behaviour.gate.set()
    for thread in threads:
        thread.join()
    assert contents == [CONTENT] * 4
    assert server.behaviour.asked == [""]


@pytest.mark.parametrize(
    "platform, variables, folder",
    [
        (Unix, {"INCEPTION_EXPLORER_CACHE": "/here"}, "/here"),
        (Unix, {"XDG_CACHE_HOME": "/x"}, "/x/inception-explorer"),
        (Unix, {}, "/home/me/.cache/inception-explorer"),
        (MacOS, {}, "/home/me/Library/Caches/inception-explorer"),
        (Windows, {"LOCALAPPDATA": "/l"}, "/l/inception-explorer"),
    ],
)
def test_where_files_are_kept(
    platform: type[PlatformDirsABC], variables: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("INCEPTION_EXPLORER_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("platformdirs.PlatformDirs", platform)
    monkeypatch.setattr("platformdirs.windows.get_win_folder", lambda _: variables["LOCALAPPDATA"])  # Windows' answer
    assert cache_folder() == Path(folder)


HOLDER = """
import sys
from filelock import FileLock
lock = FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_process_that_dies_frees_the_file(server: Served, tmp_path: Path) -> None:
    """Another process has begun to fetch the file; this one waits, says so, and takes over once the other is dead."""
    (tmp_path / "weights.pth.part").write_bytes(CONTENT[:1000])
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "weights.pth.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        told: list[int] = []

        def tell(done: int, total: int | None) -> None:
            told.append(done)
            if len(told) == 2:
                other.kill()

        assert fetch_file(server.url, tmp_path, digest=HASH, on_progress=tell).read_bytes() == CONTENT
    assert told[:2] == [1000, 1000]
    assert server.behaviour.asked == [""]


def test_waiting_for_another_process_can_be_cancelled(server: Served, tmp_path: Path) -> None:
    def stop(done: int, total: int | None) -> None:
        raise Stop

    with FileLock(tmp_path / "weights.pth.lock"), pytest.raises(Stop):
        fetch_file(server.url, tmp_path, on_progress=stop)
    assert server.behaviour.asked == []
