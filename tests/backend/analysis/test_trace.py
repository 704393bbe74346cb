"""Traces beside forward passes: torch.fx patches every module while it traces, and no other thread must notice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from app.backend import analyze, analyze_module
from app.backend.analysis.trace import Tracer
from app.backend.picture.ablation import Ablation, logits_without
from app.backend.picture.activations import prepare
from app.backend.picture.attribution import grad_cam
from benchmarks.forget import forget
from inception_models import ARCHITECTURES, build
from inception_models.edits.widths import scaled

PLAIN = (nn.Module.__call__, nn.Module.__getattr__)


class Held(nn.Module):
    """A module whose trace lasts until ``done`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.done = threading.Event(), threading.Event()

    def forward(self, x: Tensor) -> Tensor:
        self.entered.set()
        self.done.wait()
        return x


def patched() -> bool:
    return (nn.Module.__call__, nn.Module.__getattr__) != PLAIN


def test_everything_runs_the_same_while_another_thread_is_within_a_trace() -> None:
    net = build(scaled(ARCHITECTURES["googlenet_bn"], 0.25)).eval()
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    prepared = prepare(net, device=torch.device("cpu"))
    work = {
        "the network itself": torch.inference_mode()(partial(net, x)),
        "its calls": lambda: prepared.run(x).outputs["inception4a.branch3x3"],
        "hooks on a private copy": lambda: grad_cam(net, x, 0, "inception4a"),
        "other modules in a private copy": lambda: logits_without(net, x, (Ablation("inception3a.branch3x3", 1),)),
        "a training step": lambda: gradient(net, x),
    }
    alone = {name: task() for name, task in work.items()}
    held = Held()
    tracing = threading.Thread(target=Tracer().trace, args=(nn.Sequential(held),))
    tracing.start()
    try:
        held.entered.wait()
        assert patched()
        assert {name: torch.equal(task(), alone[name]) for name, task in work.items()} == dict.fromkeys(work, True)
    finally:
        held.done.set()
        tracing.join()
    assert not patched()


def gradient(net: nn.Module, x: Tensor) -> Tensor:
    """That of the first convolution's weights."""
    weight = next(net.parameters())
    (slope,) = torch.autograd.grad(net(x).logsumexp(1).sum(), weight)
    return slope


def test_three_threads_run_exactly_while_others_trace_again_and_again() -> None:
    arch = scaled(ARCHITECTURES["googlenet_bn"], 0.25)
    net = build(arch).eval()
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    prepared = prepare(net, device=torch.device("cpu"))
    tasks = (
        torch.inference_mode()(partial(net, x)),
        lambda: prepared.run(x).logits,
        lambda: grad_cam(net, x, 0, "inception4a"),
    )
    alone = [task() for task in tasks]
    running = [threading.Event() for _ in tasks]

    def trace_stages() -> None:
        for _ in range(3):
            forget()
            analyze(ARCHITECTURES["googlenet"])

    def trace_modules() -> None:
        for _ in range(12):
            analyze_module(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), (3, 8, 8))

    with ThreadPoolExecutor(5) as pool:

        def run(number: int) -> list[bool]:
            results: list[bool] = []
            while not results or not all(tracer.done() for tracer in tracers):
                running[number].set()
                results.append(torch.equal(tasks[number](), alone[number]))
            return results

        def after_the_first_runs(trace: Callable[[], None]) -> None:
            for event in running:
                event.wait()
            trace()

        tracers = [pool.submit(after_the_first_runs, trace) for trace in (trace_stages, trace_modules)]
        results = [*pool.map(run, range(len(tasks)))]
        for tracer in tracers:
            tracer.result()  # raises what the trace raised
    assert [set(runs) for runs in results] == [{True}] * len(tasks)
    assert not patched()


def test_a_trace_waits_for_the_one_before_it() -> None:
    """Else the second would take the first one's patches for the originals and put them back for good."""
    first, second = Held(), Held()
    threads = [threading.Thread(target=Tracer().trace, args=(nn.Sequential(held),)) for held in (first, second)]
    threads[0].start()
    first.entered.wait()
    threads[1].start()
    try:
        assert not second.entered.wait(0.2)
    finally:
        for held, thread in zip((first, second), threads, strict=True):
            held.done.set()
            thread.join()
    assert second.entered.is_set()
    assert not patched()


def test_a_trace_that_fails_lets_the_next_one_begin() -> None:
    class Fails(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        Tracer().trace(Fails())
    assert not patched()
    assert len(Tracer().trace(nn.Sequential(nn.ReLU())).nodes) == 3
