"""Terms of the field, where the page uses them: each says on hover and on focus what it means.

They are those of the browser's language, where ``app/lessons`` has its glossary.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape
from typing import Literal

import streamlit as st

from ...backend.learn.glossary import Term, split_at_terms
from ...backend.learn.reading import glossary, language_of


def known_terms() -> tuple[Term, ...]:
    """Every term, in alphabetical order."""
    return glossary(_language())


def with_terms(text: str) -> str:
    """``text`` as HTML, with every term of the glossary explained where it comes first."""
    return _marked(text, _language())


def caption(text: str, width: Literal["stretch", "content"] = "stretch") -> None:
    """Render a caption whose terms say what they mean; nothing in it is read as Markdown."""
    st.html(f'<p class="caption">{with_terms(text)}</p>', width=width)


def meaning(id: str) -> str:
    """The sentence of the term that is called ``id`` in English; KeyError where there is none."""
    return _meanings(_language())[id]


def _language() -> str:
    return language_of(st.context.locale)


@lru_cache(maxsize=512)
def _marked(text: str, language: str) -> str:
    return "".join(
        escape(piece)
        if term is None
        else f'<span class="term" tabindex="0" data-tip="{escape(term.meaning, quote=True)}">{escape(piece)}</span>'
        for piece, term in split_at_terms(text, glossary(language))
    )


@cache
def _meanings(language: str) -> Mapping[str, str]:
    return {term.id: term.meaning for term in (*glossary(), *glossary(language))}
