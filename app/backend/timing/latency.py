"""How long a network really takes on this machine, stage by stage.

The network runs in PyTorch's eager mode with random weights on random pictures, without gradients or auxiliary heads.
Every round times one whole forward pass, then one that stops the clock after every stage. Results are medians with
their quartiles: a machine that is busy with something else shows in the spread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import quantiles

import torch
from torch import Tensor, nn

from inception_models import build
from inception_models.arch.spec import Arch

from ..common.device import best_device, device_name
from ..common.dtypes import Dtype
from ..common.jobs import Progress

TORCH_DTYPES: dict[Dtype, torch.dtype] = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}
WARM_UP_ROUNDS = 2  # rounds: the first ones choose algorithms and fill caches
FEWEST = 3  # rounds, however long they take; quartiles of fewer say nothing


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one run: the median, and the quartiles, between which half of the runs lie."""

    name: str
    seconds: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Latency:
    """A measurement. ``total``: whole forward passes, without the pauses between stages, so it is not their sum."""

    arch: Arch
    device: str
    threads: int
    dtype: Dtype
    batch: int
    rounds: int
    total: Timing
    stages: tuple[Timing, ...]


@dataclass(frozen=True, slots=True)
class WholeTime:
    """A measurement of whole forward passes alone. ``engine``: what ran the network."""

    engine: str
    device: str
    threads: int
    rounds: int
    total: Timing


def whole_time(run: Callable[[], object], engine: str, limit_seconds: float, rounds: int = 20) -> WholeTime:
    """Time ``run``, a forward pass on the CPU, as :func:`measure` times one of the family."""
    device = torch.device("cpu")
    totals: list[float] = []
    began = time.perf_counter()
    for number in range(-WARM_UP_ROUNDS, rounds):
        seconds = seconds_of(run, device)
        if number >= 0:
            totals.append(seconds)
        if len(totals) >= FEWEST and time.perf_counter() - began > limit_seconds:
            break
    return WholeTime(engine, device_name(device), torch.get_num_threads(), len(totals), _timing("", totals))


def measure(
    arch: Arch,
    dtype: Dtype = "float32",
    batch: int = 1,
    *,
    rounds: int = 20,
    limit_seconds: float = 20,
    device: torch.device | None = None,
    progress: Progress | None = None,
) -> Latency:
    """Time ``arch`` on ``device``, by default the best one; it stops after ``limit_seconds`` with fewer rounds.

    Raises:
        ValueError: for a number format that cannot be timed, or not with this network.
        Cancelled: where ``progress`` has been cancelled.
    """
    if dtype not in TORCH_DTYPES:
        raise ValueError("int8 cannot be timed: only quantised networks run in it; choose float32 or bfloat16.")
    device, progress = device or best_device(), progress or Progress()
    try:
        return _measured(arch, dtype, batch, rounds, limit_seconds, device, progress)
    except NotImplementedError:  # PyTorch has no kernel: local response normalisation in 16 bits on a CPU
        raise ValueError(
            f"This network has a layer that PyTorch cannot compute in {dtype} on {device_name(device)}; float32 works."
        ) from None


def _measured(
    arch: Arch, dtype: Dtype, batch: int, rounds: int, limit_seconds: float, device: torch.device, progress: Progress
) -> Latency:
    progress.report(0, "building the network")
    net = build(replace(arch, aux=()), device).to(TORCH_DTYPES[dtype]).eval()
    picture = torch.rand(batch, 3, arch.input_size, arch.input_size, device=device).to(TORCH_DTYPES[dtype])
    names = [stage.name for stage in arch.stages]
    stages = [net.get_submodule(name) for name in names]
    totals: list[float] = []
    laps: list[list[float]] = []
    began = time.perf_counter()
    with torch.inference_mode():
        for number in range(-WARM_UP_ROUNDS, rounds):
            progress.report(
                (number + WARM_UP_ROUNDS) / (rounds + WARM_UP_ROUNDS), "warming up" if number < 0 else "measuring"
            )
            total, lap = _round(net, stages, picture, progress)
            if number >= 0:
                totals.append(total)
                laps.append(lap)
            if len(totals) >= FEWEST and time.perf_counter() - began > limit_seconds:
                break
    return Latency(
        arch,
        device_name(device),
        torch.get_num_threads(),
        dtype,
        batch,
        len(totals),
        _timing("", totals),
        tuple(_timing(name, column) for name, column in zip(names, zip(*laps, strict=True), strict=True)),
    )


def _round(
    net: nn.Module, stages: Sequence[nn.Module], picture: Tensor, progress: Progress
) -> tuple[float, list[float]]:
    """Seconds of a whole pass, and of every stage in a second one."""
    total = seconds_of(lambda: net(picture), picture.device)
    laps = []
    x = picture
    for stage in stages:
        progress.report(progress.fraction, progress.doing)  # so that a slow network can be cancelled within a pass
        wait_for(x.device)
        start = time.perf_counter()
        x = stage(x)
        wait_for(x.device)
        laps.append(time.perf_counter() - start)
    return total, laps


def seconds_of(work: Callable[[], object], device: torch.device) -> float:
    """How long ``work`` takes until the device has finished it."""
    wait_for(device)
    start = time.perf_counter()
    work()
    wait_for(device)
    return time.perf_counter() - start


def wait_for(device: torch.device) -> None:
    """Wait for the device: a GPU works on while Python continues."""
    match device.type:
        case "cuda":
            torch.cuda.synchronize(device)
        case "mps":
            torch.mps.synchronize()
        case _:  # the CPU has finished when it returns
            pass


def _timing(name: str, runs: Sequence[float]) -> Timing:
    low, middle, high = quantiles(runs, n=4, method="inclusive")
    return Timing(name, middle, low, high)
