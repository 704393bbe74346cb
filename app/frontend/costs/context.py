"""What the tabs of the Costs page need: the network's numbers, number format and batch, and what a click selects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ...backend import Analysis
from ...backend.common.dtypes import ELEMENT_BYTES, Dtype
from ..chart import show_chart
from ..kit.controls import control_shows, remembered, remembered_choice
from ..kit.notice import WayOut
from ..kit.page_links import page_link
from ..state import State

DTYPES: Mapping[Dtype, str] = {"float32": "fp32", "bfloat16": "bf16", "float16": "fp16", "int8": "int8"}
MAX_BATCH = 256


@dataclass(frozen=True)
class CostsContext:
    """The network as it is and as it was published."""

    state: State
    analysis: Analysis
    original: Analysis

    @property
    def published(self) -> Analysis | None:
        """What charts compare with: nothing as long as the network is the published one."""
        return self.original if self.state.edited else None


@dataclass(frozen=True)
class NumberFormat:
    """How values are stored, and how many pictures are processed together."""

    dtype: Dtype = "float32"
    batch: int = 1

    @property
    def batch_bytes(self) -> int:
        """Bytes that one value of a feature map takes in the whole batch."""
        return ELEMENT_BYTES[self.dtype] * self.batch

    @property
    def of_batch(self) -> str:
        """For captions: ``fp32, batch of 8``."""
        return f"{DTYPES[self.dtype]}, {'one picture' if self.batch == 1 else f'batch of {self.batch}'}"


def choose_format() -> NumberFormat:
    """Render the choice, on a tab whose numbers depend on it. It is one for all tabs."""
    dtype = remembered_choice(
        "Number format",
        DTYPES,
        "dtype",
        "float32",
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
    return NumberFormat(dtype, int(batch))


def fp32_instead() -> WayOut:
    """The way out for what cannot be done in the chosen number format."""
    return WayOut("Use fp32", partial(control_shows, "dtype", "float32"))


def controls() -> DeltaGenerator:
    """A row for the controls of a tab."""
    return st.container(horizontal=True, vertical_alignment="top")


def plot(context: CostsContext, figure: go.Figure, key: str) -> None:
    """Render a chart in which a click selects a part of the network."""
    show_chart(figure, key, f"{context.state.arch.key}.{key}", lambda: _clicked(context.state, key))


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
