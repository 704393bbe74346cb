"""A lesson that is under way, above every page: what the step says, what there is to do, and whether it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape

import streamlit as st

from ...backend.learn.checks import LessonScreen
from ...backend.learn.lessons import Lesson, LessonStep
from ...backend.learn.reading import language_of, lessons
from ..kit.controls import choices
from ..kit.notice import plain
from ..kit.page_links import page_link
from ..kit.terms import with_terms
from ..state import LessonPlace, State

REPLAY = "From v1 to v4"  # the tab of Learn that replays the family


def show(state: State) -> None:
    """Render the step that is under way."""
    if state.lesson is not None:
        _step(state, state.lesson)


def offer(state: State) -> None:
    """On Explore, render three ways in for somebody who is here for the first time."""
    if state.lesson is None and not state.welcomed and state.page == "Explore":
        _ways_in(state)


def known_lessons() -> Mapping[str, Lesson]:
    """Every lesson by its id, in the language of the browser where there is one."""
    return lessons(language_of(st.context.locale))


# --- moving ----------------------------------------------------------------------------------------------------------


def begin(state: State, id: str) -> None:
    """Open the lesson called ``id`` where it was left, or anew if it was finished."""
    state.welcomed = True
    done = state.learned.get(id, 0)
    state.learned.setdefault(id, 0)
    own = state.lesson or LessonPlace(id, 0, state.arch.key, state.selected, state.page, dict(state.weights))
    state.lesson = replace(own, lesson=id, step=done if done < len(known_lessons()[id].steps) else 0)
    _open(state)


def turn(state: State, by: int) -> None:
    """Go to the next step, or back; after the last one the lesson is over."""
    if state.lesson is None:
        return
    id, step = state.lesson.lesson, state.lesson.step + by
    state.learned[id] = max(state.learned.get(id, 0), step)
    if step == len(known_lessons()[id].steps):
        leave(state)
        state.wanted_page = "Learn"
    else:
        state.lesson = replace(state.lesson, step=step)
        _open(state)


def leave(state: State) -> None:
    """Show what was open before the lesson. The place in it is kept; undo brings the lesson's network back."""
    place = state.lesson
    if place is None:
        return
    state.lesson = None
    state.show_variant(place.own)
    state.select(place.selected)
    state.weights = dict(place.weights)
    state.wanted_page = place.page


def _open(state: State) -> None:
    """Show the network that the step speaks of, on its page."""
    assert state.lesson is not None
    step = _lesson(state.lesson).steps[state.lesson.step]
    state.become(step.arch)
    state.select(step.selected)
    state.picked = None
    for control, wanted in (("Level", step.level), ("edit", "Widths")):
        if wanted and choices().get(control, wanted) != wanted:
            st.session_state[control] = wanted
    state.weights.pop(step.arch.key, None)
    state.wanted_page = step.page


def _do(state: State, step: LessonStep) -> None:
    """Do what the step asks for, on the network that it opened, for somebody who is stuck."""
    seen = step.check.met(replace(_seen(state), arch=step.arch))
    state.become(seen.arch)
    state.select(seen.selected)
    state.weights[seen.arch.key] = seen.weights
    if seen.page != state.page:
        state.wanted_page = seen.page


# --- rendering -------------------------------------------------------------------------------------------------------


def _lesson(place: LessonPlace) -> Lesson:
    return known_lessons()[place.lesson]


def _seen(state: State) -> LessonScreen:
    return LessonScreen(
        state.arch,
        state.selected,
        state.page,
        state.weights.get(state.arch.key, "random"),
        state.picked.path if state.picked else "",
    )


def _step(state: State, place: LessonPlace) -> None:
    lesson = _lesson(place)
    step = lesson.steps[place.step]
    done = step.check.holds(_seen(state))
    if done:
        state.learned[lesson.id] = max(state.learned.get(lesson.id, 0), place.step + 1)
    with st.container(key="lesson"):
        st.html(_html(lesson, place.step, step, state, done))
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lesson-buttons"):
            last = place.step + 1 == len(lesson.steps)
            st.button("Back", key="lesson-back", disabled=not place.step, on_click=turn, args=(state, -1))
            st.button(
                "Finish" if last else "Next",  # of one type, and in one place, so that it keeps the focus
                key="lesson-next",
                shortcut="Ctrl+Enter",  # the way back from what there was to do is many stops of Tab
                on_click=turn,
                args=(state, 1),
            )
            if not done and step.check.target != "value":
                st.button("Do it for me", key="lesson-do", type="tertiary", on_click=_do, args=(state, step))
            if state.page != step.page and not done:
                page_link(step.page, f"This step is on {step.page}")
            st.button(
                "Leave",
                key="lesson-leave",
                type="tertiary",
                help="Back to what you had open before. Your place in the lesson is kept.",
                on_click=leave,
                args=(state,),
            )


def _html(lesson: Lesson, number: int, step: LessonStep, state: State, done: bool) -> str:
    said = step.sentence(step.done, state.arch) if done else step.sentence(step.task, state.arch)
    source = f' <span class="source">({escape(step.source)})</span>' if step.source else ""
    return (
        f'<section class="lesson" aria-label="Lesson: {escape(lesson.title, quote=True)}">'
        f"<h2><small>{escape(lesson.title)}, step {number + 1} of {len(lesson.steps)}</small> {escape(step.title)}</h2>"
        f"<p>{with_terms(step.sentence(step.text, state.arch))}{source}</p>"
        f'<p class="{"done" if done else "task"}" role="status">{with_terms(said)}</p>'
        f"<details><summary>{escape(step.sentence(step.question, state.arch))}</summary>"
        f"<p>{with_terms(step.sentence(step.answer, state.arch))}</p></details></section>"
    )


def _ways_in(state: State) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ways-in"):
        st.html("<p>New here?<span> Learn by doing, in five minutes each:</span></p>", width="content")
        ways = [lesson for lesson in known_lessons().values() if lesson.way_in]
        for way in ways[:1]:
            st.button(plain(way.way_in), key=f"way:{way.id}", on_click=begin, args=(state, way.id))
        st.button(REPLAY, key="way:replay", on_click=_replay, args=(state,))
        for way in ways[1:]:
            st.button(plain(way.way_in), key=f"way:{way.id}", on_click=begin, args=(state, way.id))
        st.button("No, thank you", key="way:none", type="tertiary", on_click=_put_away, args=(state,))


def _replay(state: State) -> None:
    state.welcomed = True
    st.session_state.learn_open = REPLAY
    state.wanted_page = "Learn"


def _put_away(state: State) -> None:
    state.welcomed = True
