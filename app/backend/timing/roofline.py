"""Which stages are slower than their MACs say, and why: the roofline model (Williams, Waterman, Patterson 2009).

A stage that does I floating-point operations for each byte that it moves cannot do more of them in a second than
``min(peak, I x bandwidth)``. Left of the ridge memory is the limit, right of it arithmetic. Both ceilings are measured
here as what PyTorch reaches at its best: in a large matrix product or convolution, and when it copies a large tensor.
"""

from __future__ import annotations

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

SIDE = 1024  # of the matrices
COPIED_BYTES = 64 * 2**20  # many times the size of a processor's cache
TRIES = 8  # the best one counts: a ceiling is what was reached, not what is usual


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
    return _ceilings(dtype, best_device())


@lru_cache(maxsize=8)
def _ceilings(dtype: Dtype, device: torch.device) -> Ceilings:
    kind = TORCH_DTYPES[dtype]
    with torch.inference_mode():
        square = torch.rand(SIDE, SIDE, device=device).to(kind)
        image, filters = (torch.rand(*s, device=device).to(kind) for s in ((1, 256, 56, 56), (256, 256, 3, 3)))
        source = torch.ones(COPIED_BYTES // ELEMENT_BYTES[dtype], device=device, dtype=kind)
        target = torch.empty_like(source)
        product = min(seconds_of(lambda: square @ square, device) for _ in range(TRIES))
        convolution = min(seconds_of(lambda: F.conv2d(image, filters, padding=1), device) for _ in range(TRIES))
        copy = min(seconds_of(lambda: target.copy_(source), device) for _ in range(TRIES))
    flops = max(2 * SIDE**3 / product, 2 * 256 * 56 * 56 * 256 * 9 / convolution)
    return Ceilings(device_name(device), dtype, flops, 2 * COPIED_BYTES / copy)


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
