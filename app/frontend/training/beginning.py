"""What a run starts from: random weights, those of the Picture page, or the demo's; and what of them is frozen."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models.checkpoints.demo import demo
from inception_models.training.start import Tuning, head_layers, usual_head_epochs
from inception_models.weights import Source

from ...backend.common.text import visible
from ...backend.training.job import Beginning
from ..kit.controls import choice_stays_among
from ..kit.weights_in_use import title_of, weights_in_use
from ..state import State


def choose_beginning(state: State, epochs: int) -> Beginning | None:
    """Render the choice for a run of so many ``epochs``; None for random weights."""
    sources: dict[str, Source] = {"random": "random"}
    chosen = weights_in_use(state)
    if chosen not in ("random", "demo"):
        sources["picture"] = chosen
    sources["demo"] = "demo"
    picture = f"From the Picture page: {visible(title_of(chosen))}"
    titles = {"random": "Random weights", "picture": picture, "demo": demo().title}
    choice_stays_among("train_from", list(sources), "random")
    key = st.selectbox(
        "Initialisation",
        list(sources),
        key="train_from",
        format_func=titles.__getitem__,
        persist_state="session",
        help="Random weights learn everything anew. Trained weights (fine-tuning) need fewer pictures and epochs; edits"
        " of the network carry them over. Other weights: choose them on the Picture page.",
    )
    if key == "random":
        return None
    if key == "demo" and state.arch.key != demo().arch.key:
        st.markdown("The demo's weights belong to another variant than the network above.")
        st.button(
            "Show the demo network",
            icon=":material/swap_horiz:",
            on_click=partial(state.become, demo().arch),
            help="Show it in place of the network above. Undo reverts it.",
        )
        return None
    return Beginning(sources[key], _tuning(state, epochs))


def _tuning(state: State, epochs: int) -> Tuning:
    head = {path.partition(".")[0] for path in head_layers(state.arch)}
    stages = [stage.name for stage in state.arch.stages if stage.name not in head]
    if not set(st.session_state.get("train_frozen", [])) <= set(stages):  # of a network that was edited since
        st.session_state.train_frozen = [name for name in st.session_state.train_frozen if name in stages]
    head_epochs = (
        st.slider(
            "Epochs of the head alone",
            0,
            epochs,
            usual_head_epochs(epochs),
            key=f"train_head_epochs:{epochs}",
            persist_state="session",
            help="At first only the classifier and new layers learn, so that their large steps do not spoil what was"
            " trained. Then everything learns, what was trained more slowly. All epochs: the head is all that learns.",
        )
        if epochs > 1
        else 0
    )
    frozen = st.multiselect(
        "Frozen stages",
        stages,
        key="train_frozen",
        persist_state="session",
        placeholder="None: all learn",
        help="These keep their weights and BatchNorm statistics for the whole run. To freeze the first stages saves"
        " time, and helps where there are few pictures.",
    )
    return Tuning(int(head_epochs), tuple(frozen))
