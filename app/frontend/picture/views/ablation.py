"""Ablation: a branch or a channel falls silent, and the prediction changes."""

from __future__ import annotations

import streamlit as st
from torch import Tensor

from ....backend.picture.ablation import Ablation, logits_without
from ....backend.picture.activations import top_classes
from ...shell import notice
from . import prediction
from .view import View, chosen_branch, chosen_channel, name_of


def show(view: View) -> None:
    """Render the tab."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        path = chosen_branch(view, "Silence", "silenced", whole=True)
        one = st.toggle("One channel only", key="silence_channel")
        channel = chosen_channel(view, path, "silenced_channel") if one else None
    net, x = view.done.network, view.done.x
    # Both from the same plain network, so that the difference is the ablation's alone.
    before = view.remembered("whole", None, lambda: logits_without(net, x))
    after = view.remembered("ablated", (path, channel), lambda: logits_without(net, x, (Ablation(path, channel),)))
    what = path if channel is None else f"channel {channel} of {path}"
    st.markdown(notice.plain(_sentence(view, before, after, what)))
    names = ("as it is", f"without {name_of(path) if channel is None else f'channel {channel}'}")
    prediction.show(view, (before, after), names, "ablated")
    st.caption("The output is set to zero and everything behind it is computed anew.")


def _sentence(view: View, before: Tensor, after: Tensor, what: str) -> str:
    moved = float((after - before).abs().max())
    if moved == 0:
        return f"Without {what} nothing changes: it was zero on this picture, or nothing depends on it."
    if view.done.trained_weights.embedding:
        return f"Without {what} its values change by up to {moved:.3g}."
    (old, old_share), (new, new_share) = top_classes(before, 1)[0], top_classes(after, 1)[0]
    names = [view.class_name(index) for index in (old, new)]
    if old == new:
        return f"Without {what} the likeliest class stays {names[0]}: {old_share:.1%} before, {new_share:.1%} now."
    return f"Without {what} the likeliest class is {names[1]} ({new_share:.1%}); it was {names[0]} ({old_share:.1%})."
