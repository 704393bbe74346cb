"""The glossary: every term that the page uses, with one plain sentence."""

from __future__ import annotations

from html import escape

import streamlit as st

from ..kit.terms import known_terms


def show() -> None:
    """Render the tab."""
    rows = "".join(f"<dt>{escape(term.name)}</dt><dd>{escape(term.meaning)}</dd>" for term in known_terms())
    st.html(f'<dl class="glossary">{rows}</dl>')
