"""What the networks of a search are tried on: data, with trained weights carried over."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from inception_models import Arch
from inception_models.weights import Source

from ...backend.decide.data_choice import CLASSES, data_choices
from ...backend.decide.searching.trials import Tryout
from ..kit.controls import choice_stays_among
from ..kit.terms import caption
from ..kit.weights_in_use import title_of

NOTHING = ""  # no data set
SHIPPED = "demo"  # 200 pictures to train on
EPOCHS_OF_FEW = 6
PICTURES = (200, 500, 1000, 3000)


def choose_tryout(arch: Arch, weights: Source) -> Tryout | None:
    """Render the choice; None where networks are judged by their costs alone."""
    known = data_choices(arch, weights)
    if not known or isinstance(weights, Path):
        caption(
            f"To count accuracy as well, choose trained weights of {CLASSES} classes on the Picture page; with other"
            " data, the command line does: search --weights --data."
        )
        return None
    choice_stays_among("search_data", [NOTHING, *known], NOTHING)
    data = st.selectbox(
        "Try each network on",
        [NOTHING, *known],
        format_func=({NOTHING: "Nothing: costs alone"} | known).__getitem__,
        key="search_data",
        persist_state="session",
        help="The trained weights are carried over to each network, and its accuracy on test pictures is a number too",
    )
    if data == NOTHING:
        return None
    caption(f"With the weights of {title_of(weights)}.")
    with st.container(horizontal=True):
        tested = st.selectbox("Test pictures", PICTURES, key="search_tested", persist_state="session")
        epochs = st.number_input(
            "Epochs of training",
            0,
            20,
            EPOCHS_OF_FEW if data == SHIPPED else 1,
            key=f"search_epochs:{data}",
            persist_state="session",
            help="Fine-tuning of each network before the test. 0 takes a tenth of the time, and tells networks apart"
            " that are cut a little: what is cut to half or less is lost without training",
        )
    pictures = PICTURES[2]
    if epochs and data != SHIPPED:
        pictures = st.selectbox("Pictures to train on", PICTURES, 2, key="search_trained", persist_state="session")
    return Tryout(weights, data, "", pictures, tested, int(epochs))
