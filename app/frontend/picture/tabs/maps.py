"""Maps: every branch's feature maps, their values, what a cell sees, and how its value came about."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import cast

import streamlit as st

from inception_models.arch.spec import Branch

from ....backend.common.colours import branch_colour
from ....backend.picture.mosaic import Contrast, Order, mosaic
from ....backend.picture.receptive_pixels import reach
from ...components.maps_view import Maps, Payload, Picked, maps_view, payload
from . import downloads, one_value
from .context import View, name_of, size_of

ORDERS = {"channel": "By number", "strongest": "Strongest first"}
CONTRASTS = {"channel": "Each channel's own", "shared": "Shared by the branch"}
LIMITS = {16: "16", 64: "64", 256: "256", 4096: "All"}
DEFAULT_LIMIT = 64


def show(view: View) -> None:
    """Render the tab."""
    order, contrast, limit = _choices()
    asked = (view.stage, order, contrast, limit)
    content = view.remembered("maps", asked, lambda: _payload(view, order, contrast, limit))
    picked = st.session_state.get("picked")
    picked = picked if isinstance(picked, Picked) and picked.path in content.sizes else None
    maps_view(content, picked=picked, key="maps_view", on_pick=_pick)
    if content.data["bits"] != 32:
        st.caption(
            "These maps have so many values that the page gets them with three digits."
            if content.data["bits"]
            else "These maps have so many values that only their colours are sent; show fewer channels to read them."
        )
    if picked:
        one_value.show(view, picked)
    downloads.show(view)


def _choices() -> tuple[Order, Contrast, int]:
    with st.container(horizontal=True):
        order = st.segmented_control(
            "Order", list(ORDERS), default="channel", format_func=ORDERS.__getitem__, key="order", required=True
        )
        contrast = st.segmented_control(
            "Contrast",
            list(CONTRASTS),
            default="channel",
            format_func=CONTRASTS.__getitem__,
            key="contrast",
            required=True,
        )
        limit = st.segmented_control(
            "Channels a branch",
            list(LIMITS),
            default=DEFAULT_LIMIT,
            format_func=LIMITS.__getitem__,
            key="limit",
            required=True,
        )
    return cast(Order, order), cast(Contrast, contrast), limit or DEFAULT_LIMIT


def _pick(picked: Picked) -> None:
    st.session_state.picked = picked


def _payload(view: View, order: Order, contrast: Contrast, limit: int) -> Payload:
    draw = partial(_maps, view, order, contrast, limit)
    file = BytesIO()
    view.done.preview.save(file, "PNG")
    maps = [draw(path, branch) for path, branch in view.branches]
    return payload(maps, file.getvalue(), view.done.preview.width)


def _maps(view: View, order: Order, contrast: Contrast, limit: int, path: str, branch: Branch | None) -> Maps:
    output = view.done.activations.outputs[path]
    drawn = mosaic(output, order=order, contrast=contrast, limit=limit)
    shown = output.reshape(len(output), *drawn.map_size)[list(drawn.channels), :: drawn.step, :: drawn.step]
    count = len(drawn.channels)
    which = "strongest" if order == "strongest" else "first"
    notes = [f"The {which} {count} of {len(output):,} channels."] if count < len(output) else []
    if drawn.step > 1:
        notes.append(f"Every {_ordinal(drawn.step)} row and column is drawn.")
    return Maps(
        path,
        name_of(path),
        branch_colour(branch),
        size_of(output.shape),
        drawn,
        shown.numpy(),
        reach(view.done.arch, path),
        contrast == "shared",
        " ".join(notes),
    )


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")
