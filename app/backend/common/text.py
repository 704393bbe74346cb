"""Text that somebody else wrote, such as the name of a file or a class, for each kind of place that shows it.

For Markdown, which only the page has, there is ``plain`` beside its notices.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

JOINERS = "\u200c\u200d"  # of emoji, and of letters in Persian and the scripts of India
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
    if character.isprintable() or character in JOINERS:
        return character
    if unicodedata.category(character) == "Zs":  # such as the narrow space that macOS writes into names of screenshots
        return " "
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def one_line(sentence: str) -> str:
    """A sentence with everything in it visible, on one line; what it quotes and itself are not without end."""
    return visible(" ".join(visible(word, MOST_OF_A_WORD) for word in sentence.split()), MOST_CHARACTERS)


def html_text(text: str, most: int = 200) -> str:
    """``text`` for an element's content or a quoted attribute."""
    return escape(visible(text, most), quote=True)


def chart_text(text: str, most: int = 200) -> str:
    """``text`` for a chart's names, labels and hovers, in which plotly reads a little HTML and its own ``%{..}``."""
    return escape(visible(text, most), quote=False).replace("{", "&#123;")  # it does not know &quot;


def file_name(text: str) -> str:
    """``text`` as the name of a file to download, without what the file systems in use do not take in a name."""
    return re.sub(r'[<>:"/\\|?*]+', "_", visible(text, 100)).strip(". ") or "file"


def spreadsheet_text(text: str) -> str:
    """``text`` for a cell of a CSV file. A spreadsheet would run what begins like a formula; ``'`` makes it text."""
    shown = visible(text)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@")) else shown
