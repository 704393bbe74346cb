"""A dialog that stays open while the whole page is drawn again, as by a job that ends in it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from ..state import State


@dataclass(frozen=True, slots=True)
class LastingDialog:
    """Over which page the dialog is open is kept in the session under ``key``.

    Another page closes it: who closes it and goes on at once is heard only as going on.
    """

    key: str

    def open(self, state: State) -> None:
        st.session_state[self.key] = state.page

    def close(self) -> None:
        st.session_state.pop(self.key, None)

    def is_open(self, state: State) -> bool:
        if st.session_state.get(self.key) != state.page:
            self.close()
        return self.key in st.session_state
