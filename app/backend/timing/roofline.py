"""Which stages are slower than their MACs say, and why: the roofline model (Williams, Waterman, Patterson 2009).

A stage that does I floating-point operations for each byte that it moves cannot do more of them in a second than
``min(peak, I x bandwidth)``. Left of the ridge memory is the limit, right of it arithmetic. Both ceilings are measured
here as what PyTorch reaches at its best: in a large matrix product or convolution, and when it copies a large tensor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch.nn import functional as F

from ..analysis.network import Analysis
from ..common.device import best_device, device_name
from ..common.dtypes import ELEMENT_BYTES, Dtype
from ..common.jobs import Progress
from ..tables.part_costs import whole_cost
from .latency import TORCH_DTYPES, Latency, seconds_of

TRIES = 8  # the best one counts: a ceiling is what was reached, not what is usual
MOST_SECONDS = 1.0  # for all tries of one thing: a format that a processor emulates takes seconds each time


@dataclass(frozen=True, slots=True)
class Probe:
    """What is measured: so large that starting it costs nothing beside it, and no cache contains it.

    ``side``: of the matrices; ``pictures``: 256 channels of 56 x 56 each, in one convolution.
    """

    side: int
    pictures: int
    copied_bytes: int


ON_CPU = Probe(side=1024, pictures=1, copied_bytes=64 * 2**20)
ON_GPU = Probe(side=8192, pictures=64, copied_bytes=1024 * 2**20)


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What this machine can do in one number format."""

    device: str
    dtype: Dtype
    flops_per_second: float
    bytes_per_second: float

    @property
    def ridge(self) -> float:
        """FLOPs for each byte above which arithmetic is the limit."""
        return self.flops_per_second / self.bytes_per_second

    def attainable(self, intensity: float) -> float:
        """The most FLOPs a second at so many FLOPs for each byte."""
        return min(self.flops_per_second, intensity * self.bytes_per_second)


@dataclass(frozen=True, slots=True)
class RooflinePoint:
    """A stage in the roofline plot. ``intensity``: FLOPs for each byte moved, every layer's weights, inputs and outputs
    read or written once.
    """

    name: str
    intensity: float
    flops_per_second: float
    attainable: float

    @property
    def efficiency(self) -> float:
        """The share of the attainable speed that was reached. Above 1: its input was still in the cache."""
        return self.flops_per_second / self.attainable


def ceilings(dtype: Dtype = "float32", progress: Progress | None = None) -> Ceilings:
    """This machine's ceilings on the device that is used; measured once per process.

    Raises:
        ValueError: for int8, which is not measured.
    """
    if dtype not in TORCH_DTYPES:
        raise ValueError("int8 has no measured ceiling; choose float32, bfloat16 or float16.")
    if progress:
        progress.report(progress.fraction, "measuring the machine's ceilings")
    return ceilings_of(dtype, best_device())


@lru_cache(maxsize=8)
def ceilings_of(dtype: Dtype, device: torch.device) -> Ceilings:
    """Those of one device in a format that PyTorch computes in."""
    kind, probe = TORCH_DTYPES[dtype], ON_CPU if device.type == "cpu" else ON_GPU
    with torch.inference_mode():
        square = torch.rand(probe.side, probe.side, device=device).to(kind)
        image = torch.rand(probe.pictures, 256, 56, 56, device=device).to(kind)
        filters = torch.rand(256, 256, 3, 3, device=device).to(kind)
        source = torch.ones(probe.copied_bytes // ELEMENT_BYTES[dtype], device=device, dtype=kind)
        target = torch.empty_like(source)
        product = _fastest(lambda: square @ square, device)
        convolution = _fastest(lambda: F.conv2d(image, filters, padding=1), device)
        copy = _fastest(lambda: target.copy_(source), device)
    flops = max(2 * probe.side**3 / product, 2 * probe.pictures * 256 * 56 * 56 * 256 * 9 / convolution)
    return Ceilings(device_name(device), dtype, flops, 2 * probe.copied_bytes / copy)


def _fastest(work: Callable[[], object], device: torch.device) -> float:
    taken: list[float] = []
    while len(taken) < TRIES and sum(taken) < MOST_SECONDS:
        taken.append(seconds_of(work, device))
    return min(taken)


def roofline_points(analysis: Analysis, latency: Latency, ceiling: Ceilings) -> tuple[RooflinePoint, ...]:
    """Every stage that has MACs, in order. ``latency`` must be of the same network."""
    size, batch = ELEMENT_BYTES[latency.dtype], latency.batch
    points = []
    for stage, timing in zip(analysis.stages, latency.stages, strict=True):
        if stage.macs:
            part, flops = whole_cost(stage), 2 * stage.macs * batch
            intensity = flops / (part.params * size + part.moved * size * batch)
            points.append(RooflinePoint(stage.name, intensity, flops / timing.seconds, ceiling.attainable(intensity)))
    return tuple(points)
