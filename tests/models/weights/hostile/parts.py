"""How hostile files are put together: zips, pickles opcode by opcode, tensors as ``torch.save`` writes them."""

from __future__ import annotations

import pickle
import struct
import warnings
import zipfile
from collections.abc import Mapping
from io import BytesIO

import torch

BIG = 10**9
GIGABYTES = b"\x8a\x05\0\0\0\0\x01"  # the number of bytes in four of them


def saved(content: object, **options: object) -> bytes:
    file = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save(content, file, **options)  # type: ignore[arg-type]
    return file.getvalue()


def zipped(parts: Mapping[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def checkpoint(program: bytes, **storages: bytes) -> bytes:
    """A zip as ``torch.save`` writes it, with ``program`` as its pickle."""
    data = {f"archive/data/{key.removeprefix('s')}": content for key, content in storages.items()}
    return zipped(
        {"archive/data.pkl": b"\x80\x02" + program + b".", **data, "archive/version": b"3\n"}
        | {"archive/byteorder": b"little"}
    )


def old(program: bytes, rest: bytes = b"") -> bytes:
    """A file as PyTorch before 1.6 wrote it, with ``program`` in the place of the tensors."""
    start = (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True, "protocol_version": 1001, "type_sizes": {}})
    return b"".join(pickle.dumps(part, protocol=2) for part in start) + b"\x80\x02" + program + b"." + rest


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def number(value: int) -> bytes:
    return pickle.dumps(value, protocol=2)[2:-1]


def numbers(*values: int) -> bytes:
    return b"(" + b"".join(number(value) for value in values) + b"t"


def name(dotted: str) -> bytes:
    module, _, attribute = dotted.rpartition(".")
    return f"c{module}\n{attribute}\n".encode()


def storage(count: int, kind: str = "FloatStorage", key: bytes = text("0")) -> bytes:
    return b"(" + text("storage") + name(f"torch.{kind}") + key + text("cpu") + number(count) + b"tQ"


def tensor(stored: bytes, offset: int, size: bytes, stride: bytes) -> bytes:
    """A call of ``_rebuild_tensor_v2``."""
    hooks = name("collections.OrderedDict") + b")R"
    return (
        name("torch._utils._rebuild_tensor_v2")
        + b"("
        + stored
        + number(offset)
        + size
        + stride
        + b"\x89"
        + hooks
        + b"tR"
    )


def named_a(value: bytes) -> bytes:
    """``{"a": value}``."""
    return b"}" + text("a") + value + b"s"


def one_tensor(count: int, size: bytes, stride: bytes, offset: int = 0, kind: str = "FloatStorage") -> bytes:
    return checkpoint(named_a(tensor(storage(count, kind), offset, size, stride)), s0=bytes(40))


FINE = saved({"a": torch.ones(64, 64), "b": torch.ones(64)})
SMALL = tensor(storage(10), 0, numbers(10), numbers(1))
