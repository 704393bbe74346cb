"""Zips, and a tar, that lie about their contents."""

from __future__ import annotations

import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

from .parts import FINE, name, text, zipped


def edited_directory(field: str, value: int) -> bytes:
    """A fine file of which every entry of the table of contents lies."""
    places = {"crc": (16, "<I"), "packed": (20, "<I"), "size": (24, "<I"), "disk": (34, "<H"), "start": (42, "<I")}
    data, at = bytearray(FINE), -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        struct.pack_into(places[field][1], data, at + places[field][0], value)
    return bytes(data)


def overlapping(entries: int) -> bytes:
    """Entries that all are the same bytes of the file."""
    base = BytesIO(zipped({"archive/data.pkl": b"\x80\x02}.", "archive/data/0": bytes(1 << 20)}))
    archive = zipfile.ZipFile(base)
    part, start = archive.getinfo("archive/data/0"), archive.start_dir
    directory = base.getvalue()[start:]
    one = directory[directory.rfind(b"PK\x01\x02") : directory.rfind(b"PK\x05\x06")]
    more = b"".join(one.replace(b"data/0", f"data/{number % 10}".encode()) for number in range(entries))
    kept = directory[: directory.rfind(b"PK\x05\x06")]
    assert part.file_size == 1 << 20
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, entries + 2, entries + 2, len(kept) + len(more), start, 0)
    return base.getvalue()[:start] + kept + more + end


def many_entries(count: int) -> bytes:
    return zipped({"archive/data.pkl": b"\x80\x02}."} | {f"archive/data/{number}": b"" for number in range(count)})


def duplicates() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("archive/data.pkl", b"\x80\x02}.")
        archive.writestr("archive/data.pkl", b"\x80\x02" + name("builtins.eval") + text("1") + b"\x85R.")
        archive.writestr("archive/version", b"3")
    return file.getvalue()


def all_table(size: int, longer: bool = False) -> bytes:
    """A file whose table of contents is all of it."""
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 9, 9, 0xFFFF_FFFF if longer else size, 0, 0)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, size, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, size, 1)
    return b"PK\x03\x04" + bytes(size - 4) + (record + locator) * longer + end


def zip64(size: int) -> bytes:
    """A table of contents whose sizes are in its 64-bit fields."""
    data = bytearray(FINE)
    end = data.rfind(b"PK\x05\x06")
    count = struct.unpack_from("<H", data, end + 10)[0]
    length, start = struct.unpack_from("<II", data, end + 12)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    struct.pack_into("<HHII", data, end + 8, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    assert length
    return bytes(data[:end]) + record + locator + bytes(data[end:])


def bomb() -> bytes:
    """200 MB of zeros, packed."""
    return zipped({"archive/data.pkl": bytes(200_000_000), "archive/version": b"3"}, zipfile.ZIP_DEFLATED)


def tar() -> bytes:
    """The layout before 0.1.10, a tar archive."""
    file = BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for part in ("storages", "tensors", "pickle"):
            archive.addfile(tarfile.TarInfo(part), BytesIO())
    return file.getvalue()


ZIPS: Mapping[str, Callable[[], bytes]] = {
    "zip bomb": bomb,
    "zip of overlapping parts": lambda: overlapping(3000),
    "zip with two pickles of one name": duplicates,
    "zip with 100,000 parts": lambda: many_entries(100_000),
    "zip that is all table": lambda: all_table(60_000_000),
    "zip64 that is all table": lambda: all_table(60_000_000, longer=True),
    "zip with a wrong check sum": lambda: edited_directory("crc", 12345),
    "zip with parts of 4 GB": lambda: edited_directory("size", 0xFFFFFFFE),
    "zip with packed sizes of 4 GB": lambda: edited_directory("packed", 0xFFFFFFFE),
    "zip with parts of no size": lambda: edited_directory("size", 0),
    "zip with parts past its end": lambda: edited_directory("start", 0xFFFFFFF0),
    "zip with parts on another disk": lambda: edited_directory("disk", 7),
    "zip64 with a table of 2**62 bytes": lambda: zip64(2**62),
    "zip64 with a table of -1 bytes": lambda: zip64(2**64 - 1),
    "zip64 with a table of 4 bytes": lambda: zip64(4),
    "zip in a zip": lambda: zipped({"archive/data.pkl": FINE, "archive/version": b"3"}),
    "zip with the pickle elsewhere": lambda: zipped({"a/b/c/data.pkl": b"\x80\x02}.", "archive/version": b"3"}),
    "zip with ../ in its names": lambda: zipped({"../../data.pkl": b"\x80\x02}.", "../version": b"3"}),
    "zip with long names": lambda: zipped(
        {f"archive/{'x' * 60_000}{n}": b"" for n in range(50)} | {"archive/data.pkl": b"\x80\x02}."}
    ),
    "zip with its end alone": lambda: b"PK\x05\x06" + bytes(18),
    "zip of encrypted parts": lambda: FINE.replace(b"PK\x01\x02\0\0\0\0\0\0", b"PK\x01\x02\0\0\0\0\x01\0"),
    "zip with a long comment": lambda: FINE[:-2] + b"\xff\xff" + bytes(0xFFFF),
    "zip with a version of 10**400": lambda: zipped({"archive/data.pkl": b"\x80\x02}.", "archive/version": b"9" * 400}),
    "zip with another byte order": lambda: zipped(
        {"archive/data.pkl": b"\x80\x02}.", "archive/byteorder": b"middle", "archive/version": b"3"}
    ),
    "zip with a storage alignment of 0": lambda: zipped(
        {"archive/data.pkl": b"\x80\x02}.", "archive/.storage_alignment": b"0", "archive/version": b"3"}
    ),
    "zip of a format version that is not text": lambda: zipped(
        {"archive/data.pkl": b"\x80\x02}.", "archive/.format_version": b"\xff" * 9, "archive/version": b"3"}
    ),
    "a tar of before 0.1.10": tar,
}
