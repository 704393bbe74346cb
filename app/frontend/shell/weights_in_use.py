"""The weights and the picture that the Picture page used last, for other pages."""

from __future__ import annotations

import streamlit as st

from inception_models import Arch
from inception_models.checkpoints.catalogue import CHECKPOINTS
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.download import is_intact
from inception_models.weights import OwnFile, Source

from ...backend.picture.forward import Forward
from ..state import State, linkable


def use_weights_of(key: str, weights: Source) -> None:
    """Take down the weights of the variant ``key``. Those of one variant are kept: files are large."""
    st.session_state.weights_in_use = (key, weights)


def weights_in_use(key: str) -> Source:
    """The weights of the variant ``key``; random where the Picture page did not show it last."""
    used: tuple[str, Source] = st.session_state.get("weights_in_use", ("", "random"))
    return used[1] if used[0] == key else "random"


def weights_shown(state: State) -> Source:
    """The weights of the network that is shown: as the Picture page used them last, else those that the link names."""
    if (used := weights_in_use(state.arch.key)) != "random":
        return used
    name = state.weights.get(state.arch.key, "")
    return name if name in linkable(state.arch) and _is_here(name) else "random"


def _is_here(name: str) -> bool:
    if name == "demo":
        return True
    known = CHECKPOINTS[name]
    return known.remote is not None and is_intact(known.file, known.remote.size, known.remote.sha256)


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
