"""Memory: what inference and a training step take, and what it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from ...backend.charts import costs as cost_plots
from ...backend.common.quantity import exact, short
from ...backend.memory.inference import STATE_COPIES, inference_memory
from ...backend.memory.training_step import training_step_memory
from .view import View, plot, selection_note

Fact = tuple[str, int, str]  # label, bytes, explanation


def show(view: View) -> None:
    """Render the tab."""
    found = inference_memory(view.analysis, view.dtype, view.batch)
    st.subheader("Inference")
    st.caption(f"For {view.of_batch}, without auxiliary heads.")
    facts(
        [
            ("Weights", found.weights, "Trainable parameters, each in the chosen number format."),
            (
                "Statistics",
                found.buffers,
                "Running mean and variance of every batch normalisation, and a counter each.",
            ),
            ("Feature maps", found.peak.peak_bytes, f"The most at one time, reached in {found.peak.name}."),
            ("Together", found.total_bytes, "Weights, statistics and the peak of the feature maps."),
        ]
    )
    plot(view, cost_plots.stage_peaks(found, view.state.selected_stage), "peaks")
    st.caption(
        "A feature map is freed once the last layer and the last module that were given it are done. The highest bar is"
        " what inference needs. Scratch memory inside of the processor's library is not counted."
    )
    selection_note(view.state)
    st.subheader("A training step")
    if view.dtype == "int8":
        st.caption("Networks are not trained in int8; choose another number format.")
        return
    _training(view)


def _training(view: View) -> None:
    dtype, batch = view.dtype, view.batch
    steps = {name: training_step_memory(view.analysis, name, dtype, batch) for name in STATE_COPIES}
    plain = steps["sgd"]
    heads = ", with auxiliary heads" if view.analysis.aux else ""
    st.caption(f"For {view.of_batch}{heads}, forward, backward and update.")
    facts(
        [
            ("Gradients", plain.gradients, "One for every weight."),
            ("Saved activations", plain.saved, "What the backward pass needs again, kept from the forward pass."),
            ("Peak with SGD", plain.peak_bytes, f"Reached in the {plain.phase} pass."),
            ("Peak with Adam", steps["adam"].peak_bytes, "Adam keeps two running means of every weight's gradient."),
        ]
    )
    st.plotly_chart(cost_plots.training_bars(steps), key="training", config={"displaylogo": False})
    st.caption(
        "Optimiser state: nothing for SGD, one copy of the weights with momentum, two with Adam. Saved: the inputs of"
        " convolutions, normalisations and pools, the outputs of ReLUs, the positions of every maximum (8 bytes each)."
    )


def facts(rows: Sequence[Fact]) -> None:
    """Numbers of bytes in a row, each with every digit and its explanation on hover."""
    cells = "".join(
        '<div class="metric" role="listitem" tabindex="0"'
        f' data-tip="{escape(exact(count, "bytes"))}. {escape(tip, quote=True)}">'
        f'<span class="label">{escape(label)}</span><span class="value">{escape(short(count, "B"))}</span></div>'
        for label, count, tip in rows
    )
    st.html(f'<div class="metrics" role="list">{cells}</div>')
