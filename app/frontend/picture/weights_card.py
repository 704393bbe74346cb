"""About the weights in use: where they come from, and how they were carried over to an edited network."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from inception_models.checkpoints.download import digest_name
from inception_models.edits.input_output import with_classes
from inception_models.resize.report import LayerChange
from inception_models.weights import Loaded, WeightsError, safetensors_with_card

from ..kit.notice import WayOut, plain, refused
from ..kit.terms import caption
from ..state import State
from .weights_file import list_mismatches, open_own_network, random_instead

CHANGES_SHOWN = 60  # one sentence each


def show(loaded: Loaded) -> None:
    """Render the expanders and the download; for random weights only that."""
    weights = loaded.trained_weights
    for sentence in loaded.report:
        st.caption(plain(sentence))
    if weights.data or weights.notes:
        with st.expander("About these weights"):
            facts = {"Trained on": weights.data, "Accuracy": weights.accuracy, "Licence": weights.licence}
            lines = [f"**{name}:** {plain(value)}" for name, value in facts.items() if value]
            if weights.page:
                lines.append(f"**Source:** [{plain(urlsplit(weights.page).hostname or '')}]({weights.page})")
            if weights.remote is not None:
                digest = weights.remote.digest
                whose = "its" if weights.remote.hashed else "the published beginning of its"
                checked = f", checked against {whose} {digest_name(digest)}" if digest else ""
                lines.append(f"**File:** {weights.remote.about / 1e6:.0f} MB{checked}")
            st.markdown("\n\n".join([*lines, *map(plain, weights.notes)]))
    carried = [change for change in loaded.changes if change.kind != "kept"]
    if carried:
        with st.expander(f"How your edits changed the weights ({len(carried)})"):
            _changes(carried, len(loaded.changes) - len(carried))
    arch = loaded.net.arch
    st.download_button(
        "Save these weights",
        partial(safetensors_with_card, loaded),
        f"{arch.key}.safetensors",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        help="A .safetensors file with a card inside: network, classes, preprocessing, where the weights come from."
        " Dropped on this page, it opens as this network; on the command line, the variant `auto` is it.",
    )


def _changes(changes: list[LayerChange], kept: int) -> None:
    st.caption("They were not trained again after the edits.")
    st.markdown("\n".join(f"- **{plain(change.path)}** {plain(change.text)}" for change in changes[:CHANGES_SHOWN]))
    if len(changes) > CHANGES_SHOWN:
        st.caption(f"and {len(changes) - CHANGES_SHOWN} more")
    if kept:
        caption(f"The weights of {kept} layers are unchanged.")


def unusable(problem: ValueError, state: State) -> None:
    """Say why weights could not be used, and offer what would help; where tensors do not fit, list them all."""
    ways = [random_instead(state)]
    if isinstance(problem, WeightsError):
        if (classes := problem.classes) is not None:
            edit = partial(state.attempt, lambda arch: with_classes(arch, classes), "classes")
            ways.insert(0, WayOut(f"Set Classes to {classes:,}", edit))
        elif (arch := problem.arch) is not None and state.weights.get(state.arch.key) == "own":
            ways.insert(0, WayOut("Open that network", partial(open_own_network, state, arch)))
    refused(f"{problem} Random weights are used instead.", "weights", *ways)
    list_mismatches(problem)
