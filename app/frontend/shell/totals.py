"""The line of totals that stays in sight: each with its unit, explanation and difference from the published network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from ...backend import Analysis
from ...backend.common.quantity import exact, float32_bytes, percent_change, short
from ...backend.decide.fitting.budget import Budget, Goal, budget_totals
from ...backend.decide.fitting.fit import goals
from .terms import meaning


@dataclass(frozen=True)
class Total:
    """One total: of the network as it is and of the published one, in ``unit``, with an explanation.

    ``beside``: what the other one is, where that is not the published network. ``also``: the same in other words.
    ``goal``: a limit of this total, and how far the network is from it.
    """

    label: str
    unit: str
    now: int
    published: int
    explanation: str
    beside: str = "published"
    also: str = ""
    goal: Goal | None = None


LIMITED = {"Parameters": "params", "MACs": "macs", "Weights": "weight_bytes", "Peak memory": "peak_bytes"}
"""What a budget calls the totals."""


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


def totals_to(goal: Budget | None, analysis: Analysis, reference: Analysis, beside: str = "published") -> list[Total]:
    """The totals of the line, each with the goal that was set for it; the receptive field only where it has one.

    ``beside``: what ``reference`` is.
    """
    line = [replace(total, beside=beside) for total in totals_of(analysis, reference)]
    if goal is None:
        return line
    after, before = budget_totals(analysis), budget_totals(reference)
    by_name = {each.name: each for each in goals(goal, before, after)}
    line = [replace(total, goal=by_name.get(LIMITED[total.label])) for total in line]
    if field := by_name.get("receptive_field_px"):
        explanation = meaning("receptive field")
        line.append(
            Total("Receptive field", "px", int(field.after), int(field.before), explanation, beside, goal=field)
        )
    return line


def show(analysis: Analysis, reference: Analysis, goal: Budget | None) -> None:
    """Render the line, which stays in sight."""
    with st.container(key="totals"):
        st.html(totals_html(totals_to(goal, analysis, reference), "metrics"))


def totals_html(totals: Iterable[Total], classes: str) -> str:
    """A line of totals."""
    return "".join([f'<div class="{classes}" role="list">', *map(_html, totals), "</div>"])


def _shown(value: float, unit: str) -> str:
    return exact(round(value), unit) if unit == "px" else short(value, unit)


def _html(total: Total) -> str:
    unit = total.unit or total.label.lower()
    spelled = exact(total.now, "bytes" if total.unit == "B" else unit)
    change = ""
    if total.now != total.published:
        direction = "less" if total.now < total.published else "more"
        difference = _shown(abs(total.now - total.published), total.unit)
        sign = "−" if total.now < total.published else "+"
        relative = percent_change(total.now, total.published)
        change = (
            f'<span class="change {direction}">{relative} <span class="difference">({sign}{difference})</span></span>'
        )
        spelled += f"; {total.beside} {exact(total.published)}"
    also = f'<span class="also">({escape(total.also)})</span>' if total.also else ""
    if total.goal is not None:
        spelled += f"; the goal is {total.goal.words}, {'which is met' if total.goal.met else total.goal.missing}"
    tip = escape(f"{spelled}. {total.explanation}", quote=True)
    return (
        f'<div class="metric" role="listitem" tabindex="0" data-tip="{tip}" aria-label="{escape(total.label)}: {tip}">'
        f'<span class="label">{escape(total.label)}</span>'
        f'<span class="value">{escape(_shown(total.now, total.unit))}</span>{also}{change}{_goal(total)}</div>'
    )


def _goal(total: Total) -> str:
    """How far the total is from its goal: a bar with a mark where the goal is, and words."""
    goal = total.goal
    if goal is None:
        return ""
    end = max(goal.limit, goal.after)
    state, words = ("met", "met") if goal.met else ("missed", goal.missing)
    bar = f'<i style="width:{100 * goal.after / end:.1f}%"></i><b style="left:{100 * goal.limit / end:.1f}%"></b>'
    limit = escape(_shown(goal.limit, total.unit))
    return (
        f'<span class="goal {state}"><span class="track">{bar}</span><span>{escape(words)}</span>'
        f'<span class="limit">goal {limit}</span></span>'
    )
