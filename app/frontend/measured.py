"""What was measured in this session, and the measurement under way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from inception_models import Arch

from ..backend.common.dtypes import Dtype
from ..backend.common.jobs import Job, Progress
from ..backend.timing.latency import Latency, measure
from ..backend.timing.roofline import Ceilings, ceilings


@dataclass(frozen=True)
class Measured:
    """Times of a network, and what the machine could do at its best."""

    latency: Latency
    ceilings: Ceilings


def of(arch: Arch, dtype: Dtype, batch: int) -> Measured | None:
    """The last measurement, if it was of this network, number format and batch."""
    last = last_one()
    if last is None or (last.latency.arch, last.latency.dtype, last.latency.batch) != (_timed(arch), dtype, batch):
        return None
    return last


def stage_seconds(arch: Arch) -> dict[str, float]:
    """The time of each stage in the last measurement; nothing where it was of another network."""
    last = last_one()
    if last is None or last.latency.arch != _timed(arch):
        return {}
    return {stage.name: stage.seconds for stage in last.latency.stages}


def last_one() -> Measured | None:
    """The last measurement of this session."""
    found = st.session_state.get("measured")
    return found if isinstance(found, Measured) else None


def job() -> Job[Measured] | None:
    """The measurement under way or just ended; None once its result was taken."""
    found = st.session_state.get("job")
    return found if isinstance(found, Job) else None


def start(arch: Arch, dtype: Dtype, batch: int) -> None:
    """Begin to measure.

    Raises:
        Busy: where another measurement runs in this app.
    """
    st.session_state.job = Job(partial(_measure, _timed(arch), dtype, batch))


def take() -> str:
    """Keep the result of the job that has ended; returns why there is none, or nothing."""
    ended = job()
    st.session_state.job = None
    if ended is None:
        return ""
    if ended.result is not None:
        st.session_state.measured = ended.result
    return ended.problem


def _timed(arch: Arch) -> Arch:
    """What is really run: the heads do not run at inference."""
    return replace(arch, aux=())


def _measure(arch: Arch, dtype: Dtype, batch: int, progress: Progress) -> Measured:
    return Measured(measure(arch, dtype, batch, progress=progress), ceilings(dtype, progress))
