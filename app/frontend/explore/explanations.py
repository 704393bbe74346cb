"""Why the selected stage is as it is: sentences with its numbers, and a click that tries it otherwise."""

from __future__ import annotations

from html import escape

import streamlit as st

from ...backend import Analysis
from ...backend.learn.explain import explain
from ..kit.notice import plain, refusal
from ..kit.terms import with_terms
from ..state import State


def show(state: State, analysis: Analysis) -> None:
    """Render what can be said about the stage that is selected."""
    refusal(state, "explanation")
    if state.selected_stage not in {stage.name for stage in (*analysis.stages, *analysis.aux)}:
        st.caption("This is the picture. Select a part of the network.")
        return
    for number, explanation in enumerate(explain(analysis, state.selected)):
        name = explanation.path.partition(".")[2] or explanation.path
        st.html(f'<p class="explanation"><b>{escape(name)}</b> {with_terms(explanation.sentence)}</p>')
        if attempt := explanation.attempt:
            st.button(
                plain(attempt.label.replace(explanation.path, name)),
                key=f"attempt:{number}",
                on_click=state.attempt,
                args=(attempt.edit, "explanation"),
            )
