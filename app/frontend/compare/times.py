"""Time: what the MACs promise, and how long each network really takes on this machine, measured when asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from inception_models import Arch

from ...backend.charts.choices import time_bars
from ...backend.common.brought import BroughtNetwork
from ...backend.common.device import best_choice, device_name
from ...backend.common.jobs import PartOfProgress, Progress
from ...backend.decide.comparing.brought_runs import timed_apart
from ...backend.timing.latency import WARM_UP_ROUNDS, Latency, WholeTime, measure
from .. import measured
from ..chart import show_chart
from ..kit.background import BackgroundTask
from ..kit.brought import runnable_source
from ..kit.notice import WayOut, refused
from ..kit.presence import person
from ..kit.save_button import save_button
from ..kit.terms import caption
from .context import CompareContext

MeasuredTime = Latency | WholeTime
COMPARED_TIMES: BackgroundTask[tuple[MeasuredTime | str, ...]] = BackgroundTask(
    "compared_times", "Timing", "Stop at the next stage", steady=False
)


def show(context: CompareContext) -> None:
    """Render the tab."""
    networks = tuple(
        replace(pin.network, aux=()) if isinstance(pin.network, Arch) else pin.network for pin in context.networks
    )
    if COMPARED_TIMES.running:
        COMPARED_TIMES.watch()
        return
    answers, work = COMPARED_TIMES.result(networks), partial(_measured, networks, person())
    with st.container(horizontal=True, vertical_alignment="center"):
        label, start = "Measure again" if answers else "Measure", partial(COMPARED_TIMES.start, work, networks)
        st.button(label, icon=":material/timer:", type="primary", on_click=start)
        caption(
            f"On {device_name(best_choice().device)}, fp32, one picture: up to 20 rounds each after {WARM_UP_ROUNDS} to"
            f" warm up, {measured.LIMIT_SECONDS:.0f} seconds together at most. It can be cancelled."
        )
    COMPARED_TIMES.show_problem(networks)
    again = WayOut("Measure again", start)
    for place, answer in enumerate(answers or ()):
        if isinstance(answer, str):
            refused(f"{context.names[place]} was not timed. {answer}", f"time-{place}", again)
    _result(context, {place: time for place, time in enumerate(answers or ()) if not isinstance(time, str)})


def _result(context: CompareContext, times: Mapping[int, MeasuredTime]) -> None:
    macs = [number or 0 for number in context.comparison.macs.values]
    show_chart(time_bars(context.names, macs, times), "compare-times", "times")
    if not times:
        caption("Estimated: times in proportion to the MACs. Small and deep networks take longer than that.")
        return
    caption(
        "The median of whole forward passes; the thin line spans the middle half of them. Paler: what the MACs promise,"
        " from the first network's time."
        + (" Files run in ONNX Runtime, all others in PyTorch." if any(map(_is_file, context.brought.values())) else "")
    )
    save_button(
        "JSON",
        lambda: json.dumps([_time_of(context.names[place], time) for place, time in times.items()], indent=2),
        context.file_name(" times.json"),
        type="tertiary",
    )


def _is_file(network: BroughtNetwork) -> bool:
    return bool(network.digest)


def _measured(
    networks: tuple[Arch | BroughtNetwork, ...], owner: str, progress: Progress
) -> tuple[MeasuredTime | str, ...]:
    """The time of each, or the sentence that says why there is none."""
    limit = measured.LIMIT_SECONDS / len(networks)
    answers: list[MeasuredTime | str] = []
    for number, network in enumerate(networks):
        part = PartOfProgress(progress, number, len(networks))
        try:
            if isinstance(network, Arch):
                answers.append(measure(network, limit_seconds=limit, progress=part))
            else:
                part.report(0, network.title)
                answers.append(timed_apart(runnable_source(network, owner), network.shape, limit, part))
        except ValueError as problem:
            answers.append(str(problem))
    return tuple(answers)


def _time_of(name: str, time: MeasuredTime) -> dict[str, object]:
    total = time.total
    return {
        "name": name,
        "seconds": total.seconds,
        "quartiles": [total.low, total.high],
        "rounds": time.rounds,
        "device": time.device,
        "threads": time.threads,
        "engine": time.engine if isinstance(time, WholeTime) else "PyTorch",
        "stages": {} if isinstance(time, WholeTime) else {stage.name: stage.seconds for stage in time.stages},
    }
