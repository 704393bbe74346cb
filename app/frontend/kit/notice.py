"""Sentences for the person. They may quote what was typed or uploaded, so nothing in them is read as Markdown.

Why something was not done is never said alone: a button beside it does what helps.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from inception_models.arch.refusal import Remedy, remedies_of

from ...backend.common.text import one_line
from ..state import SessionRefusal, State
from ..typed_numbers import numbers

_MARKS = re.compile(r"[\\`*_{}\[\]()<>#+.!|~$:&@-]")
# What Streamlit looks for once the escapes are resolved: icons and emoji, addresses of the web and of mail, arrows.
_READ_LATER = re.compile(r":(?=[\w+/-])|www(?=\.)|\S(?=@)|(?<!\S)[-<>~](?=(?:->|>|-|=)(?!\S))", re.IGNORECASE)
WORD_JOINER = "\u2060"  # which has no width and lets no line break in
CELLS_OFFERED = 6  # buttons at once


@dataclass(frozen=True)
class WayOut:
    """What helps where something was refused: a button with this ``label``, and what it does."""

    label: str
    act: Callable[[], object]
    help: str | None = None

    def take(self) -> None:
        """Do it."""
        self.act()


def refused(sentence: str, place: str, first: WayOut, *others: WayOut) -> None:
    """Say why something was not done, with what can be done about it. ``place`` tells several on one page apart."""
    st.warning(plain(sentence), icon=":material/info:")
    with st.container(horizontal=True, gap="small"):
        for number, way in enumerate((first, *others)):
            st.button(plain(way.label), key=f"remedy:{place}:{number}", on_click=way.take, help=way.help)


def refusal(state: State, place: str, *others: WayOut) -> None:
    """Say why the last action was refused where it belongs to ``place``, with its remedies, then the ``others``."""
    if problem := state.refused_at(place):
        refused(str(problem), place, *ways_out(state, place, problem, *others))


def ways_out(state: State, place: str, problem: ValueError, *others: WayOut) -> list[WayOut]:
    """The remedies of what was refused at ``place``, then the ``others``; where there are none, to leave it at that."""
    remedies = (WayOut(remedy.label, partial(state.attempt, remedy.edit, place)) for remedy in remedies_of(problem))
    offers = problem.offers.items() if isinstance(problem, SessionRefusal) else ()
    offered = (WayOut(label, partial(state.take, offer)) for label, offer in offers)
    return [*remedies, *offered, *others] or [WayOut("Leave it as it is", state.dismiss)]


def cell_remedies(state: State) -> None:
    """A button for each number in the tables that was refused: what it does instead; its cell says the reason."""
    if not state.refused:
        return
    now = numbers(state.arch)
    with st.container(horizontal=True, key="cell-remedies"):  # which stays in sight below a long table
        for path, (_, problem) in list(state.refused.items())[:CELLS_OFFERED]:
            remedy = next(iter(remedies_of(problem)), Remedy(f"Keep {now[path]:,}", lambda arch: arch))
            label, act = plain(f"{path}: {remedy.label}"), (path, remedy.edit)
            why = plain(str(problem))  # its cell may be out of sight
            st.button(label, key=f"remedy:{path}", on_click=state.remedy_number, args=act, help=why)


def plain(text: str) -> str:
    """``text`` in one line, with everything disarmed that Markdown, HTML or Streamlit's own codes would act on."""
    return _MARKS.sub(r"\\\g<0>", _READ_LATER.sub(f"\\g<0>{WORD_JOINER}", one_line(text)))
