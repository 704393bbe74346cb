"""What every tab of the Costs page needs: the network's numbers, the number format and batch, and where clicks go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from ...backend import Analysis
from ...backend.common.colours import ThemeName
from ...backend.common.dtypes import ELEMENT_BYTES, Dtype
from ..shell.page_links import page_link
from ..state import State

DTYPES: Mapping[Dtype, str] = {"float32": "fp32", "bfloat16": "bf16", "float16": "fp16", "int8": "int8"}
MAX_BATCH = 256


@dataclass(frozen=True)
class View:
    """The network as it is, as it was published, and how its numbers are shown."""

    state: State
    analysis: Analysis
    original: Analysis
    dtype: Dtype
    batch: int

    @property
    def scale(self) -> int:
        """Bytes of one value of a feature map, for the whole batch."""
        return ELEMENT_BYTES[self.dtype] * self.batch

    @property
    def theme(self) -> ThemeName:
        """The browser's theme."""
        return "dark" if st.context.theme.type == "dark" else "light"

    @property
    def of_batch(self) -> str:
        """For captions: ``fp32, batch of 8``."""
        return f"{DTYPES[self.dtype]}, {'one picture' if self.batch == 1 else f'batch of {self.batch}'}"


def choose(state: State, analysis: Analysis, original: Analysis) -> View:
    """Render the controls above the tabs."""
    with st.container(horizontal=True, vertical_alignment="top"):
        dtype = st.segmented_control(
            "Number format",
            list(DTYPES),
            default="float32",
            format_func=DTYPES.__getitem__,
            key="dtype",
            required=True,
            persist_state="session",
            help="How weights and feature maps are stored: 4 bytes each (fp32), 2 (bf16, fp16) or 1 (int8).",
        )
        batch = st.number_input(
            "Batch (pictures)",
            1,
            MAX_BATCH,
            1,
            key="batch",
            width=140,
            persist_state="session",
            help="Pictures at a time. Feature maps and time grow with it; weights do not.",
        )
    return View(state, analysis, original, dtype, int(batch))


def plot(view: View, figure: go.Figure, key: str) -> None:
    """Render a plot in which a click selects the part that was clicked."""
    st.plotly_chart(
        figure,
        key=key,
        on_select=lambda: _clicked(view.state, key),
        selection_mode="points",
        config={"displaylogo": False},
    )


def _clicked(state: State, key: str) -> None:
    """Select the stage, branch or op that a click means: a tile by its id, a bar by its name on the axis."""
    parts = {part.name for part in (*state.arch.stages, *state.arch.aux)}
    for point in st.session_state[key]["selection"]["points"]:
        for name in ("id", "x", "text"):
            path = point.get(name)
            if isinstance(path, str) and path.partition(".")[0] in parts:
                state.select(path)
                return


def selection_note(state: State) -> None:
    """What is selected, and the way to it in the diagram."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"A click selects a part, here and in the diagram. Selected now: **{state.selected}**")
        page_link("Explore", "Show in the diagram")
