"""What is to be said about the weights in use: where they come from, and what an edited network made of them."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from inception_models.resize.report import LayerChange
from inception_models.weights import Loaded
from inception_models.weights.file import WeightsError

from ..shell.notice import plain, refused

LISTED = 60  # sentences shown one by one


def show(loaded: Loaded) -> None:
    """Render the expanders; nothing for random weights."""
    learned = loaded.trained_weights
    for sentence in loaded.report:
        st.caption(plain(sentence))
    if learned.data or learned.notes:
        with st.expander("About these weights"):
            facts = {"Trained on": learned.data, "Accuracy": learned.accuracy, "Licence": learned.licence}
            lines = [f"**{name}:** {plain(value)}" for name, value in facts.items() if value]
            if learned.page:
                lines.append(f"**Source:** [{plain(urlsplit(learned.page).hostname or '')}]({learned.page})")
            if learned.remote is not None:
                whole = "the whole" if learned.remote.hashed else "the published beginning of its"
                lines.append(f"**File:** {learned.remote.about / 1e6:.0f} MB, checked against {whole} SHA-256")
            st.markdown("\n\n".join([*lines, *map(plain, learned.notes)]))
    carried = [change for change in loaded.changes if change.kind != "kept"]
    if carried:
        with st.expander(f"What your edits made of the weights ({len(carried)})"):
            _changes(carried, len(loaded.changes) - len(carried))


def _changes(changes: list[LayerChange], kept: int) -> None:
    st.caption("No training happened in between.")
    st.markdown("\n".join(f"- **{plain(change.path)}** {plain(change.text)}" for change in changes[:LISTED]))
    if len(changes) > LISTED:
        st.caption(f"and {len(changes) - LISTED} more")
    if kept:
        st.caption(f"{kept} layers are kept to the last digit.")


def unusable(problem: ValueError) -> None:
    """Say why weights could not be used, and if they do not fit, every place."""
    refused(f"{problem} Random weights are used instead.")
    places = problem.mismatches if isinstance(problem, WeightsError) else ()
    if len(places) > 1:
        with st.expander(f"All {len(places)} places that do not fit"):
            st.code("\n".join(places[:1000]), language=None)
