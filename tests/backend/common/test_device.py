"""The meta device plays a GPU that is available and fails at first use: tensors can be made on it, never read."""

from __future__ import annotations

import pytest
import torch

from app.backend.common.device import best_choice, best_device, device_name, first_working, has_bfloat16

CPU, BROKEN = torch.device("cpu"), torch.device("meta")


@pytest.mark.parametrize("candidates", [[BROKEN, CPU], [BROKEN], [BROKEN, BROKEN, CPU]])
def test_a_device_that_fails_at_first_use_is_passed_over_with_a_sentence(candidates: list[torch.device]) -> None:
    choice = first_working(candidates)
    assert choice.device == CPU
    assert choice.notice.startswith("cpu is used, because this failed: meta (")
    assert choice.notice.endswith(").")
    assert "\n" not in choice.notice


def test_nothing_is_said_where_the_first_works() -> None:
    assert first_working([CPU, BROKEN]) == first_working([]) == first_working([CPU])
    assert first_working([CPU]).notice == ""


def test_the_best_device_computes() -> None:
    device = best_device()
    assert device == best_choice().device
    assert not torch.backends.cudnn.allow_tf32, "float32 is float32 on a GPU too"
    assert (torch.ones(2, 2, device=device) @ torch.ones(2, 2, device=device)).tolist() == [[2, 2], [2, 2]]
    assert device_name(device)
    assert isinstance(has_bfloat16(device), bool)


@pytest.mark.parametrize("threads, words", [(1, "CPU, 1 thread"), (3, "CPU, 3 threads")])
def test_the_cpu_is_described_with_its_threads(threads: int, words: str) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert device_name(CPU) == words
    finally:
        torch.set_num_threads(before)


def test_bfloat16_is_claimed_only_where_the_processor_says_so() -> None:
    flags = {name for name, there in torch.cpu.get_capabilities().items() if there is True}
    assert has_bfloat16(CPU) == bool(flags & {"amx_bf16", "avx512_bf16", "bf16"})
    assert not has_bfloat16(BROKEN)
