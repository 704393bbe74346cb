"""Side by side: two pictures through one network, or one picture through the network before and after the edits."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from torch import Tensor

from inception_models import Arch
from inception_models.checkpoints.demo import test_pictures

from ....backend.picture.forward import Forward, forward
from ....backend.picture.mosaic import mosaic, png
from ...kit.background import BackgroundTask
from ...kit.controls import choice_stays_among
from ...kit.notice import plain
from ...kit.pictures import Picture
from ...kit.terms import caption
from ..demo_pictures import demo_picture
from ..picture_input import choose_second_picture
from . import prediction
from .context import PictureContext, branch_heading, size_text

OTHER: BackgroundTask[Forward] = BackgroundTask("other", "Running the network", "Stop at the next stage")
MOSAIC_CHANNELS = 64
PICTURE, UNEDITED = "Another picture", "The network before the edits"


def show(context: PictureContext) -> None:
    """Render the tab."""
    home = _home(context)
    kinds = [PICTURE] if home == context.arch else [PICTURE, UNEDITED]
    choice_stays_among("compare_with", kinds, PICTURE)
    kind = st.segmented_control("Compare with", kinds, key="compare_with", required=True) if kinds[1:] else PICTURE
    if kind == UNEDITED:
        names, arch, picture = ("as it is", "before the edits"), home, context.picture
    else:
        arch, picture = context.state.arch, _second_picture(context)
        names = (context.picture.title, picture.title)
    weights = context.forward_pass.weights
    other = context.awaited(
        OTHER, (arch, picture.digest), lambda report: forward(arch, picture.image, weights, on_progress=report)
    )
    if other is None:
        return
    pair = (context.forward_pass, other)
    for column, forward_pass, name in zip(st.columns(2), pair, names, strict=True):
        column.image(
            forward_pass.preview,
            caption=plain(name),
            output_format="PNG",
            width=260,
            alt=f"What the network sees: {name}",
        )
    st.header("Prediction")
    prediction.show(context, (pair[0].activations.logits, pair[1].activations.logits), names, "compared")
    st.header(f"Maps of {context.stage}")
    with st.container(key="maps"):
        _maps(context, pair, names)


def _home(context: PictureContext) -> Arch:
    """The network that the weights were trained with; with random weights, the published network."""
    home = context.state.original if context.random_weights else context.forward_pass.trained_weights.arch
    return replace(home, aux=())


def _second_picture(context: PictureContext) -> Picture:
    if context.forward_pass.trained_weights.id != "demo":
        return choose_second_picture(context.picture)
    count = len(test_pictures()[1])
    number = st.number_input(f"Second picture, 1 to {count}", 1, count, 2, key="second_test", width=240)
    return demo_picture(int(number) - 1)


def _maps(context: PictureContext, pair: tuple[Forward, Forward], names: tuple[str, str]) -> None:
    """Each branch of the stage twice, on one scale."""
    for path, branch in context.branches:
        if path not in pair[1].activations.outputs:
            st.caption(f"{path} does not exist in the other network.")
            continue
        outputs = [forward_pass.activations.outputs[path] for forward_pass in pair]
        span = (min(float(t.min()) for t in outputs), max(float(t.max()) for t in outputs))
        for column, output, name in zip(st.columns(2), outputs, names, strict=True):
            with column:
                branch_heading(path, branch, _note(output))
                st.image(
                    png(mosaic(output, value_range=span, limit=MOSAIC_CHANNELS)),
                    output_format="PNG",
                    width="stretch",
                    alt=f"Feature maps of {path}, {name}",
                )
    caption("Both sides of a branch share one scale, so equal colours mean equal values.")


def _note(output: Tensor) -> str:
    first = f", the first {MOSAIC_CHANNELS}" if len(output) > MOSAIC_CHANNELS else ""
    return size_text(output.shape) + first
