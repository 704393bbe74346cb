"""Links from one page to another, by the page's title, so that a part need not import the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import streamlit as st

from ..state import State


def register(pages: Sequence[st.Page]) -> None:
    """Take down which pages there are; called once a run, before any of them is rendered."""
    st.session_state.pages = {page.title: page for page in pages}


def open_wanted(state: State, shown: str) -> None:
    """Open the page that a callback asked for, which could not do so itself, unless it is the one that is ``shown``."""
    title, state.wanted_page = state.wanted_page, ""
    if title != shown and title in st.session_state.pages:
        open_page(title)


def page_link(title: str, label: str) -> None:
    """Render a link to the page called ``title`` in the menu, with that page's icon."""
    st.page_link(st.session_state.pages[title], label=label)


def open_page(title: str) -> NoReturn:
    """Show the page called ``title`` in the menu instead of this one."""
    st.switch_page(st.session_state.pages[title])
