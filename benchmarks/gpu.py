"""A GPU: latency by CUDA events, channels last, CUDA graphs, and peak memory against the prediction.

Each row is one network in one number format: the plain module with random weights; with BatchNorm folded and channels
last, as the Picture page runs it; and that as a CUDA graph, which launches all kernels at once. ``off by``: the largest
difference of the logits from the CPU's in float32, as a share of the largest one. ``predicted``: what the Costs page
says; what is measured has the work space of cuDNN beside it. The ceilings are the roofline's.
"""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn

from app.backend import analyze
from app.backend.common.device import best_choice, device_name
from app.backend.common.dtypes import Dtype
from app.backend.memory.inference import inference_memory
from app.backend.picture.activations import model_for
from app.backend.picture.folding import fold
from app.backend.timing.latency import TORCH_DTYPES, wait_for
from app.backend.timing.roofline import ceilings_of
from inception_models import ARCHITECTURES, Arch
from inception_models.edits.input_output import without_aux
from inception_models.net.builder import Network
from tests.backend.memory.live_memory import LiveMemory

Row = dict[str, float | str]
NETWORKS = ("googlenet_bn", "inception_v3", "inception_resnet_v2")
FORMATS: tuple[Dtype, ...] = ("float32", "bfloat16", "float16")
BATCHES = (1, 32)
WARM_UPS = 3
NOTHING = "gpu: there is no CUDA device here, so nothing was measured."


def milliseconds(work: Callable[[], object], device: torch.device, runs: int) -> float:
    """The median, without gaps in between; on a GPU by its own clock."""
    for _ in range(WARM_UPS):
        work()
    wait_for(device)
    if device.type != "cuda":
        return 1e3 * statistics.median(_seconds(work) for _ in range(runs))
    marks = [(_mark(), _mark()) for _ in range(runs)]
    for start, end in marks:
        start.record()
        work()
        end.record()
    wait_for(device)
    return statistics.median(float(start.elapsed_time(end)) for start, end in marks)


def _mark() -> torch.cuda.Event:
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]  # torch gives it no types


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_bytes(work: Callable[[], object], kept: tuple[Tensor, ...], device: torch.device) -> int:
    """The most memory that ``work`` takes beside ``kept``, which was allocated before."""
    if device.type != "cuda":
        memory = LiveMemory(ignored=kept)
        with memory:
            work()
        return memory.peak
    work()  # libraries allocate their work space once
    wait_for(device)
    before = torch.cuda.memory_allocated(device)
    torch.cuda.reset_peak_memory_stats(device)
    work()
    wait_for(device)
    return int(torch.cuda.max_memory_allocated(device)) - before


def as_graph(net: nn.Module, picture: Tensor) -> tuple[Callable[[], None], Tensor]:
    """What runs ``net`` on what ``picture`` contains then, and the tensor that has the logits afterwards.

    It is warmed up on a stream of its own, as PyTorch's notes on CUDA semantics ask for.
    """
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch gives it no types
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side), torch.no_grad():
        for _ in range(WARM_UPS):
            net(picture)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.no_grad(), torch.cuda.graph(graph):
        logits = cast(Tensor, net(picture))
    return graph.replay, logits


def row(arch: Arch, dtype: Dtype, batch: int, device: torch.device, runs: int) -> Row:
    """One network in one number format."""
    draw = torch.Generator().manual_seed(0)
    picture = torch.randn(batch, 3, arch.input_size, arch.input_size, generator=draw)
    net, kind = model_for(arch), TORCH_DTYPES[dtype]
    x = picture.to(device, kind)
    plain, folded = (copied.to(device, kind) for copied in (copy.deepcopy(net), _folded(net)))
    folded.to(memory_format=torch.channels_last)
    near = x.contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        want, got = net(picture[:1])[0], folded(near)[0].float().cpu()
        eager = milliseconds(partial(plain, x), device, runs)
        fast = milliseconds(partial(folded, near), device, runs)
        peak = peak_bytes(partial(plain, x), (x, *plain.parameters(), *plain.buffers()), device)
    graphed: float | str = "-"
    if device.type == "cuda":
        replay, logits = as_graph(folded, near)
        graphed = milliseconds(replay, device, runs)
        got = logits[0].float().cpu()
    analysis = analyze(arch)
    ceilings = ceilings_of(dtype, device)
    best = min(taken for taken in (eager, fast, graphed) if isinstance(taken, float))
    return {
        "network": arch.key,
        "format": dtype,
        "batch": batch,
        "eager ms": eager,
        "channels last ms": fast,
        "CUDA graph ms": graphed,
        "off by": float((got - want).abs().max() / want.abs().max()),
        "peak MiB": peak / 2**20,
        "predicted MiB": (inference_memory(analysis, dtype, batch).peak.peak_bytes - x.nbytes) / 2**20,
        "TFLOP/s": 2 * analysis.macs * batch / best / 1e9,
        "ceiling TFLOP/s": ceilings.flops_per_second / 1e12,
        "ceiling GB/s": ceilings.bytes_per_second / 1e9,
    }


def _folded(net: Network) -> Network:
    own = copy.deepcopy(net).eval().requires_grad_(False)
    fold(own)
    return own


def run(quick: bool = False) -> dict[str, list[Row]]:
    """Every measurement, as rows by title; none, with one sentence, where there is no CUDA device."""
    if not torch.cuda.is_available():
        print(NOTHING)
        return {}
    best_choice()
    device, runs = torch.device("cuda"), 10 if quick else 50
    networks = [without_aux(ARCHITECTURES[key]) for key in NETWORKS]
    return {
        f"{device_name(device)}, PyTorch {torch.__version__}": [
            row(arch, dtype, batch, device, runs) for arch in networks for batch in BATCHES for dtype in FORMATS
        ]
    }
