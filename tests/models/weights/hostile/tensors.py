"""Tensors and storages that lie about their sizes, or are of kinds that no weights are."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from .parts import (
    BIG,
    GIGABYTES,
    SMALL,
    checkpoint,
    name,
    named_a,
    number,
    numbers,
    old,
    one_tensor,
    saved,
    storage,
    tensor,
    text,
)

EMPTY_TENSOR = torch.zeros(0)
QUANTISED = name("torch._utils._rebuild_qtensor")
META = name("torch._utils._rebuild_meta_tensor_no_storage")
SPARSE = name("torch._utils._rebuild_sparse_tensor")
LAYOUT = name("torch.serialization._get_layout") + text("torch.sparse_coo") + b"\x85R"
FLOAT = name("torch.float32")


def legacy(count: int, values: bytes, size: bytes, stride: bytes) -> bytes:
    """The format before 1.6, with a storage of ``count`` values."""
    key = text("0")
    stored = b"(" + text("storage") + name("torch.FloatStorage") + key + text("cpu") + number(count) + b"NtQ"
    keys = b"\x80\x02]" + key + b"a."
    return old(named_a(tensor(stored, 0, size, stride)), keys + struct.pack("<q", count) + values)


def subclass(of: bytes) -> bytes:
    """What ``torch.nn.Parameter`` and other subclasses are written as, with another class in its place."""
    return checkpoint(named_a(name("torch._tensor._rebuild_from_type_v2") + b"(" + of + b"tR"), s0=bytes(40))


def networks(count: int) -> dict[str, dict[str, Tensor]]:
    one = {"weight": torch.ones(1)}
    return {f"{index}": one for index in range(count)}


def googlenet_of_views() -> bytes:
    """Layers of GoogLeNet, of 8,192 channels each, as views of ten values."""
    names = [f"inception4a.branch{n}.conv.weight" for n in range(1, 5)] + ["conv1.conv.weight", "fc.weight"]
    views = b"".join(
        text(key) + tensor(storage(10), 0, numbers(2**13, 2**13, 1, 1), numbers(0, 0, 0, 0)) + b"s" for key in names
    )
    return checkpoint(b"}" + views, s0=bytes(40))


TENSORS: Mapping[str, Callable[[], bytes]] = {
    "a storage of 4 GB in 40 bytes": lambda: one_tensor(BIG, numbers(BIG), numbers(1)),
    "a storage of -1 values": lambda: one_tensor(-1, numbers(1), numbers(1)),
    "a storage of 2**63 values": lambda: one_tensor(2**63, numbers(1), numbers(1)),
    "a storage of 2**62 bytes": lambda: one_tensor(2**60, numbers(1), numbers(1)),
    "a storage of 10**400 values": lambda: one_tensor(10**400, numbers(1), numbers(1)),
    "stride 0, 10**9 values": lambda: one_tensor(10, numbers(BIG), numbers(0)),
    "stride 0, 2**27 values": lambda: one_tensor(10, numbers(2**27), numbers(0)),
    "stride 0, 10**18 values": lambda: one_tensor(10, numbers(BIG, BIG), numbers(0, 0)),
    "stride 0, 2**64 values": lambda: one_tensor(10, numbers(2**32, 2**32), numbers(0, 0)),
    "a window that repeats": lambda: one_tensor(10, numbers(5, 5, 10**7), numbers(1, 1, 0)),
    "a hundred tensors of stride 0": lambda: checkpoint(
        b"}"
        + b"".join(
            text(f"a{n}.weight") + tensor(storage(10), 0, numbers(2**24), numbers(0)) + b"s" for n in range(100)
        ),
        s0=bytes(40),
    ),
    "ten values as the weights of GoogLeNet": googlenet_of_views,
    "a negative stride": lambda: one_tensor(10, numbers(5), numbers(-1)),
    "a negative size": lambda: one_tensor(10, numbers(-5), numbers(1)),
    "an offset past the storage": lambda: one_tensor(10, numbers(5), numbers(1), BIG),
    "a negative offset": lambda: one_tensor(10, numbers(5), numbers(1), -3),
    "70 axes": lambda: one_tensor(10, numbers(*[1] * 70), numbers(*[1] * 70)),
    "10,000 axes": lambda: one_tensor(10, numbers(*[1] * 10_000), numbers(*[1] * 10_000)),
    "axes without strides": lambda: one_tensor(10, numbers(2, 5), numbers(1)),
    "sizes that are text": lambda: one_tensor(10, b"(" + text("x" * 1000) + b"t", numbers(1)),
    "sizes that are None": lambda: one_tensor(10, b"N", b"N"),
    "a storage's key that is a number": lambda: checkpoint(
        named_a(tensor(storage(10, key=number(0)), 0, numbers(1), numbers(1))), s0=bytes(40)
    ),
    "a storage's key that is a dict": lambda: checkpoint(
        named_a(tensor(storage(10, key=b"}"), 0, numbers(1), numbers(1))), s0=bytes(40)
    ),
    "a storage's key with ../": lambda: checkpoint(
        named_a(tensor(storage(10, key=text("../../etc/passwd")), 0, numbers(1), numbers(1))), s0=bytes(40)
    ),
    "a storage that is missing": lambda: checkpoint(
        named_a(tensor(storage(10, key=text("7")), 0, numbers(1), numbers(1))), s0=bytes(40)
    ),
    "a storage of text": lambda: checkpoint(
        named_a(tensor(storage(10, "StringStorage"), 0, numbers(1), numbers(1))), s0=bytes(40)
    ),
    "a storage type that is an int8": lambda: checkpoint(
        named_a(tensor(storage(10, "int8"), 0, numbers(1), numbers(1))), s0=bytes(40)
    ),
    "a persistent id that is a number": lambda: checkpoint(named_a(number(1) + b"Q")),
    "a persistent id that is a tuple of 10,000": lambda: checkpoint(named_a(numbers(*range(10_000)) + b"Q")),
    "a persistent id that is an empty tuple": lambda: checkpoint(named_a(b")Q")),
    "a tensor of no storage": lambda: checkpoint(named_a(tensor(b"N", 0, numbers(1), numbers(1)))),
    "a tensor of a tensor": lambda: checkpoint(named_a(tensor(SMALL, 0, numbers(1), numbers(1))), s0=bytes(40)),
    "a storage that is called for 4 GB": lambda: checkpoint(
        named_a(name("torch.storage.UntypedStorage") + GIGABYTES + b"\x85R")
    ),
    "a typed storage that is called for 4 GB": lambda: checkpoint(
        named_a(name("torch.storage.TypedStorage") + GIGABYTES + b"\x85R")
    ),
    "a tensor class that is called for 4 GB": lambda: checkpoint(named_a(name("torch.Tensor") + GIGABYTES + b"\x85R")),
    "a parameter of nothing": lambda: checkpoint(named_a(name("torch.nn.parameter.Parameter") + GIGABYTES + b"\x85R")),
    "a legacy storage of 4 GB": lambda: legacy(BIG, bytes(40), numbers(BIG), numbers(1)),
    "a legacy storage of -1": lambda: legacy(-1, bytes(40), numbers(1), numbers(1)),
    "a legacy storage of 2**62": lambda: legacy(2**62, bytes(40), numbers(1), numbers(1)),
    "a legacy storage that is less": lambda: legacy(10, bytes(8), numbers(10), numbers(1)),
    "a legacy storage, stride 0": lambda: legacy(10, bytes(40), numbers(BIG), numbers(0)),
    "a sparse tensor of 10**18": lambda: checkpoint(
        named_a(SPARSE + b"(" + LAYOUT + b"(" + SMALL + SMALL + numbers(BIG, BIG) + b"\x89ttR"), s0=bytes(40)
    ),
    "a sparse tensor with wrong indices": lambda: saved(
        {"a": torch.sparse_coo_tensor(torch.tensor([[0, 1]]), torch.ones(2), (2,))}
    ),
    "a quantised tensor of 10**9": lambda: checkpoint(
        named_a(
            QUANTISED
            + b"("
            + storage(10, "QInt8Storage")
            + number(0)
            + numbers(BIG)
            + numbers(0)
            + b"("
            + name("torch.per_tensor_affine")
            + b"G?\xf0\0\0\0\0\0\0"
            + number(0)
            + b"t"
            + b"\x89"
            + name("collections.OrderedDict")
            + b")RtR"
        ),
        s0=bytes(10),
    ),
    "a quantised tensor of negative axis": lambda: checkpoint(
        named_a(
            QUANTISED
            + b"("
            + storage(10, "QInt8Storage")
            + number(0)
            + numbers(10)
            + numbers(1)
            + b"("
            + name("torch.per_channel_affine")
            + SMALL
            + SMALL
            + number(-9)
            + b"t"
            + b"\x89"
            + name("collections.OrderedDict")
            + b")RtR"
        ),
        s0=bytes(40),
    ),
    "a meta tensor of 10**18": lambda: checkpoint(
        named_a(META + b"(" + FLOAT + numbers(BIG, BIG) + numbers(BIG, 1) + b"\x89tR")
    ),
    "a nested tensor": lambda: saved({"a": torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])}),
    "a nested tensor of odd offsets": lambda: checkpoint(
        named_a(name("torch._utils._rebuild_nested_tensor") + b"(" + SMALL + SMALL + SMALL + SMALL + b"tR"),
        s0=bytes(40),
    ),
    "a subclass that is a layout": lambda: subclass(
        name("torch.serialization._get_layout") + name("torch.Tensor") + b"(" + text("x" * 10**6) + b"t" + b"}"
    ),
    "a subclass with a state of its own": lambda: subclass(
        name("torch._utils._rebuild_tensor_v2")
        + name("torch.nn.parameter.Parameter")
        + b"("
        + storage(10)
        + number(0)
        + numbers(10)
        + numbers(1)
        + b"\x89"
        + name("collections.OrderedDict")
        + b")Rt"
        + b"}"
        + text("data")
        + number(1)
        + b"s"
    ),
    "float8": lambda: saved({"a": torch.ones(4).to(torch.float8_e4m3fn)}),
    "bool": lambda: saved({"a.weight": torch.ones(4, dtype=torch.bool)}),
    "complex": lambda: saved({"a.weight": torch.ones(4, dtype=torch.complex64)}),
    "not a number": lambda: saved({"conv1.conv.weight": torch.full((64, 3, 7, 7), float("nan"))}),
    "infinities": lambda: saved({"conv1.conv.weight": torch.full((64, 3, 7, 7), float("inf"))}),
    "no axis": lambda: saved({"a": torch.tensor(1.0), "b": torch.tensor(2.0)}),
    "no values": lambda: saved({"conv1.conv.weight": EMPTY_TENSOR, "fc.weight": torch.zeros(0, 5)}),
    "5,000 tensors of no values": lambda: saved({f"a{n}.weight": EMPTY_TENSOR for n in range(5000)}),
    "5,000 sets of weights": lambda: saved(networks(5000)),
    "names of 100 kB": lambda: saved({f"{n}{'.x' * 50_000}": torch.ones(2) for n in range(20)}),
    "names that are control characters": lambda: saved({"\x1b[2J\0\u202e": torch.ones(2), "\ud800": torch.ones(2)}),
    "names that are numbers": lambda: saved({n: torch.ones(2) for n in range(9)}),
    "names with 10,000 points": lambda: saved({"a" + ".b" * 10_000: torch.ones(2), "a" + ".b" * 9_999: torch.ones(2)}),
    "a conv of 2**28 outputs": lambda: saved({"conv1.conv.weight": torch.zeros(0).reshape(2**20, 0, 7, 7)}),
}
