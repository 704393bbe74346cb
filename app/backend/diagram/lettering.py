"""The text in a diagram: two sizes of letters, which never shrink, and how much of a text fits."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

NAME_SIZE, NUMBER_SIZE = 10.0, 11.0  # of letters, in points; nothing in a diagram is smaller than the first
PADDING = 3.5  # points to the left and right of a text, together
# At most how wide Helvetica's letters are, in font sizes.
THIN, DIGIT, LETTER, BOLD_LETTER, WIDE = 0.28, 0.56, 0.59, 0.62, 1.0
THIN_LETTERS, WIDE_LETTERS = frozenset(" .,:;|/ijltfI"), frozenset("mwMW%→…")


class TextLine(NamedTuple):
    """A line of text and its font size in points."""

    text: str
    size: float
    bold: bool


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """At most how wide ``text`` is in Helvetica of ``size``, in points."""
    letter = BOLD_LETTER if bold else LETTER
    widths = (
        THIN if c in THIN_LETTERS else WIDE if c in WIDE_LETTERS else DIGIT if c.isdigit() else letter for c in text
    )
    return size * sum(widths)


@lru_cache(maxsize=2048)
def fitted_text(text: str, width: float, size: float, bold: bool = False) -> TextLine:
    """``text`` in letters of ``size``, without the ends that do not fit into ``width`` points; the tooltip has them."""
    room = width - PADDING
    while text_width(text, size, bold) > room and " · " in text:
        text = text.rpartition(" · ")[0]
    if text_width(text, size, bold) <= room:
        return TextLine(text, size, bold)
    while text and text_width(f"{text}…", size, bold) > room:
        text = text[:-1]
    return TextLine(f"{text.rstrip()}…", size, bold)


def fitted_lines(
    text: str, width: float, size: float, most: int, bold: bool = False, at: str = " "
) -> tuple[TextLine, ...]:
    """``text`` broken where it has ``at`` into at most that many lines, the last of which is :func:`fitted_text`."""
    if most == 1 or text_width(text, size, bold) <= width - PADDING:
        return (fitted_text(text, width, size, bold),)
    first, *words = text.split(at)
    while words and text_width(f"{first}{at}{words[0]}", size, bold) <= width - PADDING:
        first += at + words.pop(0)
    rest = fitted_lines(at.join(words), width, size, most - 1, bold, at) if words else ()
    return (fitted_text(first.removesuffix(" ·"), width, size, bold), *rest)
