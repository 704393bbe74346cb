"""Numbers for people: SI prefixes with three significant digits, or every digit."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

PREFIXES = {15: "P", 12: "T", 9: "G", 6: "M", 3: "k", 0: "", -3: "m", -6: "µ", -9: "n"}  # power of ten: prefix
FLOAT32_BYTES = 4
TOO_LARGE = 1e18
_TYPED = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def read_quantity(text: str, unit: str = "B", examples: str = "1e9, 1.5G or 20MiB") -> float:
    """A number as a person types it: ``1e9``, ``1.5 G``, ``20MiB``, ``1,000,000``.

    ``unit``: what may follow it, as a regular expression. ``examples`` are for the sentence that says why not.

    Raises:
        ValueError: where it is none, or out of range.
    """
    plain = text.strip().replace(",", "").replace("\u2009", "").replace("\u00a0", "")
    match = re.fullmatch(rf"([0-9.]+(?:e[+-]?[0-9]+)?)\s*(Ki|Mi|Gi|k|M|G|T|)\s*(?i:{unit})?", plain)
    try:
        number = float(match[1]) * _TYPED[match[2]] if match else float(plain)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not a number such as {examples}.") from None
    if not 0 < number < TOO_LARGE:  # nan is not in there either
        raise ValueError(f"{text[:40]!r} is out of range; a number above 0 and below {TOO_LARGE:g} is allowed.")
    return number


def typed_quantity(value: float) -> str:
    """``value`` exactly, as a person would type it.

    >>> typed_quantity(1500000000)
    '1.5 G'
    """
    prefix = next((name for name in ("T", "G", "M", "k") if abs(value) >= _TYPED[name]), "")
    return f"{value / _TYPED[prefix]:.15g} {prefix}".rstrip()


def short(value: float, unit: str = "") -> str:
    """``value`` with an SI prefix and three significant digits; pixels, which nobody counts in thousands, whole.

    >>> short(1582671872, "MACs")
    '1.58 GMACs'
    >>> short(6998552)
    '7.00 M'
    >>> short(0.0231, "s")
    '23.1 ms'
    >>> short(5672, "px")
    '5,672 px'
    """
    if unit == "px":
        return exact(round(value), unit)
    sign = "−" if value < 0 else ""
    number = abs(value)
    if number < 1000 and number == int(number):
        return f"{sign}{int(number)} {unit}".rstrip()
    digits, power = f"{number:.2e}".split("e")  # rounded here, so that 999,950 becomes 1.00 M and not 1000 k
    least, most = min(PREFIXES), max(PREFIXES)
    prefix = min(max(int(power) // 3 * 3, least), most)
    shift = int(power) - prefix
    text = f"{Decimal(digits).scaleb(shift):.{max(2 - shift, 0)}f}"
    return f"{sign}{text} {PREFIXES[prefix]}{unit}".rstrip()


def exact(value: int, unit: str = "") -> str:
    """Every digit, in groups of three.

    >>> exact(6998552, "params")
    '6,998,552 params'
    """
    return f"{value:,} {unit}".rstrip().replace("-", "−")


def percent(part: float, whole: float) -> str:
    """``part`` of ``whole`` with at most three significant digits; a dash where ``whole`` is zero.

    >>> percent(51, 400)
    '12.8%'
    """
    if not whole:
        return "–"
    value = 100 * part / whole
    if 0 < abs(value) < 0.005:
        return "< 0.01%"
    digits = 0 if not part or abs(value) >= 99.95 else 2 if abs(value) < 1 else 1
    return f"{value:.{digits}f}%".replace("-", "−")


def float32_bytes(elements: int) -> int:
    """The bytes that so many float32 values take."""
    return elements * FLOAT32_BYTES


@lru_cache(maxsize=4096)
def shape_text(shape: tuple[int, ...]) -> str:
    """``256 × 28 × 28``: channels, height, width."""
    return " × ".join(map(str, shape))


def percent_change(now: float, before: float) -> str:
    """The relative difference with its sign; "new" where there was nothing before.

    >>> percent_change(106, 100)
    '+6.0%'
    """
    if not before:
        return "new"
    change = 100 * (now - before) / before
    digits = 2 if abs(change) < 1 else 1 if abs(change) < 100 else 0
    return f"{change:+,.{digits}f}%".replace("-", "−")


def spoken(seconds: float) -> str:
    """A rough duration for people: ``40 seconds``, ``3 minutes``, ``2.5 hours``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} second{'s' if round(seconds) > 1 else ''}"
    if seconds < 5400:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.3g} hours"
