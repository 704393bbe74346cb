"""The head of every page: what network this is, what was refused, and the way back."""

from __future__ import annotations

from html import escape

import streamlit as st

from inception_models.diff import changes

from ..backend import Analysis
from . import metrics, notice
from .state import State

LISTED = 40  # changes shown one by one


def show(state: State, analysis: Analysis, reference: Analysis, linked: bool) -> None:
    """Title, undo and redo, and the row of totals. ``linked``: whether the address bar holds all changes."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.html(_title(state))
        st.button(
            "Undo",
            icon=":material/undo:",
            disabled=not state.past,
            on_click=state.undo,
            help="Take the last change back",
        )
        st.button(
            "Redo", icon=":material/redo:", disabled=not state.future, on_click=state.redo, help="Bring it back again"
        )
        _changed(state, linked)
        _about(state)
    if state.problem:
        notice.refused(state.problem)
    with st.container(key="totals"):
        metrics.show(analysis, reference)


def _about(state: State) -> None:
    about = state.arch.about
    popover = st.popover(
        "About",
        icon=":material/menu_book:",
        help="The paper, and where implementations part from it",
        key="about",
        on_change="rerun",
    )
    if not popover.open:  # what nobody sees would still take its part of every edit's time
        return
    with popover:
        st.markdown(f"**{about.title}**, {about.year}")
        st.markdown(about.summary)
        st.markdown(f"[{about.paper}]({about.url}). {about.authors}.")
        if about.differences:
            st.markdown("**Paper and code**\n\n" + "\n".join(f"- {line}" for line in about.differences))
        if about.top1_percent:
            st.markdown(f"ImageNet top-1 accuracy {about.top1_percent:g} % ({about.top1_source}).")


def _changed(state: State, linked: bool) -> None:
    """What differs from the published network, as sentences."""
    found = changes(state.original, state.arch)
    popover = st.popover(
        f"Changes {len(found)}" if found else "Changes",
        icon=":material/difference:",
        disabled=not found,
        key="changes",
        on_change="rerun",
    )
    if not popover.open:
        return
    with popover:
        st.markdown("\n".join(f"- {notice.plain(change.sentence())}" for change in found[:LISTED]))
        if len(found) > LISTED:
            st.caption(f"and {len(found) - LISTED} more")
        if linked:
            st.caption("The address bar holds these changes: its link opens this network anywhere.")
        else:
            st.caption("These changes are too many for a link.")
        st.button(
            "Reset everything",
            icon=":material/restart_alt:",
            on_click=lambda: state.become(state.original),
            help="Back to the published network. Undo brings your changes back.",
        )


def _title(state: State) -> str:
    about = state.arch.about
    edited = '<span class="edited">edited</span>' if state.edited else ""
    return (
        f'<div class="title"><h1>{escape(about.title)}</h1>{edited}'
        f"<p>{escape(about.paper)}, {about.year}. Input {state.arch.input_size} × {state.arch.input_size},"
        f" {state.arch.classes:,} classes.</p></div>"
    )
