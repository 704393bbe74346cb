"""The devices that a test runs on: the CPU everywhere, and the same test on a CUDA device where there is one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from app.backend.common.device import best_choice

NO_GPU = "there is no CUDA device here, so nothing that is marked gpu ran"
DEVICES = [
    pytest.param(torch.device("cpu"), id="cpu"),
    pytest.param(
        torch.device("cuda"),
        id="cuda",
        marks=[pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason=NO_GPU)],
    ),
]

best_choice()  # what it sets for the whole process


@contextmanager
def scarce_memory(device: torch.device, spare_bytes: int) -> Iterator[None]:
    """Inside, hardly more memory than is in use already can be had on ``device``."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        total = torch.cuda.get_device_properties(device).total_memory
        torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + spare_bytes) / total)
        try:
            yield
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)
        return
    if sys.platform != "linux":
        pytest.skip("only Linux limits a process's memory this way")
    import resource

    with open("/proc/self/statm") as statm:
        in_use = int(statm.read().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (in_use + spare_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
