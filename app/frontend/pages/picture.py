"""Picture: a person's own picture pushed through the network, and what every branch makes of it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from inception_models.weights import Source

from ...backend.picture.forward import Forward, forward
from ..picture import demo_pictures, picture_input, weights_card, weights_input
from ..picture import views as looking
from ..shell import frame, notice
from ..state import State


def page() -> None:
    """Render the page."""
    state, _, _ = frame.show()
    left, right = st.columns([1, 3], gap="large")
    with left:
        weights = weights_input.chosen(state)
        problems = st.container()
        test = demo_pictures.chosen() if weights == "demo" else None
        picture = test.picture if test else picture_input.chosen()
        try:
            done = _forward(state, picture, weights, problems)
        except ValueError as refusal:
            notice.refused(str(refusal))
            return
        _prediction(done, picture.credit, test.label if test else "")
        weights_card.show(done.loaded)
        below = st.container()
    with right:
        looking.show(state, done, picture)
    if done.trained_weights.id == "demo":  # behind the maps, which need not wait for it
        with below:
            demo_pictures.accuracy(state)


def _forward(state: State, picture: picture_input.Picture, weights: Source, problems: DeltaGenerator) -> Forward:
    """The forward pass of this picture through this network, remembered until one of them changes.

    Why weights cannot be used is said in ``problems``, and random ones are used instead.
    """
    key = (state.arch, picture.digest, weights)
    if st.session_state.get("forward", (None,))[0] != key:
        with st.spinner("Running the network"):
            try:
                st.session_state.forward = (key, forward(state.arch, picture.image, weights))
            except ValueError as problem:
                if weights == "random":
                    raise
                with problems:
                    weights_card.unusable(problem)
                return _forward(state, picture, "random", problems)
    done = st.session_state.forward[1]
    assert isinstance(done, Forward)
    return done


def _prediction(done: Forward, credit: str, label: str) -> None:
    """What the network sees and says. ``label``: what it should say, where that is known."""
    st.image(
        done.preview, caption=f"What the network sees. {notice.plain(credit)}", output_format="PNG", width="stretch"
    )
    with st.expander("How the picture is prepared"):
        st.markdown("\n".join(f"{i}. {notice.plain(step)}" for i, step in enumerate(done.preprocessing.describe(), 1)))
    likeliest = done.likeliest()
    if likeliest:
        st.markdown("**Likeliest classes**")
    if label:
        st.caption(f"The picture shows: {notice.plain(label)}")
    if done.trained_weights.id == "random":
        st.info(
            "The weights are random, so the feature maps are real but the classes mean nothing.",
            icon=":material/casino:",
        )
    for name, probability in likeliest:
        mark = " :material/check:" if name == label else ""
        st.progress(probability, notice.plain(f"{name} {probability:.1%}") + mark)
    st.caption(notice.plain(f"{done.seconds * 1e3:.0f} ms on {done.device}, all feature maps kept"))
