"""How pictures are prepared for a person's own weights: a choice, remembered by the digest of the file's content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import get_args

import streamlit as st

from inception_models import Arch
from inception_models.checkpoints.preprocessing import (
    ChannelOrder,
    Interpolation,
    Preprocessing,
    ValueMax,
    preprocessing_from_json,
    resize_px_for,
    three_numbers,
)
from inception_models.checkpoints.presets import PRESETS
from inception_models.weights import OwnFile, WeightsError, about_own

from ..kit.click import submitted
from ..kit.controls import control_shows
from ..kit.notice import WayOut, refused
from ..session import current

USUAL, OWN_VALUES = "usual", "own values"


def remembered_preprocessing(own: OwnFile) -> Preprocessing | None:
    """What was chosen for a file; None for what is usual."""
    choice = _choices().get(own.digest)
    return None if choice is None else preprocessing_from_json(choice["steps"])


def choose_preprocessing(own: OwnFile, arch: Arch) -> None:
    """Render the choice."""
    try:
        usual = about_own(arch, own).preprocessing_for(arch)
    except WeightsError:  # which is said where the weights are used
        return
    choice = _choices().get(own.digest)
    options = [USUAL, *PRESETS, OWN_VALUES]
    preset = USUAL if choice is None else choice["preset"]
    control_shows("preprocessing", preset if preset in options else OWN_VALUES)
    st.selectbox(
        "Preprocessing",
        options,
        key="preprocessing",
        format_func=lambda name: _title(name, own),
        on_change=lambda: _take(own, str(st.session_state.preprocessing), usual, arch.input_size),
        help="How pictures were prepared when these weights were trained. A file of weights alone does not say it.",
    )
    if choice is not None and preset not in PRESETS:
        _own_values(own, preprocessing_from_json(choice["steps"]).sized(arch.input_size))


def _choices() -> dict[str, Mapping[str, object]]:
    """By digest, plain data that the browser keeps: the ``preset``, and the ``steps`` as ``asdict`` gives them."""
    return current().preprocessing


def _title(name: str, own: OwnFile) -> str:
    if name == USUAL:
        return "As its card says" if own.card else "As the published weights of this variant"
    return PRESETS[name].title if name in PRESETS else "Values of your own"


def _take(own: OwnFile, name: str, usual: Preprocessing, size_px: int) -> None:
    if name == USUAL:
        _choices().pop(own.digest, None)
        return
    steps = PRESETS[name].steps(size_px) if name in PRESETS else remembered_preprocessing(own) or usual
    _choices()[own.digest] = {"preset": name, "steps": asdict(steps)}


def _own_values(own: OwnFile, steps: Preprocessing) -> None:
    """The values, which are used once they are applied."""
    with st.popover("Mean, crop and others", width="stretch"), st.form("preprocessing_values", border=False):
        mean = st.text_input("Mean", _joined(steps.mean), help="What is subtracted, in the network's channel order")
        std = st.text_input("Standard deviation", _joined(steps.std), help="What is divided by after that")
        share = st.number_input(
            "Share of the short side that is kept", 0.25, 4.0, steps.crop_px / steps.resize_px, 0.025
        )
        chosen = {
            "interpolation": _among("Interpolation", get_args(Interpolation), steps.interpolation),
            "channels": _among("Channels", get_args(ChannelOrder), steps.channels),
            "value_max": _among("Values from 0 to", get_args(ValueMax), steps.value_max),
        }
        if not submitted("Apply", "preprocessing.apply"):
            return
    try:
        given = {"mean": three_numbers(mean, "Mean"), "std": three_numbers(std, "Standard deviation"), **chosen}
        resize_px = resize_px_for(steps.crop_px, share)
        new = preprocessing_from_json(asdict(steps) | given | {"resize_px": resize_px})
    except ValueError as problem:
        refused(str(problem), "preprocessing", WayOut("Keep the values in use", lambda: None))
        return
    _choices()[own.digest] = {"preset": OWN_VALUES, "steps": asdict(new)}
    st.rerun()


def _among(label: str, options: tuple[object, ...], now: object) -> object:
    return st.selectbox(label, options, options.index(now))


def _joined(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)
