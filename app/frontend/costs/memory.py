"""Memory: what inference and a training step need, and what it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import starmap, zip_longest

import streamlit as st

from ...backend import Analysis
from ...backend.charts.costs import stage_peaks, training_bars
from ...backend.common.quantity import exact, percent_change, short
from ...backend.memory.inference import STATE_COPIES, Optimizer, inference_memory
from ...backend.memory.training_step import TrainingMemory, training_step_memory
from ..chart import show_chart
from ..kit.notice import refused
from ..kit.terms import caption
from .context import CostsContext, NumberFormat, choose_format, controls, fp32_instead, plot, selection_note

MemoryFact = tuple[str, int, str]  # label, bytes, explanation


def show(context: CostsContext) -> None:
    """Render the tab."""
    with controls():
        stored = choose_format()
    memory = inference_memory(context.analysis, stored.dtype, stored.batch)
    before = inference_memory(context.published, stored.dtype, stored.batch) if context.published else None
    st.header("Inference")
    caption(f"For {stored.of_batch}, without auxiliary heads.")
    _facts(
        [
            ("Weights", memory.weights, "Trainable parameters, each in the chosen number format."),
            (
                "Statistics",
                memory.buffers,
                "Running mean and variance of every batch normalisation, and a step counter each.",
            ),
            ("Feature maps", memory.peak.peak_bytes, f"The most at one time, reached in {memory.peak.name}."),
            ("Together", memory.total_bytes, "Weights, statistics and the peak of the feature maps."),
        ],
        (before.weights, before.buffers, before.peak.peak_bytes, before.total_bytes) if before else (),
    )
    plot(context, stage_peaks(memory, context.state.selected_stage, before), "peaks")
    caption(
        "A feature map is freed as soon as the last layer or module that reads it is done. The highest bar is what"
        " inference needs. Scratch memory inside the processor's library is not counted."
    )
    selection_note(context.state)
    st.header("A training step")
    if stored.dtype == "int8":
        refused("Networks are not trained in int8.", "training-memory", fp32_instead())
        return
    _training(context, stored)


def _training(context: CostsContext, stored: NumberFormat) -> None:
    steps = _steps(context.analysis, stored)
    sgd = steps["sgd"]
    heads = ", with auxiliary heads" if context.analysis.aux else ""
    st.caption(f"For {stored.of_batch}{heads}: forward pass, backward pass and update.")
    published = _steps(context.published, stored) if context.published else None
    was = published["sgd"] if published else None
    _facts(
        [
            ("Gradients", sgd.gradients, "One for every weight."),
            ("Saved activations", sgd.saved, "What the backward pass needs, kept from the forward pass."),
            ("Peak with SGD", sgd.peak_bytes, f"Reached in the {sgd.phase} pass."),
            ("Peak with Adam", steps["adam"].peak_bytes, "Adam keeps two running means of every weight's gradient."),
        ],
        (was.gradients, was.saved, was.peak_bytes, published["adam"].peak_bytes) if was and published else (),
    )
    show_chart(training_bars(steps, published), "training", f"{context.state.arch.key}.training")
    caption(
        "Optimiser state: none for SGD, one copy of the weights with momentum, two with Adam. Saved activations: the"
        " inputs of convolutions, normalisations and pools, the outputs of ReLUs, and the position of every maximum"
        " (8 bytes each)."
    )


def _steps(analysis: Analysis, stored: NumberFormat) -> dict[Optimizer, TrainingMemory]:
    return {name: training_step_memory(analysis, name, stored.dtype, stored.batch) for name in STATE_COPIES}


def _facts(facts: Sequence[MemoryFact], published: Sequence[int]) -> None:
    """Render numbers of bytes in a row, each with every digit and its explanation on hover.

    ``published``: the same numbers of the published network, for one that was edited.
    """
    st.html(f'<div class="metrics" role="list">{"".join(starmap(_fact, zip_longest(facts, published)))}</div>')


def _fact(fact: MemoryFact, before: int | None) -> str:
    label, count, tip = fact
    change = ""
    if before is not None and before != count:
        change = f'<span class="change {"more" if count > before else "less"}">{percent_change(count, before)}</span>'
    tip = escape(f"{exact(count, 'bytes')}. {tip}", quote=True)
    return (
        f'<div class="metric" role="listitem" tabindex="0" data-tip="{tip}">'
        f'<span class="label">{label}</span><span class="value">{short(count, "B")}</span>{change}</div>'
    )
