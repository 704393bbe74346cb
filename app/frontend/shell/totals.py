"""The row of totals that stays in sight: each with its unit, its explanation and its difference from the original."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from ...backend import Analysis
from ...backend.common.quantity import exact, float32_bytes, percent_change, short


@dataclass(frozen=True)
class Metric:
    """One total: now and in the published network, in ``unit``, with a plain explanation."""

    label: str
    unit: str
    now: int
    published: int
    meaning: str


def metrics(analysis: Analysis, reference: Analysis) -> list[Metric]:
    """The totals of the row."""
    a, r = analysis, reference
    heads = f" The auxiliary heads add {exact(a.params_with_aux - a.params)} while training." if a.aux else ""
    return [
        Metric("Parameters", "", a.params, r.params, "Trainable weights, biases and normalisation values." + heads),
        Metric("MACs", "", a.macs, r.macs, "Multiply-accumulates of all convolutions and linear layers, one picture."),
        Metric("FLOPs", "", a.flops, r.flops, "Floating-point operations: 2 × MACs."),
        Metric(
            "Weights",
            "B",
            float32_bytes(a.params),
            float32_bytes(r.params),
            "Parameters as 32-bit floats, 4 bytes each.",
        ),
        Metric(
            "Activations",
            "B",
            float32_bytes(a.peak_elements),
            float32_bytes(r.peak_elements),
            "The most memory that feature maps of one picture take at one time, as 32-bit floats.",
        ),
    ]


def show(analysis: Analysis, reference: Analysis) -> None:
    """Render the row."""
    st.html("".join(['<div class="metrics totals" role="list">', *map(_html, metrics(analysis, reference)), "</div>"]))


def _html(metric: Metric) -> str:
    unit = metric.unit or metric.label.lower()
    spelled = exact(metric.now, "bytes" if metric.unit == "B" else unit)
    change = ""
    if metric.now != metric.published:
        direction = "less" if metric.now < metric.published else "more"
        difference = short(abs(metric.now - metric.published), metric.unit)
        sign = "−" if metric.now < metric.published else "+"
        relative = percent_change(metric.now, metric.published)
        change = f'<span class="change {direction}">{sign}{difference} ({relative})</span>'
        spelled += f"; published {exact(metric.published)}"
    tip = escape(f"{spelled}. {metric.meaning}", quote=True)
    return (
        f'<div class="metric" role="listitem" tabindex="0" data-tip="{tip}" aria-label="{escape(metric.label)}: {tip}">'
        f'<span class="label">{escape(metric.label)}</span>'
        f'<span class="value">{escape(short(metric.now, metric.unit))}</span>{change}</div>'
    )
