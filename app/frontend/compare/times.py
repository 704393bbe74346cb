"""Time: how long each network takes on this machine, measured when asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import streamlit as st

from inception_models import Arch

from ...backend.charts.choices import time_bars
from ...backend.common.device import best_choice, device_name
from ...backend.common.jobs import Progress
from ...backend.timing.latency import WARM_UP_ROUNDS, Latency, measure
from .. import measured
from ..chart import show_chart
from ..shell.background import BackgroundTask
from ..shell.save_button import save_button
from ..shell.terms import caption
from .context import CompareContext

COMPARED_TIMES: BackgroundTask[tuple[Latency, ...]] = BackgroundTask(
    "compared_times", "Timing", "Stop at the next stage", steady=False
)


def show(context: CompareContext) -> None:
    """Render the tab."""
    archs = tuple(replace(arch, aux=()) for arch in context.family.values())
    if COMPARED_TIMES.running:
        COMPARED_TIMES.watch()
        return
    times = COMPARED_TIMES.result(archs)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Measure again" if times else "Measure", icon=":material/timer:", type="primary"):
            COMPARED_TIMES.start(partial(_measured, archs), archs)
            st.rerun()
        caption(
            f"On {device_name(best_choice().device)}, fp32, one picture, with random weights: up to 20 rounds each"
            f" after {WARM_UP_ROUNDS} to warm up, {measured.LIMIT_SECONDS:.0f} seconds together at most."
        )
    context.say_left_out("timed here")
    COMPARED_TIMES.show_problem(archs)
    if times is None:
        return
    named = dict(zip(context.family, times, strict=True))
    show_chart(time_bars(context.names, named), "compare-times", "times")
    st.caption("The median of whole forward passes; the thin line spans the middle half of them.")
    save_button(
        "JSON",
        lambda: json.dumps([_time_of(context.names[i], each) for i, each in named.items()], indent=2),
        context.file_name(" times.json"),
        type="tertiary",
    )


def _measured(archs: tuple[Arch, ...], progress: Progress) -> tuple[Latency, ...]:
    limit = measured.LIMIT_SECONDS / len(archs)
    return tuple(
        measure(arch, limit_seconds=limit, progress=measured.PartOfProgress(progress, number, len(archs)))
        for number, arch in enumerate(archs)
    )


def _time_of(name: str, latency: Latency) -> dict[str, object]:
    total = latency.total
    return {
        "name": name,
        "seconds": total.seconds,
        "quartiles": [total.low, total.high],
        "rounds": latency.rounds,
        "device": latency.device,
        "threads": latency.threads,
        "stages": {stage.name: stage.seconds for stage in latency.stages},
    }
