"""Learn: lessons that use the real app, the family as a row of edits, and the words of the field."""

from __future__ import annotations

from functools import partial

from ..kit.tabs import remembered_tabs
from ..learn import family, lesson_list, words
from ..session import current
from ..shell import actions, lesson, memory


def page() -> None:
    """Render the page."""
    memory.show()
    state = current()
    actions.show(state)
    lesson.show(state)
    remembered_tabs(
        "learn",
        {"Lessons": partial(lesson_list.show, state), lesson.REPLAY: partial(family.show, state), "Words": words.show},
    )
    memory.keep_again(state)
