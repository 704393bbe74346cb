"""Downloads: mosaics as PNG, arrays as .npz, statistics as CSV."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ....backend.common.limits import MAX_NPZ_BYTES
from ....backend.picture.mosaic import mosaic, png
from ....backend.picture.saved_maps import npz, shown_paths, statistics_csv
from ...kit.save_button import save_button
from .context import PictureContext, branch_name


def show(context: PictureContext) -> None:
    """Render the buttons; a file is made when its button is pressed."""
    outputs = context.outputs
    branches = [path for path, _ in context.branches]
    every = shown_paths(context.forward_pass.activations)
    key = context.arch.key
    with st.expander("Download", icon=":material/download:"), st.container(horizontal=True):
        for path in branches:
            picture = partial(_mosaic, context, path)
            save_button(f"{branch_name(path)}.png", picture, f"{key}.{path}.png", help="The mosaic of all channels")
        save_button(
            f"{context.stage}.npz",
            partial(npz, outputs, branches),
            f"{key}.{context.stage}.npz",
            help="The arrays of this stage's branches in float32, for numpy.load",
        )
        if sum(4 * outputs[path].numel() for path in every) <= MAX_NPZ_BYTES:
            save_button(
                "whole network.npz",
                partial(npz, outputs, every),
                f"{key}.npz",
                help="The arrays of every branch, and of every stage without branches",
            )
        save_button(
            "statistics.csv",
            partial(statistics_csv, outputs, every),
            f"{key}.csv",
            help="Mean, standard deviation, maximum and share of zeros of every channel",
        )


def _mosaic(context: PictureContext, path: str) -> bytes:
    return png(mosaic(context.outputs[path]))
