"""Sentences for the person. They may quote what was typed or uploaded, so nothing in them is read as Markdown."""

from __future__ import annotations

import re

import streamlit as st


def refused(sentence: str) -> None:
    """Say why something was not done."""
    st.warning(plain(sentence), icon=":material/info:")


def plain(text: str) -> str:
    """``text`` with everything escaped that Markdown, HTML or Streamlit's own codes would act on."""
    return re.sub(r"([\\`*_{}\[\]()<>#+.!|~$:-])", r"\\\1", text)
