"""Attribution: which pixels speak for a class."""

from __future__ import annotations

from functools import partial
from typing import Literal

import streamlit as st
import torch
from PIL import Image
from torch import Tensor

from ....backend.common.jobs import Progress
from ....backend.common.text import visible
from ....backend.picture.activations import top_classes
from ....backend.picture.attribution import Completeness, grad_cam, integrated_gradients, occlusion
from ....backend.picture.overlay import overlay
from ...kit.background import BackgroundTask
from ...kit.controls import choice_stays_among, remembered_choice
from ...kit.terms import caption
from .context import PictureContext
from .on_request import RequestedResult

AttributionMethod = Literal["grad_cam", "gradients", "occlusion"]
ATTRIBUTION_METHODS: dict[AttributionMethod, str] = {
    "grad_cam": "Grad-CAM",
    "gradients": "Integrated gradients",
    "occlusion": "Occlusion",
}
GRADIENT_STEPS = 32
GRAD_CAM: BackgroundTask[Tensor] = BackgroundTask("grad_cam", "Grad-CAM", "Stop at the next stage")
GRADIENTS: BackgroundTask[Completeness] = BackgroundTask("gradients", "Integrating from black to the picture")
OCCLUSION: BackgroundTask[Tensor] = BackgroundTask("occlusion", "Covering the picture")


def show(context: PictureContext) -> None:
    """Render the tab."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = remembered_choice("Method", ATTRIBUTION_METHODS, "attribution", "grad_cam")
        target = _class(context)
        opacity = st.slider("Opacity", 0.0, 1.0, 0.6, 0.05, key="opacity", width=150)
    match method:
        case "grad_cam":
            _grad_cam(context, target, opacity)
        case "gradients":
            _gradients(context, target, opacity)
        case "occlusion":
            _occlusion(context, target, opacity)


def _class(context: PictureContext) -> int:
    """Any class, the likeliest first."""
    ranked = top_classes(context.forward_pass.activations.logits, context.arch.classes)
    shares = dict(ranked)
    choice_stays_among("target", shares, ranked[0][0])
    picked = st.selectbox(
        "Class",
        list(shares),
        key="target",
        format_func=lambda index: f"{visible(context.class_name(index))} · {shares[index]:.1%}",
        help="The class to explain, the most probable first",
        width=240,
    )
    return int(picked)


def _grad_cam(context: PictureContext, target: int, opacity: float) -> None:
    if context.outputs[context.stage.partition(".")[0]].ndim != 3:
        caption(f"The output of {context.stage} is a vector. Grad-CAM needs a stage before the global pool.")
        return
    net, x, stage = context.network, context.x, context.stage
    heat = context.awaited(GRAD_CAM, (stage, target), lambda report: grad_cam(net, x, target, stage, report))
    if heat is None:
        return
    _heat_map(
        context,
        heat,
        opacity,
        f"Where the feature maps of {context.stage} speak for the class ({heat.shape[0]} × {heat.shape[1]} cells).",
    )
    if not bool(heat.any()):
        st.caption("Nothing here speaks for this class: the weighted sum is nowhere above zero.")
    caption(
        "Each map is weighted with the mean gradient of the class's score before the softmax (Selvaraju et al. 2017)."
        " The stage is the one chosen above the tabs."
    )


def _gradients(context: PictureContext, target: int, opacity: float) -> None:
    def work(progress: Progress) -> Completeness:
        report = partial(_report, progress, GRADIENT_STEPS)
        return integrated_gradients(
            context.network, context.x, target, _black(context), steps=GRADIENT_STEPS, on_progress=report
        )

    request = RequestedResult(GRADIENTS, context, target, work)
    attribution = request.value
    if attribution is None:
        request.controls("Compute")
        return
    _heat_map(context, attribution.values, opacity, "Orange pixels speak for the class, blue ones against it.")
    caption(
        f"Gradients along the way from a black picture to this one, in {GRADIENT_STEPS} steps (Sundararajan et al."
        f" 2017). The class's score before the softmax differs from that of the black picture by"
        f" {attribution.difference:+.3g}; the sum over all pixels misses this by {abs(attribution.gap):.1g}."
    )


def _occlusion(context: PictureContext, target: int, opacity: float) -> None:
    side = context.x.shape[-1]
    sides = sorted({round(side * share) for share in (1 / 8, 1 / 6, 1 / 4, 1 / 3)})
    window = st.select_slider(
        "Square",
        sides,
        round(side / 4),
        key=f"window:{side}",
        format_func=lambda px: f"{px} px",
        help="A smaller square takes longer and shows more detail",
        width=260,
    )

    def work(progress: Progress) -> Tensor:
        return occlusion(
            context.network,
            context.x,
            target,
            _black(context),
            window_px=window,
            stride_px=window // 2,
            on_progress=partial(_report, progress, (-(-(side - window) // (window // 2)) + 1) ** 2),
        )

    request = RequestedResult(OCCLUSION, context, (target, window), work)
    heat = request.value
    if heat is None:
        request.controls("Compute")
        return
    _heat_map(context, heat, opacity, "How far the class's score falls when a square here is black; blue: it rises.")
    caption("The score is the one before the softmax (Zeiler and Fergus 2014).")


def _report(progress: Progress, total: int, share: float) -> None:
    progress.report(share, f"{round(share * total)} of {total}")


def _black(context: PictureContext) -> Tensor:
    """What the network gets for a black picture."""
    size = context.forward_pass.preview.size
    with torch.no_grad():
        return context.forward_pass.preprocessing.apply(Image.new("RGB", size))


def _heat_map(context: PictureContext, heat: Tensor, opacity: float, caption: str) -> None:
    drawn = overlay(context.forward_pass.preview, heat, opacity)
    st.image(drawn.image, output_format="PNG", width=440, alt="The picture, brighter where it speaks for the class")
    ramp = ", ".join(drawn.colours)
    st.html(
        f'<div style="display:flex;gap:.6rem;align-items:center;max-width:440px;font-size:.8rem">{_number(drawn.low)}'
        f'<i style="flex:1;height:.6rem;border-radius:2px;background:linear-gradient(to right,{ramp})"></i>'
        f"{_number(drawn.high)}</div>"
    )
    st.caption(caption)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
