"""torchinfo: its summary of the real network, and whether it counts the same."""

from __future__ import annotations

from html import escape

import streamlit as st

from ...backend.common.quantity import exact
from ...backend.tables.torchinfo_summary import DEEPEST, mult_adds, summary
from ..kit.controls import remembered
from ..kit.save_button import save_button
from .context import CostsContext

DEPTHS = range(1, DEEPEST + 1)


def show(context: CostsContext) -> None:
    """Render the tab."""
    analysis = context.analysis
    depth = st.select_slider(
        "Depth", DEPTHS, remembered("depth", DEPTHS, 2), key="depth", width=260, persist_state="session",
        help="How many levels of modules to list",
    )  # fmt: skip
    with st.spinner("torchinfo is running the network without its weights"):
        listing = summary(analysis.arch, analysis.input_size, int(depth))
    if listing.params == analysis.params:
        st.success(f"torchinfo counts the same parameters: {exact(listing.params)}", icon=":material/check:")
    else:
        st.error(f"torchinfo counts {exact(listing.params)} parameters; this app counts {exact(analysis.params)}.")
    expected, more = mult_adds(analysis), listing.mult_adds - analysis.macs
    if listing.mult_adds == analysis.macs:
        st.success(f"torchinfo counts the same MACs: {exact(listing.mult_adds)}", icon=":material/check:")
    elif listing.mult_adds == expected:
        st.info(
            f"torchinfo's mult-adds are {exact(listing.mult_adds)}: the {exact(analysis.macs)} MACs of this app and"
            f" {exact(more)} more. torchinfo also counts every bias of a convolution once for each position, and every"
            " other bias and every parameter of a normalisation once. That accounts for the whole difference.",
            icon=":material/info:",
        )
    else:
        st.error(f"torchinfo's mult-adds are {exact(listing.mult_adds)}; {exact(expected)} were expected.")
    st.html(f'<pre class="listing" tabindex="0" aria-label="torchinfo\'s summary">{escape(listing.text)}</pre>')
    save_button("Text", listing.text, f"{analysis.arch.key}.torchinfo.txt")
