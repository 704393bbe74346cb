"""Visualise: the picture that excites a channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st
from PIL import Image

from ....backend.common.jobs import Progress
from ....backend.common.thumbnail import png_file, png_uri
from ....backend.picture.visualise import Visualisation, check_size, visualise
from ...kit.background import BackgroundTask
from ...kit.controls import control_shows
from ...kit.notice import WayOut, refused
from ...kit.save_button import save_button
from ...kit.terms import caption
from .context import PictureContext, choose_branch, choose_channel
from .on_request import RequestedResult

VISUALISATION: BackgroundTask[Visualisation] = BackgroundTask("visualisation", "Gradient ascent")
PICTURE_SIZES_PX = (64, 96, 128, 192, 224)
ASCENT_STEPS = (48, 96, 192)
SHOWN_PX = 384


@dataclass(eq=False)
class Preview:
    """The picture so far: the search writes it, the page reads it."""

    image: Image.Image | None = None


def show(context: PictureContext) -> None:
    """Render the tab."""
    _follow_pick(context)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        path = choose_branch(context, "Branch", "visualised")
        channel = choose_channel(context, path, "visualised_channel")
        size = _size(context.arch.input_size)
        steps = st.select_slider("Steps", ASCENT_STEPS, 96, key="visual_steps", width=120)
    try:
        check_size(context.arch, path, size)
    except ValueError as problem:
        px = context.arch.input_size
        way = WayOut(f"Use the network's own {px} pixels", partial(control_shows, _size_key(px), px))
        refused(str(problem), "visual-size", way)
        return
    preview = Preview()

    def work(progress: Progress) -> Visualisation:
        def on_step(step: int, image: Image.Image | None) -> None:
            preview.image = image or preview.image
            progress.report(step / steps, f"step {step} of {steps}")

        return visualise(
            context.network, path, channel, context.forward_pass.preprocessing, size_px=size, steps=steps,
            on_step=on_step,
        )  # fmt: skip

    request = RequestedResult(VISUALISATION, context, (path, channel, size, steps), work)
    result = request.value
    if result is None:
        request.controls("Find the picture", below=_so_far, live=preview)
    else:
        _result(result, f"{path}, channel {channel}", f"{context.arch.key}.{path}.{channel}.png")
    st.caption(
        "Gradient ascent from noise, on a sum of waves in decorrelated colours that is shifted and scaled at random"
        " before each step (Olah et al. 2017, distill.pub/2017/feature-visualization)."
    )
    if context.random_weights:
        caption("The weights are random, so the picture shows what random filters respond to.")


def _size_key(network_px: int) -> str:
    return f"visual_px:{network_px}"


def _size(network_px: int) -> int:
    """The picture's side; ``network_px``: the network's input size, which is offered as well. Larger takes longer."""
    sizes = sorted({*PICTURE_SIZES_PX, network_px})
    size = st.select_slider(
        "Size", sizes, min(128, network_px), key=_size_key(network_px), format_func=lambda px: f"{px} px", width=150
    )
    return int(size)


def _follow_pick(context: PictureContext) -> None:
    """A cell that was clicked in Maps chooses its branch and channel here, once."""
    picked = context.state.picked
    if picked and picked != st.session_state.get("visual_followed"):
        if picked.path in [path for path, _ in context.branches]:
            st.session_state.visualised = picked.path
            st.session_state.visualised_channel = picked.cell.channel
        st.session_state.visual_followed = picked


def _so_far() -> None:
    """In the page itself: as a file of its own it would often be gone again before the browser asks for it."""
    preview = VISUALISATION.live
    if isinstance(preview, Preview) and preview.image is not None:
        shown = png_uri(png_file(preview.image))
        st.html(f'<img alt="The picture so far" width="{SHOWN_PX}" src="{shown}">')


def _result(result: Visualisation, what: str, file_name: str) -> None:
    st.image(result.image, output_format="PNG", width=SHOWN_PX, alt=f"The picture that was found for {what}")
    st.markdown(f"**{what}**: mean value {result.before:.3g} on noise, **{result.after:.3g}** on this picture.")
    save_button("PNG", png_file(result.image), file_name, key="visual_png")
