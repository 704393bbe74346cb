"""Picture: a person's own picture pushed through the network, and what every branch makes of it."""

from __future__ import annotations

import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from inception_models.weights import Source

from ...backend.picture.forward import Forward, forward
from ..kit.notice import plain, refused, ways_out
from ..kit.panel import panel
from ..kit.pictures import Picture, use_picture
from ..kit.terms import caption
from ..kit.weights_in_use import use_weights_of
from ..picture import demo_pictures, learned, number_format, tabs, weights_card
from ..picture.picture_input import choose_picture
from ..picture.weights_input import choose_weights
from ..shell import frame, memory
from ..state import State
from ..training.trained_network import just_trained


def page() -> None:
    """Render the page."""
    state, _, _ = frame.show()
    with st.container(key="picture-page"):
        left, right = st.columns([1, 4], gap="medium")
    with left:
        first, pictures, results = (st.container() for _ in range(3))
        files = st.container(key="weights-files")
    with first:
        weights = choose_weights(state, just_trained(), files)
        use_weights_of(state.arch.key, weights)
        dtype = number_format.choose_pass_format()
        problems = st.container()
    with pictures:
        test = demo_pictures.choose_test_picture() if weights == "demo" else None
        picture = test.picture if test else choose_picture(state.files)
        use_picture(picture)
        memory.keep_again(state)  # it has the names of files now
    with results:
        forward_pass = None
        with panel("What the network makes of the picture"):
            try:
                forward_pass = _forward(state, picture, weights, dtype, problems)
            except ValueError as problem:
                _too_large(state, problem)
        if forward_pass is None:
            return
        _prediction(forward_pass, picture.credit, test.label if test else "")
        number_format.show_rounding(forward_pass, picture)
    with files:
        weights_card.show(forward_pass.loaded)
    with right:
        learned.show(state, forward_pass)
        tabs.show(state, forward_pass, picture)
    if forward_pass.trained_weights.id == "demo":  # rendered last, so that the maps need not wait for it
        with results, panel("The accuracy"):
            demo_pictures.show_accuracy(state)


def _too_large(state: State, problem: ValueError) -> None:
    """Say why the network cannot be run here, with a button for what would help."""
    refused(str(problem), "picture", *ways_out(state, "input_size", problem))


def _forward(state: State, picture: Picture, weights: Source, dtype: torch.dtype, problems: DeltaGenerator) -> Forward:
    """The forward pass of this picture through this network, remembered until one of them changes.

    Why weights cannot be used is said in ``problems``, and random ones are used instead.
    """
    key = (state.arch, picture.digest, weights, dtype)
    if st.session_state.get("forward", (None,))[0] != key:
        with st.spinner("Running the network"):
            try:
                st.session_state.forward = (key, forward(state.arch, picture.image, weights, dtype=dtype))
            except ValueError as problem:
                if weights == "random":
                    raise
                with problems:
                    weights_card.unusable(problem, state)
                return _forward(state, picture, "random", dtype, problems)
    forward_pass = st.session_state.forward[1]
    assert isinstance(forward_pass, Forward)
    return forward_pass


def _prediction(forward_pass: Forward, credit: str, label: str) -> None:
    """What the network predicts. ``label``: the true class, where that is known."""
    if label:
        st.caption(f"The picture shows: {plain(label)}")
    top_classes = forward_pass.likeliest() if forward_pass.trained_weights.id != "random" else []
    if top_classes:
        st.markdown("**Most probable classes**")
    for name, probability in top_classes:
        mark = " :material/check:" if name == label else ""
        st.progress(probability, plain(f"{name} {probability:.1%}") + mark)
    caption(f"{forward_pass.seconds * 1e3:.0f} ms on {forward_pass.device}, all feature maps kept. {credit}")
    with st.expander("How the picture is prepared"):
        st.markdown("\n".join(f"{i}. {plain(step)}" for i, step in enumerate(forward_pass.preprocessing.describe(), 1)))
