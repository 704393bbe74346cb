"""Light or dark."""

from __future__ import annotations

import streamlit as st

from ...backend.common.colours import ThemeName


def browser_theme() -> ThemeName:
    """The theme that the page has in this browser."""
    return "dark" if st.context.theme.type == "dark" else "light"
