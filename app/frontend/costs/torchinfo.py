"""torchinfo: its summary of the real network, and whether it counts as we do."""

from __future__ import annotations

import streamlit as st

from ...backend.common.quantity import exact
from ...backend.tables import torchinfo_summary as summary
from .context import View


def show(view: View) -> None:
    """Render the tab."""
    analysis = view.analysis
    depth = st.select_slider(
        "Depth", range(1, summary.DEEPEST + 1), 2, key="depth", width=260, persist_state="session",
        help="How many levels of modules are listed",
    )  # fmt: skip
    with st.spinner("torchinfo runs the network without its weights"):
        found = summary.summary(analysis.arch, analysis.input_size, int(depth))
    if found.params == analysis.params:
        st.success(f"torchinfo counts the same parameters: {exact(found.params)}", icon=":material/check:")
    else:
        st.error(f"torchinfo counts {exact(found.params)} parameters, we count {exact(analysis.params)}.")
    expected, more = summary.mult_adds(analysis), found.mult_adds - analysis.macs
    if found.mult_adds == analysis.macs:
        st.success(f"torchinfo counts the same MACs: {exact(found.mult_adds)}", icon=":material/check:")
    elif found.mult_adds == expected:
        st.info(
            f"torchinfo's mult-adds are {exact(found.mult_adds)}: our {exact(analysis.macs)} MACs and {exact(more)}"
            " more. It also counts every bias of a convolution once for each position, and every other bias and every"
            " parameter of a normalisation once; that makes up the difference to the last digit.",
            icon=":material/info:",
        )
    else:
        st.error(f"torchinfo's mult-adds are {exact(found.mult_adds)}, and we expected {exact(expected)}.")
    st.code(found.text, language=None, height=560)
