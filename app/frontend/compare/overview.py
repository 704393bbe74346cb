"""Overview: the totals side by side, and the stages of one network as bars with the others as ghosts."""

from __future__ import annotations

import json
from html import escape
from typing import Literal

import streamlit as st

from ...backend.charts.choices import stage_ghosts
from ...backend.common.quantity import exact, percent_change, shape_text, short
from ...backend.decide.comparing.as_json import comparison_of
from ...backend.decide.comparing.comparison import ComparedTotal
from ..chart import show_chart
from ..kit.controls import remembered
from ..kit.save_button import save_button
from .context import CompareContext, choose_among, choose_base
from .table import ComparedRow, compared_table

StageMetric = Literal["params", "macs", "peak_bytes"]
STAGE_METRICS: dict[StageMetric, str] = {"params": "Parameters", "macs": "MACs", "peak_bytes": "Peak memory"}
ROWS: dict[ComparedTotal, tuple[str, str, str]] = {  # label, unit, explanation
    "params": ("Parameters", "", "Trainable parameters, without auxiliary heads."),
    "macs": ("MACs", "", "Multiply-accumulates of convolutions and linear layers, for one picture."),
    "weight_bytes": ("Weights", "B", "Parameters as 32-bit floats."),
    "peak_bytes": ("Peak memory", "B", "The most that feature maps take at one time, for one picture."),
    "receptive_field_px": ("Receptive field", "px", "The side of what one value sees before everything is pooled."),
}


def show(context: CompareContext) -> None:
    """Render the tab."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choose_base(context, "Differences are from")
        save_button(
            "JSON",
            lambda: json.dumps(comparison_of(context.comparison), indent=2),
            context.file_name(".json"),
            type="tertiary",
            help="Totals, stages and differences, with every digit: what `python -m app compare --json` prints",
        )
    st.html(_totals(context))
    st.header("By stage")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = st.segmented_control(
            "Show",
            list(STAGE_METRICS),
            default=remembered("compare_metric", STAGE_METRICS, "macs"),
            format_func=STAGE_METRICS.__getitem__,
            key="compare_metric",
            required=True,
            persist_state="session",
        )
        front = choose_among("In front", context.names, "compare_front", context.names[-1])
    show_chart(stage_ghosts(context.comparison, front, metric), "compare-stages", "stages")
    st.caption("The other networks are paler. Stages are matched by name, then by kind and order.")


def _totals(context: CompareContext) -> str:
    comparison = context.comparison
    archs = [context.family.get(place) for place in range(len(context.networks))]
    rows = [
        ComparedRow("<th>Input</th>", [(shape_text(shape), "") for shape in comparison.in_shapes]),
        ComparedRow("<th>Classes</th>", [(f"{arch.classes:,}" if arch else "–", "") for arch in archs]),
    ]
    for total, (label, unit, explanation) in ROWS.items():
        number = comparison.number(total)
        heading = f'<th tabindex="0" data-tip="{escape(explanation, quote=True)}">{label}</th>'
        rows.append(ComparedRow(heading, [_cell(value, number.a, unit) for value in number.values]))
    return compared_table("Of one picture", context.names, rows, "compare-totals")


def _cell(value: int | None, first: int | None, unit: str) -> tuple[str, str]:
    if value is None:
        return "–", ""
    shown, words = short(value, unit), exact(value, unit)
    change = ""
    if first is not None and value != first:
        less = value < first
        sign = "−" if less else "+"
        change = (
            f' <span class="change {"less" if less else "more"}">{percent_change(value, first)}'
            f" ({sign}{short(abs(value - first), unit)})</span>"
        )
        words += f"; {exact(value - first)} from the first"
    return f"<b>{shown}</b>{change}", words
