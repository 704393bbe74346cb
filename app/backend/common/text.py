"""Text that somebody else wrote, such as the name of a file or a class, before it is shown to a person."""

from __future__ import annotations

import unicodedata

MOST_OF_A_WORD = 300  # a path may be long
MOST_CHARACTERS = 1000  # of a sentence


def visible(text: str, most: int = 200) -> str:
    """``text`` in at most ``most`` characters that a person sees.

    Control characters, line ends, marks that turn the direction of writing, unpaired surrogates and characters without
    a meaning are written as escapes (``\\x1b``, ``\\u202e``), so that none can hide or reorder the rest of a sentence.
    """
    shown = "".join(map(_visible, text[: most + 1]))
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _visible(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return character.encode("unicode_escape", "backslashreplace").decode("ascii")
    return character


def one_line(sentence: str) -> str:
    """A sentence with everything in it visible, on one line; what it quotes and itself are not without end."""
    return visible(" ".join(visible(word, MOST_OF_A_WORD) for word in sentence.split()), MOST_CHARACTERS)
