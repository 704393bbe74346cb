"""Side by side: two pictures through one network, or one picture through the network before and after the edits."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from PIL import Image
from torch import Tensor

from inception_models import Arch
from inception_models.checkpoints.demo import test_pictures

from ....backend.picture.forward import Forward
from ....backend.picture.mosaic import mosaic, png
from ...shell import notice
from .. import picture_input
from . import prediction
from .view import View, heading, run_through, size_of

CHANNELS = 64
PICTURE, UNEDITED = "Another picture", "The network before the edits"


def show(view: View) -> None:
    """Render the tab."""
    home = _home(view)
    kinds = [PICTURE] if home == view.done.arch else [PICTURE, UNEDITED]
    if st.session_state.get("compare_with") not in kinds:
        st.session_state.compare_with = PICTURE
    kind = st.segmented_control("Compare with", kinds, key="compare_with", required=True) if kinds[1:] else PICTURE
    try:
        if kind == UNEDITED:
            other = view.remembered("unedited", None, lambda: run_through(view, home, view.picture))
            names = ("as it is", "before the edits")
        else:
            picture = _second_picture(view)
            other = view.remembered("second", picture.digest, lambda: run_through(view, view.state.arch, picture))
            names = (view.picture.title, picture.title)
    except ValueError as refusal:
        notice.refused(str(refusal))
        return
    pair = (view.done, other)
    for column, done, name in zip(st.columns(2), pair, names, strict=True):
        column.image(done.preview, caption=notice.plain(name), output_format="PNG", width=260)
    st.subheader("Prediction")
    prediction.show(view, (pair[0].activations.logits, pair[1].activations.logits), names, "compared")
    st.subheader(f"Maps of {view.stage}")
    with st.container(key="maps"):
        _maps(view, pair)


def _home(view: View) -> Arch:
    """What the weights were learned on, or with random ones the published network."""
    home = view.state.original if view.random_weights else view.done.trained_weights.arch
    return replace(home, aux=())


def _second_picture(view: View) -> picture_input.Picture:
    if view.done.trained_weights.id != "demo":
        return picture_input.second(view.picture)
    images, _ = test_pictures()
    number = st.number_input(f"Second picture, 1 to {len(images)}", 1, len(images), 2, key="second_test", width=240)
    place = int(number) - 1
    image = Image.fromarray(images[place]).convert("RGB")
    return picture_input.Picture(image, f"fashion:{place}", f"Test picture {place + 1}", "")


def _maps(view: View, pair: tuple[Forward, Forward]) -> None:
    """Each branch of the stage twice, on one scale."""
    for path, branch in view.branches:
        if path not in pair[1].activations.outputs:
            st.caption(f"{path} does not exist in the other network.")
            continue
        outputs = [done.activations.outputs[path] for done in pair]
        span = (min(float(t.min()) for t in outputs), max(float(t.max()) for t in outputs))
        for column, output in zip(st.columns(2), outputs, strict=True):
            with column:
                heading(path, branch, _note(output))
                st.image(png(mosaic(output, value_range=span, limit=CHANNELS)), output_format="PNG", width="stretch")
    st.caption("Both sides of a branch share one scale, so equal colours are equal values.")


def _note(output: Tensor) -> str:
    first = f", the first {CHANNELS}" if len(output) > CHANNELS else ""
    return size_of(output.shape) + first
