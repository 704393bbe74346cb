"""The controls that concern the whole network."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from inception_models import ARCHITECTURES
from inception_models.edit import MAX_CLASSES, MAX_INPUT_SIZE, scaled, with_classes, with_input_size, without_aux
from inception_models.spec import Arch

from .state import State

FACTORS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)


def show(state: State) -> None:
    """Render the sidebar; every control changes the state in its callback, before the page is drawn."""
    with st.sidebar:
        _keep("variant", state.arch.key)
        st.selectbox(
            "Variant",
            list(ARCHITECTURES),
            key="variant",
            format_func=_title,
            on_change=lambda: state.choose(st.session_state.variant),
            help="Which published network to start from. Each variant keeps your changes while you look at another.",
        )
        _keep("input_size", state.arch.input_size)
        st.number_input(
            "Input size (pixels)",
            1,
            MAX_INPUT_SIZE,
            key="input_size",
            on_change=lambda: state.attempt(lambda a: with_input_size(a, int(st.session_state.input_size))),
            help=f"Height and width of the picture. The published network takes {state.original.input_size}.",
        )
        _keep("classes", state.arch.classes)
        st.number_input(
            "Classes",
            1,
            MAX_CLASSES,
            key="classes",
            on_change=lambda: state.attempt(lambda a: with_classes(a, int(st.session_state.classes))),
            help="Outputs of the classifier. ImageNet has 1,000.",
        )
        if state.original.aux:
            _keep("aux", bool(state.arch.aux))
            st.toggle(
                "Auxiliary heads",
                key="aux",
                on_change=lambda: state.attempt(lambda a: _with_aux(a, state.original, bool(st.session_state.aux))),
                help="Extra classifiers that help training. They do not run at inference and are not in the totals.",
            )
        _keep("factor", 1.0)  # it multiplies what is there now, so it always starts at one
        st.select_slider(
            "Width multiplier",
            FACTORS,
            key="factor",
            format_func=lambda f: f"× {f:g}",
            on_change=lambda: state.attempt(lambda a: scaled(a, float(st.session_state.factor))),
            help="Multiplies every filter count as it is now, rounded to a multiple of 8. Undo takes it back.",
        )
        st.button(
            "Reset everything",
            icon=":material/restart_alt:",
            disabled=not state.edited,
            width="stretch",
            on_click=lambda: state.become(state.original),
            help="Back to the published network. Undo brings your changes back.",
        )


def _with_aux(arch: Arch, original: Arch, on: bool) -> Arch:
    return replace(arch, aux=original.aux) if on else without_aux(arch)


def _title(key: str) -> str:
    about = ARCHITECTURES[key].about
    return f"{about.title}, {about.year}"


def _keep(key: str, value: object) -> None:
    """Let a control show the state's value: it may have changed by undo, by a link or on another page."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
