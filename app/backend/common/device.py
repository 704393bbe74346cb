"""Which processor the networks run on: a GPU where one works, else the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """A device that works. ``notice`` is empty, or says in one sentence which better one failed."""

    device: torch.device
    notice: str = ""


def best_device() -> torch.device:
    """CUDA, else Apple's MPS, else the CPU; the GPU only if it has actually computed something."""
    return best_choice().device


@cache
def best_choice() -> DeviceChoice:
    """:func:`best_device` with its notice. Tried once per process: starting CUDA takes seconds.

    Convolutions in float32 then compute in float32 on a GPU as well. PyTorch would round their inputs to 10 bits, TF32,
    and the page shows values with six digits.
    """
    torch.backends.cudnn.allow_tf32 = False
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return first_working([torch.device(name) for name, there in available.items() if there])


def first_working(candidates: Sequence[torch.device]) -> DeviceChoice:
    """The first candidate that computes a convolution, or the CPU where none does."""
    failed: list[str] = []
    for device in candidates:
        reason = _failure(device)
        if not reason:
            return _choice(device, failed)
        failed.append(f"{device} ({reason})")
    return _choice(torch.device("cpu"), failed)


def _choice(device: torch.device, failed: list[str]) -> DeviceChoice:
    return DeviceChoice(device, f"{device} is used, because this failed: {', '.join(failed)}." if failed else "")


def _failure(device: torch.device) -> str:
    """Why ``device`` cannot compute; empty if it can. A driver may load and fail only at its first kernel."""
    try:
        x = torch.ones(1, 3, 8, 8, device=device)
        F.conv2d(x, torch.ones(4, 3, 3, 3, device=device)).cpu()  # back to the CPU: kernels run asynchronously
    except (RuntimeError, AssertionError) as error:  # a build without CUDA raises AssertionError
        lines = str(error).strip().splitlines()
        return lines[0].rstrip(".") if lines else type(error).__name__
    return ""


def device_name(device: torch.device) -> str:
    """For people: ``CPU, 2 threads``, or the GPU's name."""
    match device.type:
        case "cpu":
            threads = torch.get_num_threads()
            return f"CPU, {threads} thread{'s' if threads != 1 else ''}"
        case "cuda":
            return torch.cuda.get_device_name(device)
        case "mps":
            return "Apple GPU (Metal)"
        case other:
            return other


def has_bfloat16(device: torch.device) -> bool:
    """Whether the hardware itself computes in bfloat16; elsewhere it is emulated and slower than float32."""
    match device.type:
        case "cpu":
            if not hasattr(torch.cpu, "get_capabilities"):  # an older PyTorch, which does not say
                return False
            return any(torch.cpu.get_capabilities().get(name) for name in ("amx_bf16", "avx512_bf16", "bf16"))
        case "cuda":
            return torch.cuda.get_device_capability(device) >= (8, 0)
        case _:
            return False
