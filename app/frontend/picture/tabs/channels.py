"""Channels: what each branch carries, which channels are dead, and the first layer's filters."""

from __future__ import annotations

import streamlit as st

from inception_models.arch.spec import Branch

from ....backend.charts.channels import BranchSummary, ChannelSeries, branch_dots, channel_bars, energy_bars, summaries
from ....backend.common.colours import branch_colour
from ....backend.picture.activations import channel_statistics
from ....backend.picture.filter_pictures import first_filters
from ....backend.picture.saved_maps import shown_paths
from ...chart import show_chart
from ...kit.terms import caption
from .context import PictureContext, branch_name


def show(context: PictureContext) -> None:
    """Render the tab."""
    branches = context.remembered("summaries", None, lambda: _summaries(context))
    if any(branch.kind != "outside" for branch in branches):
        st.header("How much each branch carries")
        show_chart(energy_bars(branches, context.stage), "energy", f"{context.arch.key}.energy")
        caption("Energy is the sum of the squares of all output values of a branch on this picture.")
    st.header(f"Channels of {context.stage}")
    series = [
        ChannelSeries(branch_name(path), branch_colour(branch), channel_statistics(context.outputs[path]))
        for path, branch in context.branches
    ]
    dead = sum(int(item.statistics.dead.sum()) for item in series)
    total = sum(len(item.statistics.dead) for item in series)
    caption(
        f"{dead} of {total} channels are zero everywhere on this picture."
        if dead
        else f"None of {total} channels is dead."
    )
    show_chart(channel_bars(series), "channels", f"{context.arch.key}.channels")
    st.header("Every branch of the network")
    show_chart(branch_dots(branches, context.stage), "branches", f"{context.arch.key}.branches")
    caption("A dead channel is zero everywhere on this picture; on another picture it may not be.")
    st.header("Filters of the first layer")
    _filters(context)


def _summaries(context: PictureContext) -> list[BranchSummary]:
    branches: dict[str, Branch | None] = {}
    for path in shown_paths(context.forward_pass.activations):
        block = path.rpartition(".")[0]
        branches[path] = dict(context.forward_pass.views(block)).get(path) if block else None
    outputs = {path: context.outputs[path] for path in branches}
    return summaries(
        {path: t for path, t in outputs.items() if t.ndim == 3},
        {path: branch for path, branch in branches.items() if outputs[path].ndim == 3},
    )


def _filters(context: PictureContext) -> None:
    own = st.toggle("Each filter's own contrast", key="filters_own", help="Otherwise all filters share one scale")
    try:
        filters = first_filters(context.network, context.forward_pass.preprocessing, own_scale=own)
    except ValueError as reason:
        st.caption(str(reason))
        return
    with st.container(key="maps"):
        st.image(filters.image, output_format="PNG", alt="The filters of the first layer")
    height, width = filters.size
    scale = "each filter has its own scale" if own else f"full colour is a weight of {filters.largest:.3g}"
    caption(f"{filters.count} filters of {height} × {width} pixels in red, green and blue. Grey is zero; {scale}.")
    if context.random_weights:
        caption("The weights are random, so the filters are noise. Trained filters show edges, waves and colours.")
