"""The weights that the Picture page used last, for other pages."""

from __future__ import annotations

import streamlit as st

from inception_models.weights import Source


def use_weights_of(key: str, weights: Source) -> None:
    """Take down the weights of the variant ``key``. Those of one variant are kept: files are large."""
    st.session_state.weights_in_use = (key, weights)


def weights_in_use(key: str) -> Source:
    """The weights of the variant ``key``; random where the Picture page did not show it last."""
    used: tuple[str, Source] = st.session_state.get("weights_in_use", ("", "random"))
    return used[1] if used[0] == key else "random"
