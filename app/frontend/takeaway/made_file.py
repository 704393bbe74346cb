"""A file that takes a while to make: a button, then how far it is, then the button that saves it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ...backend.common.jobs import Progress
from ...backend.common.quantity import short
from ..kit.background import BackgroundTask
from ..kit.save_button import save_button

FileTask = BackgroundTask[bytes]


def made_file(task: FileTask, name: str, label: str, work: Callable[[Progress], bytes], question: object) -> None:
    """Render what there is of the file called ``name``, which ``work`` makes in answer to ``question``."""

    def start() -> None:
        task.start(work, question)

    if task.running:
        task.watch()
    elif (content := task.result(question)) is None:
        st.button(label, icon=":material/build:", type="primary", on_click=start)
        task.show_problem(question)
    else:
        # As a function: else it would be copied in every run.
        save_button(f"Save {name}, {short(len(content), 'B')}", lambda: content, name, type="primary")
