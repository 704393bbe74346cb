"""Pickles that run code, fill the memory, or take forever."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable, Mapping

from .parts import BIG, GIGABYTES, SMALL, checkpoint, name, named_a, number, numbers, old, text

HAN = text("".join(chr(0x4E00 + n % 20_000) for n in range(100_000)))


def loop() -> bytes:
    """An ordered dict that contains itself."""
    return checkpoint(
        name("collections.OrderedDict") + b")Rq\0" + text("self") + b"h\0s" + text("a") + number(1) + b"s"
    )


def doubling(levels: int) -> bytes:
    """A list of twice the same list, and so on."""
    return checkpoint(doubled(levels))


def doubled(levels: int) -> bytes:
    return b")q\0" + b"".join(b"h" + bytes([n]) + b"h" + bytes([n]) + b"\x86q" + bytes([n + 1]) for n in range(levels))


def with_state(start: bytes, state: bytes) -> bytes:
    return checkpoint(named_a(start + state + b"b"), s0=bytes(40))


PICKLES: Mapping[str, Callable[[], bytes]] = {
    "4 GB of bytes in 42": lambda: b"\x80\x02" + name("__builtin__.bytearray") + GIGABYTES + b"\x85R.",
    "the same in a zip": lambda: checkpoint(name("builtins.bytearray") + GIGABYTES + b"\x85R"),
    "the same in an old file": lambda: old(name("builtins.bytearray") + GIGABYTES + b"\x85R"),
    "bytes of a claimed 4 GB": lambda: checkpoint(b"B" + struct.pack("<I", 2**32 - 1)),
    "text of a claimed 4 GB": lambda: checkpoint(b"X" + struct.pack("<I", 2**32 - 1)),
    "text of a claimed 2**63": lambda: checkpoint(b"\x8d" + struct.pack("<Q", 2**63)),
    "a frame of 2**63": lambda: b"\x80\x04\x95" + struct.pack("<Q", 2**63) + b"}.",
    "bytearray8 of 2**63": lambda: checkpoint(b"\x96" + struct.pack("<Q", 2**63)),
    "a number of 4 GB": lambda: checkpoint(b"\x8b" + struct.pack("<i", 2**31 - 1)),
    "a number of 8 million digits": lambda: checkpoint(b"I" + b"9" * 8_000_000 + b"\n"),
    "a long of 8 million digits": lambda: checkpoint(b"L" + b"9" * 8_000_000 + b"L\n"),
    "a float of a million digits": lambda: checkpoint(b"F" + b"9" * 1_000_000 + b"\n"),
    "a long of 15 MB": lambda: checkpoint(b"\x8b" + struct.pack("<i", 15_000_000) + b"\x7f" * 15_000_000),
    "15 MB of text": lambda: checkpoint(named_a(text("x" * 15_000_000))),
    "15 MB of escaped text": lambda: checkpoint(b"V" + b"\\u1234" * 2_500_000 + b"\n"),
    "a string of escapes": lambda: checkpoint(b"S'" + b"\\x41" * 3_000_000 + b"'\n"),
    "31 MB of dicts": lambda: b"\x80\x02" + b"}" * 31_000_000 + b".",
    "15 MB of dicts in a zip": lambda: checkpoint(b"}" * 15_000_000),
    "15 MB of dicts that are dropped": lambda: checkpoint(b"}0" * 7_500_000 + b"}"),
    "100,000 lists in one another": lambda: checkpoint(b"]" * 100_000 + b"a" * 99_999),
    "300,000 tuples in one another": lambda: checkpoint(b")" + b"\x85" * 300_000),
    "300,000 dicts in one another": lambda: checkpoint(b"}" + b"q\0}" + (text("a") + b"}s") * 60_000),
    "a deep tuple, hashed": lambda: checkpoint(b"}" + b")" + b"\x85" * 100_000 + b"Ns"),
    "a tuple that doubles, hashed": lambda: checkpoint(doubled(60) + b"}h<Ns"),
    "a tuple that doubles, hashed by a state": lambda: checkpoint(
        doubled(60) + name("collections.OrderedDict") + b")R]h<N\x86ab"
    ),
    "a tuple that doubles, hashed by a set": lambda: checkpoint(doubled(60) + name("builtins.set") + b"]h<a\x85R"),
    "a tuple that doubles, hashed by a subclass": lambda: checkpoint(
        doubled(60)
        + name("torch._tensor._rebuild_from_type_v2")
        + b"("
        + name("collections.OrderedDict")
        + b"N]h<N\x86a\x85}tR"
    ),
    "pairs of -1 and -2, hashed": lambda: checkpoint(
        b"}"
        + b"".join(b"(" + b"".join(number(-1 - (n >> bit & 1)) for bit in range(12)) + b"tNs" for n in range(1 << 12))
    ),
    "a set of colliding numbers, from a tuple": lambda: checkpoint(
        name("builtins.set") + b"(" + b"".join(number(n * (2**61 - 1)) for n in range(15_000)) + b"t\x85R"
    ),
    "an ordered dict of pairs of colliding numbers": lambda: checkpoint(
        name("collections.OrderedDict")
        + b"]"
        + b"".join(number(n * (2**61 - 1)) + b"N\x86a" for n in range(50_000))
        + b"\x85R"
    ),
    "punycode through a subclass": lambda: checkpoint(
        name("torch._tensor._rebuild_from_type_v2")
        + b"("
        + name("_codecs.encode")
        + b"N("
        + HAN
        + text("punycode")
        + b"t}tR"
    ),
    "latin1 of 1 MB, 200 times": lambda: checkpoint(
        text("x" * 1_000_000)
        + b"q\0"
        + b"("
        + (name("_codecs.encode") + b"h\0" + text("latin1") + b"\x86R") * 200
        + b"t"
    ),
    "a tuple that doubles": lambda: doubling(200),
    "a dict that contains itself": loop,
    "a list that contains itself": lambda: checkpoint(b"]q\0h\0a"),
    "a counter of everything": lambda: checkpoint(
        name("collections.Counter") + b"]" + b"(" + b"K\1" * 100_000 + b"e\x85R"
    ),
    "a counter of text": lambda: checkpoint(name("collections.Counter") + text("x" * 1_000_000) + b"\x85R"),
    "a set of colliding numbers": lambda: checkpoint(
        name("builtins.set") + b"]" + b"(" + b"".join(number(n * (2**61 - 1)) for n in range(20_000)) + b"e\x85R"
    ),
    "a dict of colliding numbers": lambda: checkpoint(
        b"}" + b"".join(number(n * (2**61 - 1)) + b"Ns" for n in range(50_000))
    ),
    "an ordered dict of colliding numbers": lambda: checkpoint(
        name("collections.OrderedDict") + b")R" + b"".join(number(n * (2**61 - 1)) + b"Ns" for n in range(50_000))
    ),
    "memo numbers of 4 billion": lambda: checkpoint(b"}r\xff\xff\xff\xff"),
    "100,000 memo places": lambda: checkpoint(b"}" + b"".join(b"r" + struct.pack("<I", n) for n in range(100_000))),
    "a memo place that is empty": lambda: checkpoint(b"h\7"),
    "a memo number in 1 MB of digits": lambda: checkpoint(b"}p" + b"9" * 1_000_000 + b"\n"),
    "an end of nothing": lambda: checkpoint(b""),
    "items without a dict": lambda: checkpoint(b"K\1K\2K\3s"),
    "a range of 10**18": lambda: checkpoint(named_a(name("builtins.range") + number(10**18) + b"\x85R")),
    "a list of a range": lambda: checkpoint(
        named_a(name("builtins.list") + name("builtins.range") + number(10**10) + b"\x85R\x85R")
    ),
    "an int of text": lambda: checkpoint(named_a(name("builtins.int") + text("9" * 1_000_000) + b"\x85R")),
    "a set of a set": lambda: checkpoint(named_a(name("builtins.set") + b"]" + name("builtins.set") + b")Ra\x85R")),
    "a complex of text": lambda: checkpoint(named_a(name("builtins.complex") + text("1" * 1_000_000) + b"\x85R")),
    "a numpy dtype of 2 GB": lambda: checkpoint(named_a(name("numpy.dtype") + text("S2000000000") + b"\x85R")),
    "a numpy scalar of 2 GB": lambda: checkpoint(
        named_a(
            name("numpy.core.multiarray.scalar")
            + name("numpy.dtype")
            + text("S2000000000")
            + b"\x85R"
            + text("")
            + b"\x86R"
        )
    ),
    "a numpy array of 2 GB": lambda: checkpoint(
        named_a(name("numpy.core.multiarray._reconstruct") + name("numpy.ndarray") + numbers(2 * 10**9) + b"C\1b\x87R")
    ),
    "a decimal of 10**9 digits": lambda: checkpoint(named_a(name("decimal.Decimal") + text("1e999999999") + b"\x85R")),
    "a size of 10**9 numbers": lambda: checkpoint(named_a(name("torch.Size") + numbers(*[BIG] * 1000) + b"\x85R")),
    "a device of a long name": lambda: checkpoint(
        named_a(name("torch.device") + text("cuda:" + "9" * 100_000) + b"\x85R")
    ),
    "a device that is not here": lambda: checkpoint(named_a(name("torch.device") + text("cuda:7") + b"\x85R")),
    "a layout of a long name": lambda: checkpoint(
        named_a(name("torch.serialization._get_layout") + text("x" * 1_000_000) + b"\x85R")
    ),
    "hexadecimal digits of digits": lambda: checkpoint(
        name("_codecs.encode") * 30 + text("abcd") + (text("hex") + b"\x86R") * 30
    ),
    "utf-32 of utf-32": lambda: checkpoint(
        named_a(name("_codecs.encode") + text("x" * 10_000_000) + text("utf-32") + b"\x86R")
    ),
    "200 times utf-32 of 1 MB": lambda: checkpoint(
        text("x" * 1_000_000)
        + b"q\0"
        + b"("
        + (name("_codecs.encode") + b"h\0" + text("utf-32") + b"\x86R") * 200
        + b"l"
    ),
    "200 times utf-32 of 1 MB, kept": lambda: checkpoint(
        text("x" * 1_000_000)
        + b"q\0"
        + b"("
        + (name("_codecs.encode") + b"h\0" + text("utf_32") + b"\x86R") * 200
        + b"t"
    ),
    "idna of 1 MB": lambda: checkpoint(
        named_a(name("_codecs.encode") + text("\u00e4" * 1_000_000) + text("idna") + b"\x86R")
    ),
    "punycode of 100 kB": lambda: checkpoint(named_a(name("_codecs.encode") + HAN + text("punycode") + b"\x86R")),
    "an error handler that grows": lambda: checkpoint(
        named_a(name("_codecs.encode") + text("\u1234" * 1_000_000) + text("ascii") + text("namereplace") + b"\x87R")
    ),
    "a state for a set": lambda: with_state(name("builtins.set") + b")R", b"}" + text("x") + b"Ns"),
    "a state for a tensor": lambda: with_state(SMALL, b"(" + SMALL + numbers(BIG) + b"t"),
    "a state for a parameter": lambda: with_state(
        name("torch.nn.parameter.Parameter") + SMALL + b"\x85R", numbers(1, 2, 3)
    ),
    "a state for an ordered dict": lambda: with_state(
        name("collections.OrderedDict") + b")R", b"}" + text("popitem") + b"Ns"
    ),
    "a state for a placeholder": lambda: with_state(
        name("argparse.Namespace") + b")\x81", b"}" + text("__class__") + b"Ns"
    ),
    "a state for a default dict": lambda: with_state(
        name("collections.defaultdict") + b")R", b"}" + text("__class__") + b"Ns"
    ),
    "a default dict of a default dict": lambda: checkpoint(
        named_a(name("collections.defaultdict") + name("collections.defaultdict") + b"\x85R")
    ),
    "a deque of 10**9": lambda: checkpoint(
        named_a(name("collections.deque") + name("builtins.range") + number(BIG) + b"\x85R" + b"\x85R")
    ),
    "20,000 calls": lambda: checkpoint(b"(" + (name("collections.OrderedDict") + b")R") * 20_000 + b"l"),
    "eval": lambda: checkpoint(name("builtins.eval") + text("1") + b"\x85R"),
    "os.system": lambda: b"\x80\x02" + name("posix.system") + text("true") + b"\x85R.",
    "a name with a line of its own": lambda: checkpoint(name("torch.x\u0085") + text("1") + b"\x85R"),
    "a name of 1 MB": lambda: checkpoint(name("torch." + "x" * 1_000_000)),
    "a function of torch": lambda: checkpoint(name("torch.zeros") + numbers(BIG) + b"\x85R"),
    "another function of torch": lambda: checkpoint(name("torch.load") + text("/etc/passwd") + b"\x85R"),
    "protocol 0": lambda: pickle.dumps({"a": 1}, protocol=0),
    "protocol 1": lambda: pickle.dumps({"a": 1}, protocol=1),
    "protocol 5": lambda: pickle.dumps({"a": bytearray(9)}, protocol=5),
    "protocol 255": lambda: checkpoint(b"\x80\xff}"),
    "10,000 protocols": lambda: checkpoint(b"\x80\x02" * 10_000 + b"}"),
    "an extension": lambda: checkpoint(b"\x82\x01"),
    "an out-of-band buffer": lambda: checkpoint(b"\x97\x98"),
}
