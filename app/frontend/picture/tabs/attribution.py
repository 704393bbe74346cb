"""Attribution: which pixels speak for a class."""

from __future__ import annotations

from functools import partial
from typing import Literal

import streamlit as st
import torch
from PIL import Image
from torch import Tensor

from ....backend.common.jobs import Progress
from ....backend.picture.activations import top_classes
from ....backend.picture.attribution import Completeness, grad_cam, integrated_gradients, occlusion
from ....backend.picture.overlay import overlay
from .context import View
from .work import Work

Method = Literal["grad_cam", "gradients", "occlusion"]
METHODS: dict[Method, str] = {
    "grad_cam": "Grad-CAM",
    "gradients": "Integrated gradients",
    "occlusion": "Occlusion",
}
STEPS = 32


def show(view: View) -> None:
    """Render the tab."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = st.segmented_control(
            "Method",
            list(METHODS),
            default="grad_cam",
            format_func=METHODS.__getitem__,
            key="attribution",
            required=True,
            persist_state="session",
        )
        target = _class(view)
        opacity = st.slider("Opacity", 0.0, 1.0, 0.6, 0.05, key="opacity", width=150)
    match method:
        case "grad_cam":
            _grad_cam(view, target, opacity)
        case "gradients":
            _gradients(view, target, opacity)
        case "occlusion":
            _occlusion(view, target, opacity)


def _class(view: View) -> int:
    """Any class, the likeliest first."""
    ranked = top_classes(view.done.activations.logits, view.done.arch.classes)
    shares = dict(ranked)
    if st.session_state.get("target") not in shares:
        st.session_state.target = ranked[0][0]
    picked = st.selectbox(
        "Class",
        list(shares),
        key="target",
        format_func=lambda index: f"{view.class_name(index)} · {shares[index]:.1%}",
        help="What the network is asked about; the likeliest first, and every other one",
        width=240,
    )
    return int(picked)


def _grad_cam(view: View, target: int, opacity: float) -> None:
    if view.done.activations.outputs[view.stage.partition(".")[0]].ndim != 3:
        st.caption(f"{view.stage} puts out a vector; Grad-CAM needs maps. Choose a stage before the global pool.")
        return
    heat = view.remembered(
        "grad_cam", (view.stage, target), lambda: grad_cam(view.done.network, view.done.x, target, view.stage)
    )
    _shown(
        view,
        heat,
        opacity,
        f"Where the maps of {view.stage} argue for the class ({heat.shape[0]} × {heat.shape[1]} cells).",
    )
    if not bool(heat.any()):
        st.caption("Nothing here argues for this class: the weighted maps are nowhere above zero.")
    st.caption(
        "Each map counts with the mean gradient of the class's score before the softmax (Selvaraju et al. 2017). The"
        " stage is the one chosen above."
    )


def _gradients(view: View, target: int, opacity: float) -> None:
    work: Work[Completeness] = Work("gradients", view.done, target, "Going from black to the picture")

    def run(progress: Progress) -> Completeness:
        report = partial(_report, progress, STEPS)
        return integrated_gradients(
            view.done.network, view.done.x, target, _black(view), steps=STEPS, on_progress=report
        )

    found = work.result
    if found is None:
        work.controls("Compute", "Some seconds; it can be cancelled", run)
        return
    _shown(view, found.values, opacity, "Orange pixels speak for the class, blue ones against it.")
    st.caption(
        f"Gradients on the way from a black picture to this one, in {STEPS} steps (Sundararajan et al. 2017). All"
        f" pixels together make {found.difference:+.3g} of the class's score before the softmax; the sum misses that by"
        f" {abs(found.gap):.1g}."
    )


def _occlusion(view: View, target: int, opacity: float) -> None:
    side = view.done.x.shape[-1]
    sides = sorted({round(side * share) for share in (1 / 8, 1 / 6, 1 / 4, 1 / 3)})
    window = st.select_slider(
        "Square",
        sides,
        round(side / 4),
        key=f"window:{side}",
        format_func=lambda px: f"{px} px",
        help="A smaller one takes longer and shows more",
        width=260,
    )
    work: Work[Tensor] = Work("occlusion", view.done, (target, window), "Covering the picture")

    def run(progress: Progress) -> Tensor:
        return occlusion(
            view.done.network,
            view.done.x,
            target,
            _black(view),
            window_px=window,
            stride_px=window // 2,
            on_progress=partial(_report, progress, (-(-(side - window) // (window // 2)) + 1) ** 2),
        )

    found = work.result
    if found is None:
        work.controls("Compute", "Some seconds; it can be cancelled", run)
        return
    _shown(view, found, opacity, "How much the class's score falls when a square here is black; blue where it rises.")
    st.caption("The score is the one before the softmax (Zeiler, Fergus 2014).")


def _report(progress: Progress, total: int, share: float) -> None:
    progress.report(share, f"{round(share * total)} of {total}")


def _black(view: View) -> Tensor:
    """What the network gets for a black picture."""
    size = view.done.preview.size
    with torch.no_grad():
        return view.done.preprocessing.apply(Image.new("RGB", size))


def _shown(view: View, heat: Tensor, opacity: float, caption: str) -> None:
    drawn = overlay(view.done.preview, heat, opacity)
    st.image(drawn.image, output_format="PNG", width=440)
    ramp = ", ".join(drawn.colours)
    st.html(
        f'<div style="display:flex;gap:.6rem;align-items:center;max-width:440px;font-size:.8rem">{_number(drawn.low)}'
        f'<i style="flex:1;height:.6rem;border-radius:2px;background:linear-gradient(to right,{ramp})"></i>'
        f"{_number(drawn.high)}</div>"
    )
    st.caption(caption)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
