"""The button that saves a file. It draws nothing again, and a file that takes time is made when it is clicked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st


def save_button(
    label: str,
    content: str | bytes | Callable[[], str | bytes],
    file_name: str,
    *,
    type: Literal["primary", "secondary", "tertiary"] = "secondary",
    key: str | None = None,
    help: str | None = None,
) -> None:
    """Render the button. ``content``: the file, or a function that makes it."""
    st.download_button(
        label,
        content,
        file_name,
        "application/octet-stream",  # which no browser opens or renames
        key=key,
        help=help,
        on_click="ignore",
        type=type,
        icon=":material/download:",
    )
