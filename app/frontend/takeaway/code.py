"""The network as source code, which can be run here beside the network."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models import Arch
from inception_models.codegen import FRAMEWORK_TITLES, FRAMEWORKS, Framework, source

from ...backend.common.jobs import Progress
from ...backend.picture.forward import check_affordable
from ...backend.takeaway.code_check import CheckedCode, checked_code
from ...backend.takeaway.naming import saved_name
from ..kit.background import BackgroundTask
from ..kit.save_button import save_button
from ..kit.terms import caption
from ..state import State

CHECK: BackgroundTask[CheckedCode] = BackgroundTask("code check", "Running the code", "Stop it", steady=False)


def show(state: State) -> None:
    """Render the tab."""
    framework: Framework = st.segmented_control(
        "Framework",
        FRAMEWORKS,
        default=FRAMEWORKS[0],
        format_func=FRAMEWORK_TITLES.__getitem__,
        key="code-framework",
        required=True,
        label_visibility="collapsed",
    )
    text = source(state.arch, framework)
    name = saved_name(state.arch, ".py", "keras" if framework == "keras" else "")
    question = (state.arch, framework)
    running = CHECK.running
    with st.container(horizontal=True, vertical_alignment="center"):
        save_button(f"Save {name}", text, name, type="primary")
        st.button(
            "Run it beside this network",
            icon=":material/play_arrow:",
            disabled=running,
            help="In a process of its own, with the same weights and picture; the outputs are then compared",
            on_click=_check,
            args=(state.arch, framework),
        )
    if running:
        CHECK.watch()
    CHECK.show_problem(question)
    if checked := CHECK.result(question):
        st.success(checked.sentence, icon=":material/check:")
    caption(
        "One file that stands alone: it imports its framework only. It has the parameters, the MACs and the outputs of"
        " the network on this page."
    )
    st.code(text, "python", wrap_lines=True)


def _check(arch: Arch, framework: Framework) -> None:
    CHECK.start(partial(_checked, arch, framework), (arch, framework))


def _checked(arch: Arch, framework: Framework, progress: Progress) -> CheckedCode:
    check_affordable(arch)
    return checked_code(arch, framework, progress)
