"""A network that was trained here: tried on a picture, or taken home."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models.weights import OwnFile

from ...backend.training.job import Finished
from ...backend.training.record import weights_file
from ..kit.save_button import save_button
from ..state import State
from .under_way import RUN


def just_trained() -> OwnFile | None:
    """The weights that were tried on a picture last; those of the last training run, where there was another since."""
    _, finished = RUN.result() or (None, None)
    tried, after = st.session_state.get("tried_weights", (None, None))
    if isinstance(tried, OwnFile) and after is finished:
        return tried
    return finished.weights if finished else None


def take_home(state: State, finished: Finished, name: str) -> None:
    """Render the buttons. ``name``: of the files, without an ending."""
    st.button(
        "Try it on a picture",
        icon=":material/image:",
        type="primary",
        help=f"Opens the Picture page with these weights, which are in its list as {finished.weights.name}",
        on_click=_try,
        args=(state, finished),
    )
    save_button(
        "Weights",
        partial(weights_file, finished.trained),
        f"{name}.safetensors",
        help="As safetensors. In this app they are kept until the next run ends, or you leave",
    )
    save_button(
        "Card",
        finished.card,
        f"{name}.json",
        help="Which network the weights belong to and how they were trained; upload it together with the weights",
    )


def _try(state: State, finished: Finished) -> None:
    arch = finished.trained.net.arch
    st.session_state.tried_weights = finished.weights, (RUN.result() or (None, None))[1]
    state.become(arch)
    state.weights[arch.key] = "trained"
    state.wanted_page = "Picture"
