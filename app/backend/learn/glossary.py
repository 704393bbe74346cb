"""A term of the field, and finding terms in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A term with one plain sentence. ``also``: other words for it, such as its plural; ``id``: its name in English."""

    id: str
    name: str
    meaning: str
    also: tuple[str, ...] = ()


def split_at_terms(text: str, terms: Iterable[Term]) -> Iterator[tuple[str, Term | None]]:
    """``text`` in pieces, each with the term that it is; a term counts where it comes first, the longest at a place."""
    by_word = {word.lower(): term for term in terms for word in (term.name, *term.also)}
    words = "|".join(re.escape(word) for word in sorted(by_word, key=len, reverse=True))
    at, seen = 0, set()
    for match in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE):
        term = by_word[match[0].lower()]
        if term in seen:
            continue
        seen.add(term)
        yield text[at : match.start()], None
        yield match[0], term
        at = match.end()
    yield text[at:], None
