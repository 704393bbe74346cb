"""The controls that concern the whole network."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.arch.rules import MAX_CLASSES, MAX_INPUT_SIZE
from inception_models.edits.input_output import with_aux, with_classes, with_size_and_fitting_heads
from inception_models.edits.toggles import (
    ACTIVATIONS,
    activation,
    dropout,
    has_batch_norm,
    with_activation,
    with_batch_norm,
    with_dropout,
)
from inception_models.edits.widths import scaled

from ..state import State
from .controls import control_shows
from .notice import refusal
from .variant_list import variant_label

PLACES = ("input_size", "classes", "aux", "factor", "layers")  # where it says why something was refused
WIDTH_FACTORS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)

Settings = tuple[str, int, int, bool, bool, str, float | None, str]


def settings(state: State) -> Settings:
    """Everything that the sidebar shows of the network, and what it says of the last action."""
    arch = state.arch
    shown = (arch.key, arch.input_size, arch.classes, bool(arch.aux))
    refused = f"{state.refusal[0]}: {state.refusal[1]}" if state.refusal and state.refusal[0] in PLACES else ""
    return *shown, has_batch_norm(arch), activation(arch), dropout(arch), refused


def show(state: State) -> None:
    """Render the sidebar; every control changes the state in its callback, before the page is drawn."""
    with st.sidebar:
        key, size, classes, aux, batch_norm, act, rate, _ = settings(state)
        control_shows("variant", key)
        st.selectbox(
            "Variant",
            list(ARCHITECTURES),
            key="variant",
            format_func=variant_label,
            on_change=lambda: state.show_variant(st.session_state.variant),
            help="The network to start from. Type to search, also by names such as DeepDream, FID or FaceNet. Each"
            " variant keeps your changes while you look at another.",
        )
        control_shows("input_size", size)
        st.number_input(
            "Input size (pixels)",
            1,
            MAX_INPUT_SIZE,
            key="input_size",
            on_change=lambda: state.attempt(
                lambda a: with_size_and_fitting_heads(a, int(st.session_state.input_size)), "input_size"
            ),
            help=f"Height and width of the picture. The published network takes {state.original.input_size}.",
        )
        refusal(state, "input_size")
        control_shows("classes", classes)
        st.number_input(
            "Classes",
            1,
            MAX_CLASSES,
            key="classes",
            on_change=lambda: state.attempt(lambda a: with_classes(a, int(st.session_state.classes)), "classes"),
            help="Number of outputs of the classifier. ImageNet has 1,000 classes.",
        )
        refusal(state, "classes")
        if state.original.aux:
            control_shows("aux", aux)
            st.toggle(
                "Auxiliary heads",
                key="aux",
                on_change=lambda: state.attempt(
                    lambda a: with_aux(a, bool(st.session_state.aux), state.original), "aux"
                ),
                help="Extra classifiers that help training. They do not run at inference and are not in the totals.",
            )
            refusal(state, "aux")
        control_shows("factor", 1.0)  # it multiplies the current widths, so it always starts at one
        st.select_slider(
            "Width multiplier",
            WIDTH_FACTORS,
            key="factor",
            format_func=lambda f: f"× {f:g}",
            on_change=lambda: state.attempt(lambda a: scaled(a, float(st.session_state.factor)), "factor"),
            help="Multiplies every current filter count and rounds it to a multiple of 8. Undo reverts it.",
        )
        refusal(state, "factor")
        _presets(state)
        _units(state, batch_norm, act, rate)


def _presets(state: State) -> None:
    """Networks that people often want, each one click away; undo reverts it."""
    popover = st.popover("Presets", icon=":material/bolt:", width="stretch", key="presets", on_change="rerun")
    if not popover.open:
        return
    with popover:
        for label, factor in (("Half width", 0.5), ("Quarter width", 0.25), ("Double width", 2.0)):
            st.button(
                label, width="stretch", on_click=state.attempt, args=(partial(_scaled_original, factor), "factor")
            )
        st.caption("From the same paper")
        for key, arch in ARCHITECTURES.items():
            if arch.about.paper == state.original.about.paper and key != state.arch.key:
                st.button(
                    arch.about.label, key=f"sibling:{key}", width="stretch", on_click=state.show_variant, args=(key,)
                )


def _scaled_original(factor: float, arch: Arch) -> Arch:
    """The published widths times ``factor``; other changes stay."""
    published = widths(ARCHITECTURES[arch.key])
    return scaled(with_widths(arch, {p: w for p, w in published.items() if p in widths(arch)}), factor)


def _units(state: State, batch_norm: bool, act: str, rate: float | None) -> None:
    """The normalisation and activation of every convolution, and the dropout before the classifier."""
    expander = st.expander("Layers", key="layers", on_change="rerun")
    if not expander.open:
        return
    with expander:
        control_shows("batch_norm", batch_norm)
        st.toggle(
            "BatchNorm",
            key="batch_norm",
            on_change=lambda: state.attempt(
                lambda a: with_batch_norm(a, bool(st.session_state.batch_norm), state.original), "layers"
            ),
            help="Normalisation after every convolution. Without it, convolutions have a bias instead.",
        )
        control_shows("activation", act)
        st.selectbox(
            "Activation",
            ACTIVATIONS,
            key="activation",
            on_change=lambda: state.attempt(lambda a: with_activation(a, st.session_state.activation), "layers"),
            help="The function after every convolution",
        )
        if rate is not None:
            control_shows("dropout", rate)
            st.number_input(
                "Dropout",
                0.0,
                0.99,
                step=0.05,
                key="dropout",
                on_change=lambda: state.attempt(lambda a: with_dropout(a, float(st.session_state.dropout)), "layers"),
                help="Share of values dropped before the classifier, in training only",
            )
        refusal(state, "layers")
