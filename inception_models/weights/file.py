"""A file of tensors from anybody, read so that it can neither run code nor fill the memory.

What a file is, is told by its content, never by its ending: safetensors, what ``torch.save`` writes, as a zip or in the
format of PyTorch before 1.6, Keras' HDF5, ONNX, or TensorFlow's first format. Nothing is unpickled but tensors and
plain values.
"""

from __future__ import annotations

import json
import os
import re
import threading
import warnings
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

import torch

from .contents import MAX_TENSORS, FileTensors, chosen
from .errors import Entry as Entry
from .errors import SeveralEntriesError as SeveralEntriesError
from .errors import WeightsError as WeightsError
from .keras_file import read_keras
from .kinds import GZIP, HDF5, HEAD_BYTES, is_onnx, not_a_checkpoint, not_a_checkpoint_zip
from .onnx_file import read_onnx_weights
from .pickle_scan import DICTIONARIES, LISTS, MAX_PICKLE_BYTES, PLAIN_VALUES, check_names, scan
from .tensorflow_file import is_table, read_archive, read_checkpoint

# Offered by a file dialogue; nothing else asks.
SUFFIXES = (".safetensors", ".pt", ".pth", ".ckpt", ".bin", ".tar", ".gz", ".h5", ".onnx")
MAX_FILE_BYTES = 1 << 30  # four times the largest published checkpoint of the family
MAX_HEADER_BYTES = 1 << 21  # of safetensors, JSON; Inception-ResNet v2's has 0.1 MB
MAX_JSON_DEPTH = 16  # of safetensors' header, whose own depth is 3
MAX_DIRECTORY_BYTES = 1 << 21  # of a zip, where its parts are; Inception-ResNet v2's with its optimizer has 0.5 MB
# Where the length of that stands at the end of a zip, by its two records; a crafted file may have several of them.
DIRECTORY_LENGTHS = re.compile(rb"(?=PK\x05\x06.{8}(.{4})|PK\x06\x06.{36}(.{8}))", re.DOTALL)
TAIL_BYTES = (1 << 16) + 200  # these records, and a comment
OLD_PICKLES = 5  # before 1.6: a number, a version, the system, the tensors, the order of their storages
OLD_START = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # that number, after the protocol's two bytes
_LOADING = threading.Lock()  # torch keeps the names that may be read in one place for all threads


def read_tensors(path: Path, entry: str | None = None) -> FileTensors:
    """The tensors of a checkpoint file by name.

    Args:
        entry: which of several sets of tensors, by its path in the file.

    Raises:
        SeveralEntriesError: where the file contains several and none was named.
        WeightsError: where it is not a file of tensors.
        OSError: where it cannot be read.
    """
    with path.open("rb") as file:
        return read_open(file, path.name, entry)


def read_open(file: BinaryIO, name: str, entry: str | None = None) -> FileTensors:
    """The same of an open file, which may lie in memory. ``name`` is for the sentences."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > MAX_FILE_BYTES:
        raise WeightsError(f"{name} has {size / 1e6:,.0f} MB; at most {MAX_FILE_BYTES / 1e6:,.0f} MB are allowed.")
    if size == 0:
        raise WeightsError(f"{name} is empty.")
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if head.startswith(b"PK"):
        _check_zip(file, name, size)
        return chosen(_unpickled(file, name), name, entry)
    if head[8:9] == b"{" or name.lower().endswith(".safetensors"):
        if sentence := not_a_checkpoint(head):
            raise WeightsError(f"{name} {sentence}.")
        return chosen(_safetensors(file, name, size), name, entry)
    if head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05":
        _check_old(file, name, head)
        return chosen(_unpickled(file, name), name, entry)
    if head.startswith(HDF5):
        return chosen(read_keras(file, name, size), name, entry)
    if is_onnx(head):
        return chosen(read_onnx_weights(file, name), name, entry)
    if head.startswith(GZIP):
        return chosen(read_archive(file, name, size), name, entry)
    if is_table(file, size):
        file.seek(0)
        return chosen(read_checkpoint(file.read(), name), name, entry)
    reason = not_a_checkpoint(head) or "is not a file of weights that is known here"
    raise WeightsError(f"{name} {reason}.")


def metadata(file: BinaryIO) -> dict[str, str]:
    """The texts in the header of a safetensors file that :func:`read_open` has read; none of any other file."""
    file.seek(0)
    start = file.read(9)
    if start[8:] != b"{":
        return {}
    file.seek(8)
    rows = json.loads(file.read(int.from_bytes(start[:8], "little")))
    return dict(rows.get("__metadata__", {}))


# --- safetensors -----------------------------------------------------------------------------------------------------


def _safetensors(file: BinaryIO, name: str, size: int) -> object:
    from safetensors import SafetensorError
    from safetensors.torch import load

    header = int.from_bytes(file.read(8), "little")
    if size < 8 or header > MAX_HEADER_BYTES:
        raise WeightsError(f"{name} is not a safetensors file, or is damaged: its header cannot be that long.")
    if header > size - 8:
        raise WeightsError(f"{name} is cut off within its header: it is half a download, or damaged.")
    promised = 8 + header + _promised(file.read(header), name)
    if promised > size:
        raise WeightsError(f"{name} promises more than the {size / 1e6:,.1f} MB it has: half a download, or damaged.")
    file.seek(0)
    try:
        return load(file.read())
    except SafetensorError as problem:
        raise WeightsError(f"{name} is not a safetensors file: {_first_line(problem)}.") from None
    except KeyError as problem:
        raise WeightsError(f"{name} has values of the type {problem}, which no weights here have.") from None
    except Exception:  # a crafted file can make its reader raise anything
        raise WeightsError(f"{name} is damaged: its tensors cannot be read.") from None


def _promised(header: bytes, name: str) -> int:
    """How many bytes of tensors a header speaks of."""
    try:
        if header.count(b"{") > 2 * MAX_TENSORS or header.count(b"[") > 4 * MAX_TENSORS:
            raise ValueError("too many")
        if _json_depth(header) > MAX_JSON_DEPTH:
            raise ValueError("too deep")
        rows: object = json.loads(header)
        assert isinstance(rows, dict)
        ends = [row["data_offsets"][1] for key, row in rows.items() if key != "__metadata__"]
        return max((end for end in ends if isinstance(end, int)), default=0)
    except (ValueError, KeyError, TypeError, IndexError, AssertionError, RecursionError):
        raise WeightsError(f"{name} is not a safetensors file: its header is not of that format.") from None


def _json_depth(text: bytes) -> int:
    """The most brackets that are open at once among the first that are; those within names count too."""
    depth = deepest = 0
    for byte in text[: 1 << 16]:
        depth += (byte in b"{[") - (byte in b"}]")
        deepest = max(deepest, depth)
    return deepest


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0].rstrip(".")


# --- torch.save ------------------------------------------------------------------------------------------------------


def _check_zip(file: BinaryIO, name: str, size: int) -> None:
    """Since PyTorch 1.6 a .pth is a zip of uncompressed parts; a compressed one would unfold to any size."""
    if not zipfile.is_zipfile(file):
        raise WeightsError(f"{name} ends before its table of contents: it is half a download, or damaged.")
    if _directory_bytes(file, size) > MAX_DIRECTORY_BYTES:
        raise WeightsError(f"{name} lists more than any network of the family has; it was not read.")
    try:
        archive = zipfile.ZipFile(file)
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise WeightsError(f"{name} is damaged: its table of contents cannot be read.") from None
    if sentence := not_a_checkpoint_zip([part.filename for part in parts]):
        raise WeightsError(f"{name} {sentence}.")
    packed = any(part.compress_type != zipfile.ZIP_STORED for part in parts)
    if packed or sum(part.file_size for part in parts) > size:
        raise WeightsError(f"{name} unfolds to more than its own size, which no PyTorch file does; it was not read.")
    for part in parts:
        if part.filename.lower().endswith(".pkl"):  # torch's reader of zip archives ignores case
            if part.file_size > MAX_PICKLE_BYTES:
                raise WeightsError(f"{name} lists more tensors than any network of the family has; it was not read.")
            try:
                content = archive.read(part)
            except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError):
                raise WeightsError(f"{name} is damaged: the list of its tensors cannot be read.") from None
            check_names(scan(content, name), name)
    file.seek(0)


def _directory_bytes(file: BinaryIO, size: int) -> int:
    """The most that any record at the end of a zip says of the length of its table of contents."""
    file.seek(max(0, size - TAIL_BYTES))
    lengths = (found[1] or found[2] for found in DIRECTORY_LENGTHS.finditer(file.read()))
    known = (int.from_bytes(length, "little") for length in lengths)
    return max((length for length in known if length != 0xFFFF_FFFF), default=0)  # that one refers to the other record


def _check_old(file: BinaryIO, name: str, head: bytes) -> None:
    """Before 1.6 a .pth was a row of pickles, with the tensors' values after them."""
    content = file.read(MAX_PICKLE_BYTES)
    file.seek(0)
    old = head[2 : 2 + len(OLD_START)] == OLD_START
    check_names(scan(content, name, OLD_PICKLES if old else 1), name)
    if not old:
        raise WeightsError(f"{name} is a plain pickle; save the network's state_dict() with torch.save.")


class _Placeholder:
    """In the place of every plain value of a class that is not needed, so that nothing of it is run."""

    def __new__(cls, *_: object, **__: object) -> _Placeholder:
        return object.__new__(cls)

    def __setstate__(self, _: object) -> None:
        pass


def _dictionary(*_: object) -> OrderedDict[object, object]:
    return OrderedDict()


def _list(*_: object) -> list[object]:
    return []


STAND_INS = [
    *((_Placeholder, name) for name in sorted(PLAIN_VALUES)),
    *((_dictionary, name) for name in sorted(DICTIONARIES)),
    *((_list, name) for name in sorted(LISTS)),
]


def _unpickled(file: BinaryIO, name: str) -> object:
    try:
        with _LOADING, torch.serialization.safe_globals(STAND_INS), warnings.catch_warnings():  # type: ignore[arg-type]
            warnings.simplefilter("ignore")
            content: object = torch.load(file, map_location="cpu", weights_only=True)
    except MemoryError:
        raise WeightsError(f"{name} needs more memory than there is.") from None
    except Exception:  # a crafted file can make its reader raise anything
        raise WeightsError(f"{name} is damaged, or contains more than tensors; only tensors are read.") from None
    return content
