"""Channels: what each branch carries, which channels are silent, and the first layer's filters."""

from __future__ import annotations

import streamlit as st

from inception_models.arch.spec import Branch

from ....backend.charts.channels import BranchSummary, Series, branch_dots, channel_bars, energy_bars, summaries
from ....backend.common.colours import branch_colour
from ....backend.picture.activations import channel_statistics
from ....backend.picture.filter_pictures import first_filters
from ....backend.picture.saved_maps import shown_paths
from .context import View, name_of


def show(view: View) -> None:
    """Render the tab."""
    found = view.remembered("summaries", None, lambda: _summaries(view))
    if any(item.kind != "outside" for item in found):
        st.subheader("Which branch carries how much")
        st.plotly_chart(energy_bars(found, view.stage), key="energy", config={"displaylogo": False})
        st.caption("Energy is the sum of the squares of all values that a branch puts out on this picture.")
    st.subheader(f"Channels of {view.stage}")
    series = [
        Series(name_of(path), branch_colour(branch), channel_statistics(view.done.activations.outputs[path]))
        for path, branch in view.branches
    ]
    dead = sum(int(item.statistics.dead.sum()) for item in series)
    total = sum(len(item.statistics.dead) for item in series)
    st.caption(
        f"{dead} of {total} channels are zero everywhere on this picture." if dead else f"None of {total} is dead."
    )
    st.plotly_chart(channel_bars(series), key="channels", config={"displaylogo": False})
    st.subheader("Every branch of the network")
    st.plotly_chart(branch_dots(found, view.stage), key="branches", config={"displaylogo": False})
    st.caption("A dead channel is zero everywhere on this picture; on another it may not be.")
    st.subheader("Filters of the first layer")
    _filters(view)


def _summaries(view: View) -> list[BranchSummary]:
    branches: dict[str, Branch | None] = {}
    for path in shown_paths(view.done.activations):
        block = path.rpartition(".")[0]
        branches[path] = dict(view.done.views(block)).get(path) if block else None
    outputs = {path: view.done.activations.outputs[path] for path in branches}
    return summaries(
        {path: t for path, t in outputs.items() if t.ndim == 3},
        {path: branch for path, branch in branches.items() if outputs[path].ndim == 3},
    )


def _filters(view: View) -> None:
    own = st.toggle("Each filter's own contrast", key="filters_own", help="Otherwise all share one scale")
    try:
        found = first_filters(view.done.network, view.done.preprocessing, own_scale=own)
    except ValueError as reason:
        st.caption(str(reason))
        return
    with st.container(key="maps"):
        st.image(found.image, output_format="PNG")
    height, width = found.size
    scale = "each on a scale of its own" if own else f"full colour is a weight of {found.largest:.3g}"
    st.caption(f"{found.count} filters of {height} × {width} pixels, red, green and blue; grey is zero, {scale}.")
    if view.random_weights:
        st.caption("The weights are random, so the filters are noise. Trained ones show edges, waves and colours.")
