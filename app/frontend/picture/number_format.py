"""In which numbers the network computes, where the processor offers a faster format, and what that rounds away."""

from __future__ import annotations

from functools import partial

import streamlit as st
import torch

from ...backend.common.device import best_device, has_bfloat16
from ...backend.common.jobs import Progress
from ...backend.picture.forward import Forward, Rounding, rounding
from ..kit.background import BackgroundTask
from ..kit.pictures import Picture
from ..kit.terms import caption

PASS_FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
ROUNDING: BackgroundTask[Rounding] = BackgroundTask("rounding")


def choose_pass_format() -> torch.dtype:
    """Render the choice; float32 without one where the processor only emulates bfloat16."""
    if not has_bfloat16(best_device()):
        return torch.float32
    chosen = st.segmented_control(
        "Number format",
        list(PASS_FORMATS),
        default="float32",
        key="number_format",
        required=True,
        persist_state="session",
        help="bfloat16 takes about half the time and keeps three digits.",
    )
    return PASS_FORMATS[chosen or "float32"]


def show_rounding(forward_pass: Forward, picture: Picture) -> None:
    """Render how a pass in bfloat16 differs from one in float32, which runs in the background for that."""
    if forward_pass.dtype == torch.float32:
        return
    weights = getattr(forward_pass.weights, "digest", forward_pass.weights)
    question = forward_pass.arch, picture.digest, weights
    with st.container():  # always there, or what is below would begin anew whenever the work begins or ends
        known = ROUNDING.followed(partial(_rounding, forward_pass, picture), question)
        ROUNDING.show_problem(question)
    if known is None:
        return
    same = "the most probable class is the same" if known.same_class else "**another class is the most probable**"
    caption(
        f"bfloat16: float32 takes {known.seconds * 1e3:.0f} ms. The maps differ by at most {known.maps:.1%} of their"
        f" branch's largest value, and {same}."
    )


def _rounding(forward_pass: Forward, picture: Picture, progress: Progress) -> Rounding:
    return rounding(forward_pass, picture.image, lambda done: progress.report(done, ""))
