"""Maps: every branch's feature maps, their values, what a cell sees, and how its value was computed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast

import streamlit as st

from inception_models.arch.spec import Branch

from ....backend.common.colours import branch_colour
from ....backend.common.thumbnail import png_file
from ....backend.picture.activations import output_parts
from ....backend.picture.mosaic import Contrast, Order, mosaic
from ....backend.picture.receptive_pixels import reach
from ...components.maps_view import Maps, Payload, Picked, maps_view, payload
from ...kit.terms import caption
from ...maps_in_boxes import CHANNEL_LIMITS, DEFAULT_LIMIT
from . import downloads, one_value
from .context import PictureContext, branch_name, size_text

ORDERS = {"channel": "By number", "strongest": "Strongest first"}
CONTRASTS = {"channel": "Each channel's own", "shared": "Shared by the branch"}


def show(context: PictureContext) -> None:
    """Render the tab."""
    order, contrast, limit = _choices()
    picked = context.state.picked
    views = _views(context, picked)
    question = (tuple(views), order, contrast, limit)
    content = context.remembered("maps", question, lambda: _payload(context, views, order, contrast, limit))
    picked = picked if picked and picked.path in content.sizes else None
    html = one_value.explained(context, picked) if picked else ""
    pick = partial(setattr, context.state, "picked")
    maps_view(content, picked=picked, explained=html, key="maps_view", on_pick=pick)
    if content.data["bits"] != 32:
        caption(
            "These maps have so many values that they are shown with three digits only."
            if content.data["bits"]
            else "These maps have so many values that only their colours are shown; show fewer channels to read values."
        )
    downloads.show(context)


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
            "Channels per branch",
            list(CHANNEL_LIMITS),
            default=DEFAULT_LIMIT,
            format_func=CHANNEL_LIMITS.__getitem__,
            key="limit",
            required=True,
        )
    return cast(Order, order), cast(Contrast, contrast), limit or DEFAULT_LIMIT


def _views(context: PictureContext, picked: Picked | None) -> dict[str, Branch | None]:
    """The stage's branches, or itself; and another part of it in which a cell was picked in the diagram."""
    views = dict(context.branches)
    inside = picked and f"{picked.path}.".startswith(f"{context.stage}.")
    if picked and inside and picked.path in output_parts(context.arch):
        views.setdefault(picked.path, None)
    return views


def _payload(
    context: PictureContext, views: Mapping[str, Branch | None], order: Order, contrast: Contrast, limit: int
) -> Payload:
    draw = partial(_maps, context, order, contrast, limit)
    maps, preview = [draw(path, branch) for path, branch in views.items()], context.forward_pass.preview
    return payload(maps, png_file(preview), preview.width)


def _maps(
    context: PictureContext, order: Order, contrast: Contrast, limit: int, path: str, branch: Branch | None
) -> Maps:
    output = context.output(path)
    drawn = mosaic(output, order=order, contrast=contrast, limit=limit)
    shown = output.reshape(len(output), *drawn.map_size)[list(drawn.channels), :: drawn.step, :: drawn.step]
    count = len(drawn.channels)
    which = "strongest" if order == "strongest" else "first"
    notes = [f"The {which} {count} of {len(output):,} channels."] if count < len(output) else []
    if drawn.step > 1:
        notes.append(f"Every {_ordinal(drawn.step)} row and column is drawn.")
    return Maps(
        path,
        branch_name(path) if path in context.outputs else path.removeprefix(f"{context.stage}."),
        branch_colour(branch),
        size_text(output.shape),
        drawn,
        shown.numpy(),
        reach(context.arch, path),
        contrast == "shared",
        " ".join(notes),
    )


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")
