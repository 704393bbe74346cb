"""Ablation: the output of a branch or a channel is set to zero, and the prediction changes."""

from __future__ import annotations

import streamlit as st
from torch import Tensor

from ....backend.picture.ablation import Ablation, logits_without
from ....backend.picture.activations import top_classes
from ...kit.background import BackgroundTask
from ...kit.notice import plain
from . import prediction
from .context import PictureContext, branch_name, choose_branch, choose_channel

INTACT: BackgroundTask[Tensor] = BackgroundTask("intact", "Running the whole network", "Stop at the next stage")
ABLATED: BackgroundTask[Tensor] = BackgroundTask("ablated", "Running the rest", "Stop at the next stage")


def show(context: PictureContext) -> None:
    """Render the tab."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        path = choose_branch(context, "Zero out", "ablated_path", or_stage=True)
        one = st.toggle("One channel only", key="ablate_channel")
        channel = choose_channel(context, path, "ablated_channel") if one else None
    net, x = context.network, context.x
    # Both from the same plain network, so that the difference is the ablation's alone.
    before = context.awaited(INTACT, "intact", lambda report: logits_without(net, x, (), report))
    if before is None:
        return
    zeroed = (Ablation(path, channel),)
    after = context.awaited(ABLATED, zeroed, lambda report: logits_without(net, x, zeroed, report))
    if after is None:
        return
    what = path if channel is None else f"channel {channel} of {path}"
    st.markdown(plain(_sentence(context, before, after, what)))
    names = ("as it is", f"without {branch_name(path) if channel is None else f'channel {channel}'}")
    prediction.show(context, (before, after), names, "ablated")
    st.caption("The output is set to zero, and everything after it is computed again.")


def _sentence(context: PictureContext, before: Tensor, after: Tensor, what: str) -> str:
    largest = float((after - before).abs().max())
    if largest == 0:
        return f"Without {what} nothing changes: it is zero on this picture, or no output depends on it."
    if context.forward_pass.trained_weights.embedding:
        return f"Without {what} the output values change by up to {largest:.3g}."
    (old, old_share), (new, new_share) = top_classes(before, 1)[0], top_classes(after, 1)[0]
    names = [context.class_name(index) for index in (old, new)]
    if old == new:
        return f"Without {what} the top class is still {names[0]}: {old_share:.1%} before, {new_share:.1%} now."
    return f"Without {what} the top class is {names[1]} ({new_share:.1%}); before, it was {names[0]} ({old_share:.1%})."
