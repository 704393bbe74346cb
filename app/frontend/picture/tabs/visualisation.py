"""Visualise: the picture that excites a channel."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO

import streamlit as st
from PIL import Image

from ....backend.common.jobs import Progress
from ....backend.picture.visualise import Visualisation, check_size, visualise
from ...components.maps_view import Picked
from .context import View, chosen_branch, chosen_channel
from .work import Work

SIZES = (64, 96, 128, 192, 224)
STEPS = (48, 96, 192)
SHOWN_PX = 384


@dataclass(eq=False)
class Preview:
    """The picture so far: the search writes it, the page reads it."""

    image: Image.Image | None = None


def show(view: View) -> None:
    """Render the tab."""
    _follow_pick(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        path = chosen_branch(view, "Branch", "visualised")
        channel = chosen_channel(view, path, "visualised_channel")
        size = _size(view.done.arch.input_size)
        steps = st.select_slider("Steps", STEPS, 96, key="visual_steps", width=120)
    try:
        check_size(view.done.arch, path, size)
    except ValueError as refusal:
        st.warning(str(refusal), icon=":material/info:")
        return
    preview = st.session_state.setdefault("visual_preview", Preview())
    assert isinstance(preview, Preview)
    work: Work[Visualisation] = Work(
        "visual", view.done, (path, channel, size, steps), "Climbing", lambda: _so_far(preview.image)
    )

    def run(progress: Progress) -> Visualisation:
        def on_step(step: int, image: Image.Image | None) -> None:
            preview.image = image or preview.image
            progress.report(step / steps, f"step {step} of {steps}")

        preview.image = None
        return visualise(
            view.done.network, path, channel, view.done.preprocessing, size_px=size, steps=steps, on_step=on_step
        )

    found = work.result
    if found is None:
        work.controls("Find the picture", "Some seconds; it can be cancelled", run)
    else:
        _result(found, f"{path}, channel {channel}", f"{view.done.arch.key}.{path}.{channel}.png")
    st.caption(
        "Gradient ascent from noise on a sum of waves in uncorrelated colours, shifted and scaled at random before each"
        " step (Olah et al. 2017, distill.pub/2017/feature-visualization)."
    )
    if view.random_weights:
        st.caption("The weights are random, so the picture shows what noise filters prefer.")


def _size(usual: int) -> int:
    """The picture's side; ``usual``: the network's own. Larger ones take longer."""
    sizes = sorted({*SIZES, usual})
    size = st.select_slider(
        "Size", sizes, min(128, usual), key=f"visual_px:{usual}", format_func=lambda px: f"{px} px", width=150
    )
    return int(size)


def _follow_pick(view: View) -> None:
    """A cell that was clicked in Maps chooses its branch and channel here, once."""
    picked = st.session_state.get("picked")
    if isinstance(picked, Picked) and picked != st.session_state.get("visual_followed"):
        if picked.path in [path for path, _ in view.branches]:
            st.session_state.visualised = picked.path
            st.session_state.visualised_channel = picked.cell.channel
        st.session_state.visual_followed = picked


def _so_far(image: Image.Image | None) -> None:
    """In the page itself: as a file of its own it would often be gone again before the browser asks for it."""
    if image is not None:
        data = base64.b64encode(_png(image)).decode()
        st.html(f'<img alt="The picture so far" width="{SHOWN_PX}" src="data:image/png;base64,{data}">')


def _result(found: Visualisation, what: str, file_name: str) -> None:
    st.image(found.image, output_format="PNG", width=SHOWN_PX)
    st.markdown(f"**{what}**: mean value {found.before:.3g} on noise, **{found.after:.3g}** on this picture.")
    st.download_button("PNG", _png(found.image), file_name, "image/png", icon=":material/download:", key="visual_png")


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
