"""The line of totals that stays in sight: each with its unit, explanation and difference from the published network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import streamlit as st

from ...backend import Analysis
from ...backend.common.quantity import exact, float32_bytes, percent_change, short
from .terms import meaning


@dataclass(frozen=True)
class Total:
    """One total: of the network as it is and of the published one, in ``unit``, with an explanation.

    ``beside``: what the other one is, where that is not the published network. ``also``: the same in other words.
    """

    label: str
    unit: str
    now: int
    published: int
    explanation: str
    beside: str = "published"
    also: str = ""


def totals_of(analysis: Analysis, reference: Analysis) -> list[Total]:
    """The totals of the line."""
    a, r = analysis, reference
    heads = f" The auxiliary heads add {exact(a.params_with_aux - a.params)} in training." if a.aux else ""
    return [
        Total("Parameters", "", a.params, r.params, meaning("parameters") + heads),
        Total(
            "MACs",
            "",
            a.macs,
            r.macs,
            "Multiply-accumulates of convolutions and linear layers, for one picture; one is 2 floating-point"
            f" operations, so {exact(a.flops)} FLOPs.",
            also=short(a.flops, "FLOPs"),
        ),
        Total(
            "Weights",
            "B",
            float32_bytes(a.params),
            float32_bytes(r.params),
            "Parameters as 32-bit floats, 4 bytes each.",
        ),
        Total(
            "Peak memory",
            "B",
            float32_bytes(a.peak_elements),
            float32_bytes(r.peak_elements),
            f"{meaning('peak memory')} For one picture, as 32-bit floats.",
        ),
    ]


def show(analysis: Analysis, reference: Analysis) -> None:
    """Render the line, which stays in sight."""
    with st.container(key="totals"):
        st.html(totals_html(totals_of(analysis, reference), "metrics"))


def totals_html(totals: Iterable[Total], classes: str) -> str:
    """A line of totals."""
    return "".join([f'<div class="{classes}" role="list">', *map(_html, totals), "</div>"])


def _html(total: Total) -> str:
    unit = total.unit or total.label.lower()
    spelled = exact(total.now, "bytes" if total.unit == "B" else unit)
    change = ""
    if total.now != total.published:
        direction = "less" if total.now < total.published else "more"
        difference = short(abs(total.now - total.published), total.unit)
        sign = "−" if total.now < total.published else "+"
        relative = percent_change(total.now, total.published)
        change = (
            f'<span class="change {direction}">{relative} <span class="difference">({sign}{difference})</span></span>'
        )
        spelled += f"; {total.beside} {exact(total.published)}"
    also = f'<span class="also">({escape(total.also)})</span>' if total.also else ""
    tip = escape(f"{spelled}. {total.explanation}", quote=True)
    return (
        f'<div class="metric" role="listitem" tabindex="0" data-tip="{tip}" aria-label="{escape(total.label)}: {tip}">'
        f'<span class="label">{escape(total.label)}</span>'
        f'<span class="value">{escape(short(total.now, total.unit))}</span>{also}{change}</div>'
    )
