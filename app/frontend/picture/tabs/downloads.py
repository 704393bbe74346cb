"""Downloads: mosaics as PNG, arrays as .npz, statistics as CSV."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ....backend.common.limits import MAX_NPZ_BYTES
from ....backend.picture.mosaic import mosaic, png
from ....backend.picture.saved_maps import npz, shown_paths, statistics_csv
from .context import PictureContext, branch_name


def show(context: PictureContext) -> None:
    """Render the buttons; a file is made when its button is pressed."""
    outputs = context.outputs
    branches = [path for path, _ in context.branches]
    every = shown_paths(context.forward_pass.activations)
    name = f"{context.arch.key}.{context.stage}"
    with st.expander("Download", icon=":material/download:"), st.container(horizontal=True):
        for path in branches:
            st.download_button(
                f"{branch_name(path)}.png",
                partial(_mosaic, context, path),
                f"{context.arch.key}.{path}.png",
                "image/png",
                key=f"png:{path}",
                help="The mosaic of all channels",
                on_click="ignore",
            )
        st.download_button(
            f"{context.stage}.npz",
            partial(npz, outputs, branches),
            f"{name}.npz",
            "application/octet-stream",
            help="The arrays of this stage's branches in float32, for numpy.load",
            on_click="ignore",
        )
        if sum(4 * outputs[path].numel() for path in every) <= MAX_NPZ_BYTES:
            st.download_button(
                "whole network.npz",
                partial(npz, outputs, every),
                f"{context.arch.key}.npz",
                "application/octet-stream",
                help="The arrays of every branch, and of every stage without branches",
                on_click="ignore",
            )
        st.download_button(
            "statistics.csv",
            partial(statistics_csv, outputs, every),
            f"{context.arch.key}.csv",
            "text/csv",
            help="Mean, standard deviation, maximum and share of zeros of every channel",
            on_click="ignore",
        )


def _mosaic(context: PictureContext, path: str) -> bytes:
    return png(mosaic(context.outputs[path]))
