"""How long a network takes on this machine, for the goal: measured when somebody asks, else estimated from that."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from inception_models import Arch

from ...backend import Analysis, analyze
from ...backend.common.jobs import Progress
from ...backend.decide.fitting.speed import paced
from ...backend.timing.latency import Latency, measure
from .background import BackgroundTask

ROUNDS = 12
LIMIT_SECONDS = 8.0  # for all rounds
TIMING: BackgroundTask[Latency] = BackgroundTask("goal-timing", "Timing", "Stop at the next stage", steady=False)


@dataclass(frozen=True)
class NetworkTime:
    """``seconds`` of one picture's forward pass; None where neither this network nor another of its variant was
    measured.
    """

    seconds: float | None = None
    measured: bool = False


def measurements() -> list[Latency]:
    """Those of this session, oldest first; work in the background adds to them."""
    known: list[Latency] = st.session_state.setdefault("goal_measurements", [])
    return known


def measured_into(known: list[Latency], arch: Arch, progress: Progress | None = None) -> Latency:
    """Measure a network, and keep that."""
    latency = measure(replace(arch, aux=()), rounds=ROUNDS, limit_seconds=LIMIT_SECONDS, progress=progress)
    known.append(latency)
    return latency


def time_of(analysis: Analysis) -> NetworkTime:
    """What is known of the network that was analysed."""
    arch = replace(analysis.arch, aux=())  # auxiliary heads do not run at inference
    alike = [latency for latency in measurements() if latency.arch.key == arch.key]
    same = [latency for latency in alike if latency.arch == arch]
    if same:
        return NetworkTime(same[-1].total.seconds, measured=True)
    return NetworkTime(paced(analyze(alike[-1].arch), alike[-1]).estimate(analysis)) if alike else NetworkTime()
