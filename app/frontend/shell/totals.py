"""The line of totals that stays in sight: each with its unit, explanation and difference from the published network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from ...backend import Analysis
from ...backend.common.dtypes import ELEMENT_BYTES, Dtype
from ...backend.common.quantity import exact, percent_change, short
from ...backend.decide.fitting.budget import Budget, Goal, budget_totals
from ...backend.decide.fitting.fit import goals
from ..kit.network_time import NetworkTime, time_of
from ..kit.terms import meaning


@dataclass(frozen=True)
class Total:
    """One total: of the network as it is and of the published one, in ``unit``, with an explanation. None: not known.

    ``beside``: what the other one is, where that is not the published network. ``also``: the same in other words.
    ``limited``: what a budget calls it. ``goal``: its limit of this total, and how far the network is from it.
    """

    label: str
    unit: str
    now: float | None
    published: float | None
    explanation: str
    beside: str = "published"
    also: str = ""
    limited: str = ""
    goal: Goal | None = None


def totals_of(analysis: Analysis, reference: Analysis, dtype: Dtype = "float32", batch: int = 1) -> list[Total]:
    """The totals of the line, those in bytes for values in ``dtype`` and so many pictures."""
    a, r = analysis, reference
    now, before = budget_totals(a, dtype, batch), budget_totals(r, dtype, batch)
    each = ELEMENT_BYTES[dtype]
    stored = "" if dtype == "float32" else f" {dtype}"
    pictures = f" × {batch}" if batch > 1 else ""
    heads = f" The auxiliary heads add {exact(a.params_with_aux - a.params)} in training." if a.aux else ""
    return [
        Total("Parameters", "", a.params, r.params, meaning("parameters") + heads, limited="params"),
        Total(
            "MACs",
            "",
            a.macs,
            r.macs,
            "Multiply-accumulates of convolutions and linear layers, for one picture; one is 2 floating-point"
            f" operations, so {exact(a.flops)} FLOPs.",
            also=short(a.flops, "FLOPs"),
            limited="macs",
        ),
        Total(
            f"Weights{stored}",
            "B",
            now.weight_bytes,
            before.weight_bytes,
            f"Parameters as {dtype if stored else '32-bit floats'}, {each} byte{'s' if each > 1 else ''} each.",
            limited="weight_bytes",
        ),
        Total(
            f"Peak memory{stored}{pictures}",
            "B",
            now.peak_bytes,
            before.peak_bytes,
            f"{meaning('peak memory')} For {f'{batch} pictures' if pictures else 'one picture'}, as"
            f" {dtype if stored else '32-bit floats'}.",
            limited="peak_bytes",
        ),
    ]


def totals_to(
    goal: Budget | None,
    analysis: Analysis,
    reference: Analysis,
    times: tuple[NetworkTime, NetworkTime] = (NetworkTime(), NetworkTime()),
    beside: str = "published",
) -> list[Total]:
    """The totals of the line, each with the goal that was set for it; the receptive field and the time only where they
    have one.

    ``times``: of both networks; ``beside``: what ``reference`` is.
    """
    if goal is None:
        return [replace(total, beside=beside) for total in totals_of(analysis, reference)]
    line = totals_of(analysis, reference, goal.dtype, goal.batch)
    after, before = (budget_totals(each, goal.dtype, goal.batch) for each in (analysis, reference))
    after, before = replace(after, seconds=times[0].seconds), replace(before, seconds=times[1].seconds)
    by_name = {each.name: each for each in goals(goal, before, after)}
    if field := by_name.get("receptive_field_px"):
        explanation = meaning("receptive field")
        line.append(Total("Receptive field", "px", field.after, field.before, explanation, limited=field.name))
    if goal.seconds is not None:
        line.append(_time(*times))
        if times[0].seconds is None:
            del by_name["seconds"]  # nobody knows whether it is met
    return [replace(total, beside=beside, goal=by_name.get(total.limited)) for total in line]


def _time(now: NetworkTime, before: NetworkTime) -> Total:
    if now.seconds is None:
        return Total(
            "Time", "s", None, None, "Of one picture on this machine. Goal measures it, and so does Fit to goal."
        )
    how = "measured" if now.measured else "estimated from the stages of the network that was measured last"
    return Total(
        "Time" if now.measured else "Time, estimated",
        "s",
        now.seconds,
        now.seconds if before.seconds is None else before.seconds,
        f"Of one picture's forward pass on this machine, in float32: {how}.",
        limited="seconds",
    )


def show(analysis: Analysis, reference: Analysis, goal: Budget | None) -> None:
    """Render the line, which stays in sight."""
    times = time_of(analysis), time_of(reference)
    with st.container(key="totals"):
        st.html(totals_html(totals_to(goal, analysis, reference, times), "metrics"))


def totals_html(totals: Iterable[Total], classes: str) -> str:
    """A line of totals."""
    return "".join([f'<div class="{classes}" role="list">', *map(_html, totals), "</div>"])


def _spelled(value: float, total: Total) -> str:
    """With every digit, where it has no more than one can count."""
    if total.unit == "s":
        return short(value, "s")
    counted = total.label if total.label == "MACs" else total.label.lower()
    return exact(round(value), {"B": "bytes", "": counted}.get(total.unit, total.unit))


def _html(total: Total) -> str:
    value = "not measured" if total.now is None else short(total.now, total.unit)
    spelled = value if total.now is None else _spelled(total.now, total)
    change = ""
    if total.now is not None and total.published is not None and total.now != total.published:
        direction = "less" if total.now < total.published else "more"
        difference = short(abs(total.now - total.published), total.unit)
        sign = "−" if total.now < total.published else "+"
        relative = percent_change(total.now, total.published)
        change = (
            f'<span class="change {direction}">{relative} <span class="difference">({sign}{difference})</span></span>'
        )
        spelled += f"; {total.beside} {_spelled(total.published, total)}"
    also = f'<span class="also">({escape(total.also)})</span>' if total.also else ""
    if total.goal is not None:
        spelled += f"; the goal is {total.goal.words}, {'which is met' if total.goal.met else total.goal.missing}"
    tip = escape(f"{spelled}. {total.explanation}", quote=True)
    return (
        f'<div class="metric" role="listitem" tabindex="0" data-tip="{tip}" aria-label="{escape(total.label)}: {tip}">'
        f'<span class="label">{escape(total.label)}</span>'
        f'<span class="value">{escape(value)}</span>{also}{change}{_goal(total)}</div>'
    )


def _goal(total: Total) -> str:
    """How far the total is from its goal: a bar with a mark where the goal is, and words."""
    goal = total.goal
    if goal is None:
        return ""
    end = max(goal.limit, goal.after)
    state, words = ("met", "met") if goal.met else ("missed", goal.missing)
    bar = f'<i style="width:{100 * goal.after / end:.1f}%"></i><b style="left:{100 * goal.limit / end:.1f}%"></b>'
    limit = escape(short(goal.limit, total.unit))
    return (
        f'<span class="goal {state}"><span class="track">{bar}</span><span>{escape(words)}</span>'
        f'<span class="limit">goal {limit}</span></span>'
    )
