"""Sentences for the person. They may quote what was typed or uploaded, so nothing in them is read as Markdown."""

from __future__ import annotations

import re

import streamlit as st

from inception_models.arch.refusal import remedies_of

from ...backend.common.text import one_line
from ..state import State

_MARKS = re.compile(r"[\\`*_{}\[\]()<>#+.!|~$:&@-]")
# What Streamlit looks for once the escapes are resolved: icons and emoji, addresses of the web and of mail, arrows.
_READ_LATER = re.compile(r":(?=[\w+/-])|www(?=\.)|\S(?=@)|(?<!\S)[-<>~](?=(?:->|>|-|=)(?!\S))", re.IGNORECASE)
WORD_JOINER = "\u2060"  # which has no width and lets no line break in
CELLS_OFFERED = 6  # buttons at once


def refused(sentence: str) -> None:
    """Say why something was not done."""
    st.warning(plain(sentence), icon=":material/info:")


def refusal(state: State, place: str) -> None:
    """Say why the last action was refused where it belongs to ``place``, with a button for each remedy."""
    if problem := state.refused_at(place):
        refused(str(problem))
        for number, remedy in enumerate(remedies_of(problem)):
            st.button(
                plain(remedy.label),
                key=f"remedy:{place}:{number}",
                on_click=state.attempt,
                args=(remedy.edit, place),
                width="stretch",
            )


def cell_remedies(state: State) -> None:
    """A button for each number in the tables that was refused: what it does instead; its cell says the reason."""
    refusals = [(path, remedies_of(problem)) for path, (_, problem) in state.refused.items()]
    offers = [(path, remedies[0]) for path, remedies in refusals if remedies]
    if offers:
        with st.container(horizontal=True, key="cell-remedies"):  # which stays in sight below a long table
            for path, remedy in offers[:CELLS_OFFERED]:
                label, act = plain(f"{path}: {remedy.label}"), (path, remedy.edit)
                st.button(label, key=f"remedy:{path}", on_click=state.remedy_number, args=act)


def plain(text: str) -> str:
    """``text`` in one line, with everything disarmed that Markdown, HTML or Streamlit's own codes would act on."""
    return _MARKS.sub(r"\\\g<0>", _READ_LATER.sub(f"\\g<0>{WORD_JOINER}", one_line(text)))
