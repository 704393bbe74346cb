"""Headers of safetensors that lie."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping


def safetensors(header: object, values: bytes = b"", length: int | None = None) -> bytes:
    written = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(written) if length is None else length) + written + values


def row(dtype: str = "F32", shape: object = (1,), offsets: object = (0, 4)) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


HEADERS: Mapping[str, Callable[[], bytes]] = {
    "safetensors, header of 2**63": lambda: safetensors({}, length=2**63),
    "safetensors, header of 2**64 - 1": lambda: safetensors({}, length=2**64 - 1),
    "safetensors, header of 100 MB": lambda: safetensors({}, bytes(100), length=100_000_000),
    "safetensors, header of 8 MB": lambda: safetensors(b"{" + b" " * 8_000_000 + b"}"),
    "safetensors, 8 MB of rows": lambda: safetensors({f"a{n}": row(shape=[0], offsets=[0, 0]) for n in range(110_000)}),
    "safetensors, 20,000 rows": lambda: safetensors(
        {f"a{n}.weight": row(shape=[0], offsets=[0, 0]) for n in range(20_000)}
    ),
    "safetensors, 8 MB of braces": lambda: safetensors(b'{"a":' + b"{" * 8_000_000),
    "safetensors, 8 MB of brackets": lambda: safetensors(b'{"a":' + b"[" * 8_000_000),
    "safetensors, 8 MB of numbers": lambda: safetensors(b'{"a":[' + b"1," * 3_900_000 + b"1]}"),
    "safetensors, brackets after 70 kB": lambda: safetensors(b'{"a":' + b" " * 70_000 + b"[" * 8_000_000),
    "safetensors, a number of 8 million digits": lambda: safetensors(b'{"a":' + b"9" * 8_000_000 + b"}"),
    "safetensors, an exponent": lambda: safetensors(
        b'{"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}', bytes(4)
    ),
    "safetensors, metadata of 7 MB": lambda: safetensors(
        {"__metadata__": {"x": "y" * 7_000_000}, "a": row()}, bytes(4)
    ),
    "safetensors, metadata that is a list": lambda: safetensors({"__metadata__": [1], "a": row()}, bytes(4)),
    "safetensors, rows that overlap": lambda: safetensors(
        {f"a{n}.weight": row(shape=[10**6], offsets=[0, 4 * 10**6]) for n in range(500)}, bytes(4 * 10**6)
    ),
    "safetensors, rows with holes": lambda: safetensors({"a": row(offsets=[4, 8])}, bytes(8)),
    "safetensors, negative offsets": lambda: safetensors({"a": row(offsets=[-4, 0])}),
    "safetensors, offsets backwards": lambda: safetensors({"a": row(offsets=[4, 0])}, bytes(4)),
    "safetensors, offsets of 2**64": lambda: safetensors({"a": row(offsets=[0, 2**64])}, bytes(4)),
    "safetensors, offsets of 10**400": lambda: safetensors({"a": row(offsets=[0, 10**400])}, bytes(4)),
    "safetensors, one offset": lambda: safetensors({"a": row(offsets=[0])}, bytes(4)),
    "safetensors, offsets that are text": lambda: safetensors({"a": row(offsets=["0", "4"])}, bytes(4)),
    "safetensors, a shape of 2**64": lambda: safetensors({"a": row(shape=[2**32, 2**32])}, bytes(4)),
    "safetensors, a shape of 0 and 2**62": lambda: safetensors({"a": row(shape=[0, 2**62, 2**62], offsets=[0, 0])}),
    "safetensors, a negative shape": lambda: safetensors({"a": row(shape=[-1])}, bytes(4)),
    "safetensors, 10,000 axes": lambda: safetensors({"a": row(shape=[1] * 10_000)}, bytes(4)),
    "safetensors, no shape": lambda: safetensors({"a": {"dtype": "F32", "data_offsets": [0, 4]}}, bytes(4)),
    "safetensors, a shape that is a dict": lambda: safetensors({"a": row(shape={})}, bytes(4)),
    "safetensors, a kind of number unknown": lambda: safetensors({"a": row("F99")}, bytes(4)),
    "safetensors, float8": lambda: safetensors({"a": row("F8_E4M3", [4])}, bytes(4)),
    "safetensors, float4": lambda: safetensors({"a": row("F4", [8])}, bytes(4)),
    "safetensors, float8 scales": lambda: safetensors({"a": row("F8_E8M0", [4])}, bytes(4)),
    "safetensors, bool": lambda: safetensors({"a.weight": row("BOOL", [4])}, b"\7" * 4),
    "safetensors, complex": lambda: safetensors({"a.weight": row("C64", [1], [0, 8])}, bytes(8)),
    "safetensors, a kind that is a list": lambda: safetensors({"a": {**row(), "dtype": ["F32"]}}, bytes(4)),
    "safetensors, the same name twice": lambda: safetensors(
        b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        bytes(8),
    ),
    "safetensors, not UTF-8": lambda: safetensors(
        b'{"\xff\xfe":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4)
    ),
    "safetensors, half a surrogate": lambda: safetensors(
        b'{"\\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4)
    ),
    "safetensors, UTF-16": lambda: safetensors(json.dumps({"a": row()}).encode("utf-16"), bytes(4)),
    "safetensors, a list": lambda: safetensors([row()], bytes(4)),
    "safetensors, a row that is null": lambda: safetensors({"a": None}, bytes(4)),
    "safetensors, an empty name": lambda: safetensors({"": row()}, bytes(4)),
    "safetensors, more after it": lambda: safetensors({"a": row()}, bytes(400)),
    "safetensors, nothing": lambda: safetensors({}),
    "safetensors, 7 bytes": lambda: b"\1\0\0\0\0\0\0",
    "safetensors, NaN in its JSON": lambda: safetensors(
        b'{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}}', bytes(4)
    ),
}
