"""Terms of the field, where the page uses them: each says on hover and on focus what it means.

They are those of the browser's language, where ``app/lessons`` has its glossary.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Literal

import streamlit as st

from ...backend.learn.glossary import Term, split_at_terms
from ...backend.learn.reading import glossary, language_of


def known_terms() -> tuple[Term, ...]:
    """Every term, in alphabetical order."""
    return glossary(language_of(st.context.locale))


def with_terms(text: str) -> str:
    """``text`` as HTML, with every term of the glossary explained where it comes first."""
    return _marked(text, known_terms())


def caption(text: str, width: Literal["stretch", "content"] = "stretch") -> None:
    """Render a caption whose terms say what they mean; nothing in it is read as Markdown."""
    st.html(f'<p class="caption">{with_terms(text)}</p>', width=width)


@lru_cache(maxsize=512)
def _marked(text: str, terms: tuple[Term, ...]) -> str:
    return "".join(
        escape(piece)
        if term is None
        else f'<span class="term" tabindex="0" data-tip="{escape(term.meaning, quote=True)}">{escape(piece)}</span>'
        for piece, term in split_at_terms(text, terms)
    )


def meaning(id: str) -> str:
    """The sentence of the term that is called ``id`` in English; KeyError where there is none."""
    return {term.id: term.meaning for term in (*glossary(), *known_terms())}[id]
