"""Numbers as people read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backend.common.quantity import exact, float32_bytes, percent, read_quantity, shape_text, short


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (0, "", "0"),
        (5, "B", "5 B"),
        (999, "", "999"),
        (1000, "B", "1.00 kB"),
        (999_499, "", "999 k"),
        (999_500, "", "1.00 M"),
        (6_998_552, "", "7.00 M"),
        (27_994_208, "B", "28.0 MB"),
        (1_582_671_872, "MACs", "1.58 GMACs"),
        (13_155_794_016, "MACs", "13.2 GMACs"),
        (-1234, "", "−1.23 k"),
        (12.5, "ms", "12.5 ms"),
        (0.0231, "s", "23.1 ms"),
        (0.00000005, "s", "50.0 ns"),
        (10**19, "", "10000 P"),
        (-3601, "px", "−3,601 px"),
    ],
)
def test_short(value: float, unit: str, text: str) -> None:
    assert short(value, unit) == text


@pytest.mark.parametrize(
    "text, unit, number",
    [
        ("1.58 GMACs", "MACs?", 1.58e9),
        ("5 M MACs", "MACs?", 5e6),
        ("900 mac", "MACs?", 900),
        ("7 M", "MACs?", 7e6),
        ("20 MiB", "B|bytes?", 20 * 2**20),
        ("512 bytes", "B|bytes?", 512),
        ("20 ms", "ms", 20),
        ("1,000,000", "B", 10**6),
        ("1e9", "B", 1e9),
    ],
)
def test_a_number_is_read_with_the_unit_of_its_field(text: str, unit: str, number: float) -> None:
    assert read_quantity(text, unit) == number


@pytest.mark.parametrize(
    "text, unit, reason",
    [
        ("20 MB", "ms", "is not a number such as"),
        ("1 GFLOPs", "MACs?", "is not a number such as"),
        ("", "B", "is not a number such as"),
        ("-1", "ms", "'-1' is out of range"),
        ("1e30", "B", "below 1e\\+18 is allowed"),
        ("nan", "B", "out of range"),
    ],
)
def test_another_unit_or_range_is_refused(text: str, unit: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_quantity(text, unit)


@given(st.integers(1, 10**17))
def test_short_is_within_half_of_its_last_digit(value: int) -> None:
    number, _, prefix = short(value).partition(" ")
    power = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15}[prefix]
    last = Decimal(1).scaleb(Decimal(number).as_tuple().exponent + power)
    assert abs(Decimal(number).scaleb(power) - value) <= last / 2
    assert len(number.replace(".", "")) <= 3


@pytest.mark.parametrize(
    "value, unit, text", [(6_998_552, "params", "6,998,552 params"), (0, "", "0"), (-1500, "", "−1,500")]
)
def test_exact(value: int, unit: str, text: str) -> None:
    assert exact(value, unit) == text


@pytest.mark.parametrize(
    "part, whole, text",
    [
        (51, 400, "12.8%"),
        (1, 1, "100%"),
        (1999, 2000, "100%"),
        (1, 1000, "0.10%"),
        (1, 100_000, "< 0.01%"),
        (0, 400, "0%"),
        (-31, 1000, "−3.1%"),
        (5, 0, "–"),
    ],
)
def test_percent(part: float, whole: float, text: str) -> None:
    assert percent(part, whole) == text


def test_bytes_and_shapes() -> None:
    assert float32_bytes(250) == 1000
    assert shape_text((256, 28, 28)) == "256 × 28 × 28"
    assert shape_text((1000,)) == "1000"
