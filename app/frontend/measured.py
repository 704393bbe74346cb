"""The times that were measured in this session: the Costs page measures them, the diagram can colour by them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from inception_models import Arch

from ..backend.common.dtypes import Dtype
from ..backend.common.jobs import JOBS, PartOfProgress, Progress
from ..backend.timing.latency import Latency, measure
from ..backend.timing.roofline import Ceilings, ceilings
from .kit.background import BackgroundTask


@dataclass(frozen=True)
class Measured:
    """Times of a network, and what the machine could do at its best. ``disturbed``: while it did other work.

    ``published``: the times of the published network, where the network was edited.
    """

    latency: Latency
    published: Latency | None
    ceilings: Ceilings
    disturbed: bool


LIMIT_SECONDS = 20.0  # for all rounds
MEASUREMENT: BackgroundTask[Measured] = BackgroundTask(
    "measurement",
    "Timing",
    "Stop at the next stage",
    steady=False,  # a slow network ends it by the clock, before all of its rounds
)


def start(arch: Arch, published: Arch, dtype: Dtype, batch: int) -> None:
    """Begin to measure the network, and in the same minute the published one where that is another."""
    MEASUREMENT.start(partial(_measure, _without_heads(arch), _without_heads(published), dtype, batch))


def measured_for(arch: Arch, dtype: Dtype, batch: int) -> Measured | None:
    """The last measurement, if it was of this network, number format and batch."""
    last = MEASUREMENT.result()
    if last is None:
        return None
    same = (last.latency.arch, last.latency.dtype, last.latency.batch) == (_without_heads(arch), dtype, batch)
    return last if same else None


def stage_seconds(arch: Arch) -> dict[str, float]:
    """The time of each stage in the last measurement; nothing where it was of another network."""
    last = MEASUREMENT.result()
    if last is None or last.latency.arch != _without_heads(arch):
        return {}
    return {stage.name: stage.seconds for stage in last.latency.stages}


def _without_heads(arch: Arch) -> Arch:
    """The network that is timed: auxiliary heads do not run at inference."""
    return replace(arch, aux=())


def _measure(arch: Arch, published: Arch, dtype: Dtype, batch: int, progress: Progress) -> Measured:
    before = JOBS.is_busy("long")
    archs = (arch,) if arch == published else (arch, published)
    limit = LIMIT_SECONDS / len(archs)
    times = [
        measure(each, dtype, batch, limit_seconds=limit, progress=PartOfProgress(progress, i, len(archs)))
        for i, each in enumerate(archs)
    ]
    best = ceilings(dtype, progress)
    return Measured(times[0], times[1] if times[1:] else None, best, before or JOBS.is_busy("long"))
