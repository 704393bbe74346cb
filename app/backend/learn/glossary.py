"""A term of the field, and finding terms in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Term:
    """A term with one plain sentence. ``also``: other words for it, such as its plural; ``id``: its name in English."""

    id: str
    name: str
    meaning: str
    also: tuple[str, ...] = ()


def split_at_terms(text: str, terms: Iterable[Term]) -> Iterator[tuple[str, Term | None]]:
    """``text`` in pieces, each with the term that it is; a term counts where it comes first, the longest at a place."""
    pattern, by_word = _finder(tuple(terms))
    at, seen = 0, set()
    for match in pattern.finditer(text):
        term = by_word[match[0].lower()]
        if term in seen:
            continue
        seen.add(term)
        yield text[at : match.start()], None
        yield match[0], term
        at = match.end()
    yield text[at:], None


@lru_cache(maxsize=16)
def _finder(terms: tuple[Term, ...]) -> tuple[re.Pattern[str], dict[str, Term]]:
    """What finds the words of ``terms``, and the term of each."""
    by_word = {word.lower(): term for term in terms for word in (term.name, *term.also)}
    words = "|".join(re.escape(word) for word in sorted(by_word, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), by_word
