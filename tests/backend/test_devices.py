"""What the app computes, on every device: the same tests on the CPU and, where there is one, on a CUDA device.

The oracle is the plain network in float32 on the CPU. Tolerances are shares of an output's largest value.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from app.backend import analyze
from app.backend.common.device import device_name, first_working, has_bfloat16
from app.backend.common.dtypes import Dtype
from app.backend.common.jobs import Job, JobQueue
from app.backend.memory.inference import inference_memory
from app.backend.memory.training_step import training_step_memory
from app.backend.picture.activations import Activations, model_for, prepare
from app.backend.timing.latency import TORCH_DTYPES, measure, wait_for
from app.backend.timing.roofline import ceilings_of
from benchmarks import gpu
from inception_models import ARCHITECTURES, Arch, build
from inception_models.arch.spec import LocalResponseNorm
from inception_models.edits.input_output import with_classes, without_aux
from inception_models.edits.widths import scaled
from inception_models.net.builder import Network
from inception_models.net.layers import ChannelScale
from tests.backend.memory.live_memory import LiveMemory
from tests.devices import DEVICES, scarce_memory
from tests.models.representative import ONE_OF_A_KIND

TOLERANCES: dict[Dtype, float] = {"float32": 1e-4, "bfloat16": 0.1, "float16": 0.02}
WORK_SPACE_BYTES = 512 * 2**20  # more than cuDNN takes for one convolution
OTHER_WORK = 4  # times: what the machine does beside a test may slow either of two measurements
SPARE_BYTES = 48 * 2**20
DIM = 0.01  # times a usual picture: with random weights the maps of deep networks would leave the range of float16

FLOAT16_LIMIT = torch.finfo(torch.float16).max / 8  # what is between two layers may be larger than what leaves them

on_devices = pytest.mark.parametrize("device", DEVICES)


@cache
def narrow(key: str) -> Arch:
    return with_classes(scaled(without_aux(ARCHITECTURES[key]), 0.25), 10)


def pictures(arch: Arch, count: int = 1, seed: int = 0) -> Tensor:
    return torch.randn(count, 3, arch.input_size, arch.input_size, generator=torch.Generator().manual_seed(seed))


def share_of_largest(got: Tensor, want: Tensor) -> float:
    assert got.isfinite().all()
    return float((got - want).abs().max() / want.abs().max())


@on_devices
def test_a_device_that_works_is_taken_without_a_word(device: torch.device) -> None:
    choice = first_working([device, torch.device("cpu")])
    assert (choice.device, choice.notice) == (device, "")


@lru_cache(maxsize=1)  # of one network after the other
def on_the_cpu(key: str) -> tuple[Network, Tensor, Activations]:
    """The plain network, a picture, and what it makes of it."""
    net, x = model_for(narrow(key)), DIM * pictures(narrow(key))
    return net, x, prepare(net, device=torch.device("cpu"), fast=False).run(x)


@on_devices
@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("key", ONE_OF_A_KIND)
def test_every_branch_is_that_of_the_plain_network_on_the_cpu(key: str, dtype: Dtype, device: torch.device) -> None:
    arch = narrow(key)
    if device.type == "cpu" and dtype != "float32" and any(isinstance(s, LocalResponseNorm) for s in arch.stages):
        pytest.skip("PyTorch has no local response normalisation in 16 bits on a CPU")
    net, x, want = on_the_cpu(key)
    if dtype == "float16" and any(isinstance(module, ChannelScale) for module in net.modules()):
        pytest.skip("a layer scale starts at 1e-6, where float16 has few digits")
    if dtype == "float16" and max(out.abs().max() for out in want.outputs.values()) > FLOAT16_LIMIT:
        pytest.skip("these random weights leave the range of float16")
    got = prepare(net, device=device, dtype=TORCH_DTYPES[dtype]).run(x)
    assert share_of_largest(got.logits, want.logits) < TOLERANCES[dtype]
    for path, output in got.outputs.items():
        assert output.dtype == torch.float32
        assert output.device.type == "cpu"
        assert share_of_largest(output, want.outputs[path]) < TOLERANCES[dtype], path


@on_devices
def test_channels_stay_together_in_memory_to_the_last_map(device: torch.device) -> None:
    arch = narrow("inception_v3")
    prepared = prepare(model_for(arch), device=device)
    kept = prepared._compute(pictures(arch), [stage.name for stage in arch.stages[:-2]], None)
    for name, maps in kept.items():
        assert maps.device.type == device.type
        if maps.ndim == 4 and min(maps.shape[1:]) > 1:
            assert maps.is_contiguous(memory_format=torch.channels_last), name


@on_devices
def test_two_people_on_one_device_do_not_disturb_each_other(device: torch.device) -> None:
    arch = narrow("googlenet_bn")
    prepared = prepare(model_for(arch), device=device)
    theirs = [pictures(arch, seed=seed) for seed in range(8)]
    alone = [prepared.run(x) for x in theirs]
    with ThreadPoolExecutor(4) as people:
        together = list(people.map(prepared.run, theirs * 3))
    for got, want in zip(together, alone * 3, strict=True):
        for path, output in got.outputs.items():
            assert share_of_largest(output, want.outputs[path]) < 1e-5, path


def skip_if_emulated(dtype: Dtype, device: torch.device) -> None:
    if device.type == "cpu" and (dtype == "float16" or (dtype == "bfloat16" and not has_bfloat16(device))):
        pytest.skip(f"this processor emulates {dtype}, which takes minutes")


@on_devices
@pytest.mark.parametrize("dtype", TOLERANCES)
def test_latency_agrees_with_the_devices_own_clock(dtype: Dtype, device: torch.device) -> None:
    skip_if_emulated(dtype, device)
    arch = narrow("googlenet_bn")
    net, x = build(arch, device).to(TORCH_DTYPES[dtype]).eval(), pictures(arch, 4).to(device, TORCH_DTYPES[dtype])
    with torch.inference_mode():
        own = 1e-3 * gpu.milliseconds(lambda: net(x), device, runs=5)
    measured = measure(arch, dtype, 4, rounds=5, device=device)
    assert (measured.rounds, measured.dtype, measured.device) == (5, dtype, device_name(device))
    assert own / OTHER_WORK < measured.total.seconds < OTHER_WORK * own + 1e-3


@on_devices
@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("key", ["googlenet_bn", "inception_resnet_v1"])
def test_peak_memory_at_inference_is_the_prediction(key: str, dtype: Dtype, device: torch.device) -> None:
    arch, kind = narrow(key), TORCH_DTYPES[dtype]
    net, x = build(arch, device).to(kind).eval(), pictures(arch, 2).to(device, kind)
    predicted = inference_memory(analyze(arch), dtype, 2).peak.peak_bytes
    with torch.no_grad(), LiveMemory(ignored=(*net.parameters(), *net.buffers())) as memory:
        memory.watch(x)
        net(x)
    assert predicted == memory.peak
    with torch.no_grad():
        allocated = gpu.peak_bytes(lambda: net(x), (x, *net.parameters(), *net.buffers()), device)
    assert predicted - x.nbytes <= allocated <= 1.1 * predicted + (WORK_SPACE_BYTES if device.type == "cuda" else 0)


def training_step(arch: Arch, x: Tensor) -> None:
    net = build(arch, x.device).train()
    rule = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9)
    for _ in range(2):  # the first one makes the optimiser's state
        rule.zero_grad()
        F.cross_entropy(net(x), torch.zeros(len(x), dtype=torch.long, device=x.device)).backward()
        rule.step()
    wait_for(x.device)


@on_devices
def test_peak_memory_of_a_training_step_is_the_prediction(device: torch.device) -> None:
    arch = narrow("googlenet_bn")
    x = pictures(arch, 4).to(device)
    predicted = training_step_memory(analyze(arch), "momentum", batch=4).peak_bytes
    with LiveMemory() as memory:
        memory.watch(x)
        training_step(arch, x)
    assert predicted == pytest.approx(memory.peak, rel=0.02 if device.type == "cpu" else 0.05)
    if device.type == "cuda":
        before = torch.cuda.memory_allocated(device) - x.nbytes
        torch.cuda.reset_peak_memory_stats(device)
        training_step(arch, x)
        allocated = torch.cuda.max_memory_allocated(device) - before
        assert 0.95 * predicted <= allocated <= 1.1 * predicted + WORK_SPACE_BYTES


@on_devices
@pytest.mark.parametrize("dtype", TOLERANCES)
def test_no_layer_is_above_the_measured_ceilings(dtype: Dtype, device: torch.device) -> None:
    skip_if_emulated(dtype, device)
    ceilings = ceilings_of(dtype, device)
    kind, large = TORCH_DTYPES[dtype], device.type == "cuda"
    side, count = (4096, 2**28) if large else (512, 2**24)
    a, source = (torch.rand(*shape, device=device).to(kind) for shape in ((side, side), (count,)))
    target = torch.empty_like(source)
    product = 1e-3 * gpu.milliseconds(lambda: a @ a, device, runs=10)
    copy = 1e-3 * gpu.milliseconds(lambda: target.copy_(source), device, runs=10)
    assert 2 * side**3 / product < OTHER_WORK * ceilings.flops_per_second
    assert 2 * source.nbytes / copy < OTHER_WORK * ceilings.bytes_per_second


@on_devices
@pytest.mark.parametrize("what", ["picture", "training step"])
def test_memory_that_runs_out_is_a_sentence_and_the_next_one_has_it_again(what: str, device: torch.device) -> None:
    arch = narrow("googlenet_bn")
    x, net = pictures(arch, 256), model_for(arch)
    on_device = x.to(device)

    def many() -> None:
        if what == "picture":
            with torch.inference_mode():
                (net if device.type == "cpu" else build(arch, device).eval())(on_device)
        else:
            training_step(arch, on_device)
        wait_for(device)

    queue, job = JobQueue(), Job("ann", what, lambda _: many())
    with scarce_memory(device, SPARE_BYTES):
        queue.put(job)
        job.wait(60)
    assert job.problem.startswith("This machine has not enough free memory for it.")
    again = Job("ann", what, lambda _: prepare(net, device=device).run(x[:1]))
    queue.put(again)
    again.wait(60)
    assert again.problem == ""
    assert again.result is not None
    want = prepare(net, device=torch.device("cpu"), fast=False).run(x[:1])
    assert share_of_largest(again.result.logits, want.logits) < TOLERANCES["float32"]


@on_devices
@pytest.mark.parametrize("dtype", TOLERANCES)
def test_the_benchmark_measures_every_column(dtype: Dtype, device: torch.device) -> None:
    skip_if_emulated(dtype, device)
    row = gpu.row(narrow("googlenet_bn"), dtype, 2, device, runs=2)
    assert (row.pop("network"), row.pop("format"), row.pop("batch")) == ("googlenet_bn", dtype, 2)
    if device.type == "cpu":
        assert row.pop("CUDA graph ms") == "-"
    off, peak, predicted = (row.pop(name) for name in ("off by", "peak MiB", "predicted MiB"))
    assert float(off) < TOLERANCES[dtype]
    assert float(peak) >= float(predicted) > 0
    assert all(float(value) > 0 for value in row.values())


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_gpu_the_benchmark_says_so_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert gpu.run() == {}
    assert capsys.readouterr().out == "gpu: there is no CUDA device here, so nothing was measured.\n"
    choice = first_working([torch.device("cuda"), torch.device("cpu")])
    assert choice.device == torch.device("cpu")
    assert choice.notice.startswith("cpu is used, because this failed: cuda (")
