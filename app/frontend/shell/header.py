"""The header of every page: which network this is, what was refused, and how to undo."""

from __future__ import annotations

from html import escape

import streamlit as st

from inception_models.edits.diff import changes

from ...backend import Analysis
from ..components.network_head import network_head
from ..state import State
from . import totals
from .notice import plain, refusal
from .story import story

CHANGES_LISTED = 40  # one sentence each


def show(state: State, analysis: Analysis, reference: Analysis, linked: bool) -> None:
    """Render the title, undo and redo, and the row of totals. ``linked``: whether the address bar holds all changes."""
    sentences = [change.sentence() for change in changes(state.original, state.arch)]
    network_head(
        _title(state),
        story(state.arch, state.original),
        _changes(sentences, linked),
        count=len(sentences),
        key="head",
        acts={
            "undo": state.undo if state.past else None,
            "redo": state.redo if state.future else None,
            "reset": (lambda: state.become(state.original)) if sentences else None,
        },
    )
    if state.notice:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(plain(state.notice), icon=":material/info:")
            st.button("Undo", key="undo-notice", icon=":material/undo:", on_click=state.undo)
    refusal(state, "link")
    totals.show(analysis, reference)


def _title(state: State) -> str:
    about = state.arch.about
    edited = '<span class="edited">edited</span>' if state.edited else ""
    return (
        f"<h1>{escape(about.label)}</h1>{edited}"
        f"<p>{escape(about.paper)}, {about.year}. Input {state.arch.input_size} × {state.arch.input_size},"
        f" {state.arch.classes:,} classes.</p>"
    )


def _changes(sentences: list[str], linked: bool) -> str:
    """What differs from the published network, as sentences."""
    rest = len(sentences) - CHANGES_LISTED
    more = f'<p class="note">and {rest} more</p>' if rest > 0 else ""
    if linked:
        link = "The link in the address bar contains these changes and opens this network anywhere."
    else:
        link = "There are too many changes for a link."
    return f'{_list(sentences[:CHANGES_LISTED])}{more}<p class="note">{link}</p>'


def _list(sentences: tuple[str, ...] | list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"
