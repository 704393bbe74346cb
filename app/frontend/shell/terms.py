"""Terms of the field, where the page uses them: each says on hover and on focus what it means."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from ...backend.learn.glossary import split_at_terms
from ...backend.learn.reading import glossary


@lru_cache(maxsize=512)
def with_terms(text: str) -> str:
    """``text`` as HTML, with every term of the glossary explained where it comes first."""
    return "".join(
        escape(piece)
        if term is None
        else f'<span class="term" tabindex="0" data-tip="{escape(term.meaning, quote=True)}">{escape(piece)}</span>'
        for piece, term in split_at_terms(text, glossary())
    )


def meaning(name: str) -> str:
    """The sentence of the term called ``name``; KeyError where there is none."""
    return {term.name: term.meaning for term in glossary()}[name]
