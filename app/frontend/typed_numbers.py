"""Numbers as a person types them into a table or a box: widths, and how many copies a repeated block has."""

from __future__ import annotations

from inception_models import Arch, widths, with_widths
from inception_models.arch.refusal import Refusal, Remedy
from inception_models.arch.rules import MAX_WIDTH
from inception_models.edits.depth import repeats, with_repeats

COPIES = " copies"  # after a repeat's path: its number of copies, which has no path of its own


def numbers(arch: Arch) -> dict[str, int]:
    """Everything in the tables that can be typed: widths, and the copies of repeated blocks."""
    return widths(arch) | {name + COPIES: times for name, times in repeats(arch).items()}


def with_number(arch: Arch, path: str, number: int) -> Arch:
    """``arch`` with another width or number of copies; ValueError with a sentence where it cannot be."""
    if path.endswith(COPIES):
        return with_repeats(arch, {path.removesuffix(COPIES): number})
    return with_widths(arch, {path: number})


def still_refused(arch: Arch, path: str, text: str) -> bool:
    """Whether what was typed at ``path``, and refused, would be refused in ``arch`` too."""
    if path not in numbers(arch):
        return False
    try:
        with_number(arch, path, whole_number(text, path))
    except ValueError:
        return True
    return False


def whole_number(text: str, path: str) -> int:
    """The number that was typed, or ValueError with a sentence."""
    cleaned = text.strip().replace(",", "").replace(" ", "")
    if cleaned.isascii() and cleaned.lstrip("-").isdecimal() and len(cleaned) <= 18:
        return int(cleaned)
    raise Refusal(
        f"{path.removesuffix(COPIES)} takes a whole number, not {text.strip()[:40]!r}.", *_rounded(cleaned, path)
    )


def _rounded(text: str, path: str) -> list[Remedy]:
    try:
        number = round(float(text))
    except (ValueError, OverflowError):
        return []
    return [Remedy(f"Use {number:,}", lambda arch: with_number(arch, path, number))] if 0 < number <= MAX_WIDTH else []
