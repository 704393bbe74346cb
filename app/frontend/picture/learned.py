"""Whether the network on the Picture page has learned anything, and the way to one that has, and back."""

from __future__ import annotations

import streamlit as st

from inception_models.checkpoints.demo import demo

from ...backend.picture.forward import Forward
from ..kit.notice import plain
from ..state import State
from .weights_input import back_from_demo, before_demo, use_weights


def show(state: State, forward_pass: Forward) -> None:
    """Render one line above the tabs: nothing is replaced before somebody asks for it."""
    known = forward_pass.trained_weights
    with st.container(horizontal=True, vertical_alignment="center", key="learned"):
        if known.id == "random":
            st.markdown(
                "The weights are random: nothing was learned, so class percentages are not shown.", width="content"
            )
            st.button(
                "Open a trained network",
                icon=":material/school:",
                on_click=use_weights,
                args=(state, "demo"),
                help=f"{demo().title}. What is open now comes back with one click.",
            )
        elif known.id == "demo" and (before := before_demo()) is not None:
            st.markdown(plain(f"This is the demo network. Open before it: {before.about.title}."), width="content")
            st.button("Go back to it", icon=":material/undo:", on_click=back_from_demo, args=(state,))
