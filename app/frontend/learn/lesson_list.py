"""The lessons, with how far the person is in each."""

from __future__ import annotations

from html import escape

import streamlit as st

from ...backend.learn.lessons import Lesson
from ..kit.notice import plain
from ..shell.lesson import begin, known_lessons
from ..state import State


def show(state: State) -> None:
    """Render the tab."""
    st.markdown(
        "Each lesson runs in the app itself, in a few short steps. What you have open is kept, and comes back when you"
        " leave the lesson."
    )
    with st.container(key="lesson-list"):
        for number, lesson in enumerate(known_lessons().values(), 1):
            _row(state, number, lesson)


def _row(state: State, number: int, lesson: Lesson) -> None:
    steps, done = len(lesson.steps), state.learned.get(lesson.id)
    with st.container(horizontal=True, vertical_alignment="center", key=f"lesson-row-{number}"):
        st.html(
            f"<h3>{number}. {escape(lesson.title)}</h3><p>{escape(lesson.about)}"
            f' <span class="note">{_progress(done, steps)}</span></p>',
            width="stretch",
        )
        running = state.lesson is not None and state.lesson.lesson == lesson.id
        label = "Go on" if running or (done and done < steps) else "Once more" if done == steps else "Begin"
        st.button(
            label,
            key=f"begin:{lesson.id}",
            help=plain(f"{label}: {lesson.title}"),
            on_click=begin,
            args=(state, lesson.id),
        )


def _progress(done: int | None, steps: int) -> str:
    if done is None:
        return f"{steps} steps"
    return "Finished" if done >= steps else f"You are at step {done + 1} of {steps}"
