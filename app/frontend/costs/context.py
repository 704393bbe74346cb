"""What every tab of the Costs page needs: the network's numbers, number format and batch, and what a click selects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from ...backend import Analysis
from ...backend.common.colours import ThemeName
from ...backend.common.dtypes import ELEMENT_BYTES, Dtype
from ..shell.controls import remembered
from ..shell.page_links import page_link
from ..state import State

DTYPES: Mapping[Dtype, str] = {"float32": "fp32", "bfloat16": "bf16", "float16": "fp16", "int8": "int8"}
MAX_BATCH = 256


@dataclass(frozen=True)
class CostsContext:
    """The network as it is and as it was published, and how its numbers are shown."""

    state: State
    analysis: Analysis
    original: Analysis
    dtype: Dtype
    batch: int

    @property
    def batch_bytes(self) -> int:
        """Bytes that one value of a feature map takes in the whole batch."""
        return ELEMENT_BYTES[self.dtype] * self.batch

    @property
    def theme(self) -> ThemeName:
        """The browser's theme."""
        return "dark" if st.context.theme.type == "dark" else "light"

    @property
    def of_batch(self) -> str:
        """For captions: ``fp32, batch of 8``."""
        return f"{DTYPES[self.dtype]}, {'one picture' if self.batch == 1 else f'batch of {self.batch}'}"


def costs_context(state: State, analysis: Analysis, original: Analysis) -> CostsContext:
    """Render the controls above the tabs; returns what was chosen in them."""
    with st.container(horizontal=True, vertical_alignment="top"):
        dtype = st.segmented_control(
            "Number format",
            list(DTYPES),
            default=remembered("dtype", DTYPES, "float32"),
            format_func=DTYPES.__getitem__,
            key="dtype",
            required=True,
            persist_state="session",
            help="How weights and feature maps are stored: in 4 bytes each (fp32), 2 (bf16, fp16) or 1 (int8).",
        )
        batch = st.number_input(
            "Batch (pictures)",
            1,
            MAX_BATCH,
            remembered("batch", range(1, MAX_BATCH + 1), 1),
            key="batch",
            width=140,
            persist_state="session",
            help="Pictures processed together. Feature maps and time grow with it; weights do not.",
        )
    return CostsContext(state, analysis, original, dtype, int(batch))


def plot(context: CostsContext, figure: go.Figure, key: str) -> None:
    """Render a plot in which a click selects a part of the network."""
    st.plotly_chart(
        figure,
        key=key,
        on_select=lambda: _clicked(context.state, key),
        selection_mode="points",
        config={"displaylogo": False},
    )


def _clicked(state: State, key: str) -> None:
    """Select the stage, branch or op that was clicked: a tile by its id, a bar by its name on the axis."""
    parts = {part.name for part in (*state.arch.stages, *state.arch.aux)}
    for point in st.session_state[key]["selection"]["points"]:
        for name in ("id", "x", "text"):
            path = point.get(name)
            if isinstance(path, str) and path.partition(".")[0] in parts:
                state.select(path)
                return


def selection_note(state: State) -> None:
    """Render what is selected, and a link to it in the diagram."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"A click selects a part, here and in the diagram. Selected now: **{state.selected}**")
        page_link("Explore", "Show in the diagram")
