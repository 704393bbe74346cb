"""The weights and the picture that the Picture page used last, for other pages."""

from __future__ import annotations

import streamlit as st

from inception_models import Arch
from inception_models.checkpoints.catalogue import CHECKPOINTS
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.download import is_intact
from inception_models.weights import OwnFile, Source

from ...backend.picture.forward import Forward
from ..session import linkable
from ..state import State


def use_weights_of(key: str, weights: Source) -> None:
    """Take down the weights of the variant ``key``. Those of one variant are kept: files are large."""
    st.session_state.weights_in_use = (key, weights)


def weights_in_use(state: State) -> Source:
    """The weights of the network that is shown."""
    return chosen_weights(state, state.arch)


def chosen_weights(state: State, arch: Arch) -> Source:
    """The weights of a network: as the Picture page used them last, else those that the link names."""
    used: tuple[str, Source] = st.session_state.get("weights_in_use", ("", "random"))
    if used[0] == arch.key:
        return used[1]
    name = state.weights.get(arch.key, "")
    return name if name in linkable(arch) and weights_are_here(name) else "random"


def weights_are_here(name: str) -> bool:
    """Whether the demo's or published weights are on this machine."""
    if name == "demo":
        return True
    known = CHECKPOINTS[name]
    return known.remote is not None and is_intact(known.file, known.remote.size, known.remote.digest)


def title_of(weights: Source) -> str:
    """What a person calls these weights."""
    match weights:
        case OwnFile():
            return weights.name
        case "random":
            return "random"
        case "demo":
            return demo().title
        case _:
            return CHECKPOINTS[str(weights)].title


def forward_in_use(arch: Arch) -> Forward | None:
    """What the Picture page last made of a picture, if it was this network's."""
    key, forward = st.session_state.get("forward", ((None,), None))
    return forward if key[0] == arch else None
