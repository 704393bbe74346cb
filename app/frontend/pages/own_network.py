"""Your own network: what any network costs, part by part, beside the one on the other pages."""

from __future__ import annotations

import streamlit as st

from ...backend.common.brought import BroughtNetwork
from ..foreign import result, source_input
from ..foreign.source_input import OWN_NETWORK
from ..shell import frame

ABOUT = (
    "What any network costs, part by part, beside the one on the other pages: a network of torchvision or timm, or an"
    " .onnx file of yours."
)
COMMAND = "A module of your own is code, which this page does not run; on the command line it is taken:"


def page() -> None:
    """Render the page."""
    state, analysis, _ = frame.show()
    st.header("Your own network")
    st.caption(ABOUT)
    running = OWN_NETWORK.running
    source_input.choose(state, running)
    asked = OWN_NETWORK.live
    if running:
        OWN_NETWORK.watch()
        return
    if isinstance(asked, BroughtNetwork):
        if OWN_NETWORK.problem(asked):
            OWN_NETWORK.show_problem(asked, *source_input.ways_out())
        if found := OWN_NETWORK.result(asked):
            result.show(state, analysis, asked, found)
            return
    source_input.examples()
    st.caption(COMMAND)
    st.code("python -m app inspect package.module:callable --shape 3,224,224", language=None, wrap_lines=True)
