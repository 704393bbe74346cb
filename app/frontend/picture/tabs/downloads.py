"""Downloads: mosaics as PNG, arrays as .npz, statistics as CSV."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ....backend.common.limits import MAX_NPZ_BYTES
from ....backend.picture.mosaic import mosaic, png
from ....backend.picture.saved_maps import npz, shown_paths, statistics_csv
from .context import View, name_of


def show(view: View) -> None:
    """Render the buttons; a file is made when its button is pressed."""
    outputs = view.done.activations.outputs
    stage = [path for path, _ in view.branches]
    every = shown_paths(view.done.activations)
    name = f"{view.done.arch.key}.{view.stage}"
    with st.expander("Download", icon=":material/download:"), st.container(horizontal=True):
        for path in stage:
            st.download_button(
                f"{name_of(path)}.png",
                partial(_mosaic, view, path),
                f"{view.done.arch.key}.{path}.png",
                "image/png",
                key=f"png:{path}",
                help="The mosaic, all channels",
                on_click="ignore",
            )
        st.download_button(
            f"{view.stage}.npz",
            partial(npz, outputs, stage),
            f"{name}.npz",
            "application/octet-stream",
            help="The arrays of this stage's branches, float32, for numpy.load",
            on_click="ignore",
        )
        if sum(4 * outputs[path].numel() for path in every) <= MAX_NPZ_BYTES:
            st.download_button(
                "whole network.npz",
                partial(npz, outputs, every),
                f"{view.done.arch.key}.npz",
                "application/octet-stream",
                help="The arrays of every branch, and of the stages that have none",
                on_click="ignore",
            )
        st.download_button(
            "statistics.csv",
            partial(statistics_csv, outputs, every),
            f"{view.done.arch.key}.csv",
            "text/csv",
            help="Mean, standard deviation, maximum and share of zeros of every channel of every branch",
            on_click="ignore",
        )


def _mosaic(view: View, path: str) -> bytes:
    return png(mosaic(view.done.activations.outputs[path]))
