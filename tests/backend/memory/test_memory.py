"""The memory model against real runs, in which every storage is watched from its making to its end."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from app.backend import Analysis, analyze
from app.backend.common.dtypes import Dtype
from app.backend.memory.inference import Optimizer, inference_memory
from app.backend.memory.training_step import training_step_memory
from inception_models import ARCHITECTURES, Arch, build
from inception_models.arch.spec import Branch, Conv, GlobalPool, Inception, Linear, Unit
from inception_models.edits.input_output import with_input_size, without_aux
from inception_models.edits.widths import scaled
from tests.backend.memory.live_memory import LiveMemory

VARIANTS = list(ARCHITECTURES.values())


# Its peak lies where branches are joined and their gradients added up. While somebody watches, PyTorch adds them out of
# place, so the watched run takes up to one such tensor more than a usual one.
WIDE = Arch(
    "wide",
    ARCHITECTURES["googlenet_bn"].about,
    Unit(),
    (
        Conv("stem", 32),
        Inception("block", tuple(Branch(f"b{i}", (Conv("reduce", 32), Conv("conv", 32, (3, 3)))) for i in range(4))),
        Inception("last", tuple(Branch(f"b{i}", (Conv("conv", 64),)) for i in range(4))),
        GlobalPool("pool"),
        Linear("fc"),
    ),
    input_size=32,
    classes=10,
)


def narrow(key: str, factor: float = 0.1) -> Arch:
    return scaled(ARCHITECTURES[key], factor)


def tensors(net: nn.Module) -> list[Tensor]:
    return [*net.parameters(), *net.buffers()]


# --- inference -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arch", VARIANTS, ids=lambda arch: arch.key)
def test_inference_peak_is_that_of_a_real_run_to_the_byte_for_the_network_and_every_stage(arch: Arch) -> None:
    arch = without_aux(scaled(arch, 0.05))
    net = build(arch).eval()
    x = picture = torch.rand(1, 3, arch.input_size, arch.input_size)
    analysis = analyze(arch)
    with torch.no_grad():
        for stage in analysis.stages:
            with LiveMemory(ignored=tensors(net)) as memory:
                memory.watch(x)
                x = net.get_submodule(stage.name)(x)
            assert stage.peak_elements * 4 == memory.peak, stage.name
        with LiveMemory(ignored=tensors(net)) as memory:
            memory.watch(picture)
            net(picture)
    predicted = inference_memory(analysis)
    assert predicted.peak.peak_bytes == analysis.peak_elements * 4 == memory.peak
    assert predicted.weights == sum(p.nbytes for p in net.parameters())
    assert predicted.buffers == sum(b.nbytes for b in net.buffers())


@pytest.mark.parametrize("dtype, batch", [("bfloat16", 1), ("bfloat16", 3), ("float32", 2)])
@pytest.mark.parametrize("key", ["googlenet_bn", "inception_v2_slim"])
def test_inference_peak_in_other_formats_and_batches(key: str, dtype: Dtype, batch: int) -> None:
    arch = without_aux(narrow(key))
    kind = {"bfloat16": torch.bfloat16, "float32": torch.float32}[dtype]
    net = build(arch).to(kind).eval()
    picture = torch.rand(batch, 3, arch.input_size, arch.input_size).to(kind)
    with torch.no_grad(), LiveMemory(ignored=tensors(net)) as memory:
        memory.watch(picture)
        net(picture)
    assert inference_memory(analyze(arch), dtype, batch).peak.peak_bytes == memory.peak


def test_weights_in_int8_take_a_quarter() -> None:
    analysis = analyze(ARCHITECTURES["googlenet_bn"])
    assert inference_memory(analysis, "int8").weights * 4 == inference_memory(analysis).weights == 4 * analysis.params


# --- training --------------------------------------------------------------------------------------------------------

MAKE = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, 0.01),
    "momentum": lambda parameters: torch.optim.SGD(parameters, 0.01, momentum=0.9),
    "adam": lambda parameters: torch.optim.Adam(parameters, 0.001),
}
CASES: list[tuple[Arch, Optimizer, int]] = [
    (narrow("googlenet_bn"), "momentum", 2),
    (narrow("googlenet"), "adam", 1),
    (with_input_size(without_aux(narrow("inception_v3")), 139), "sgd", 2),
    (with_input_size(without_aux(narrow("inception_v4", 0.05)), 139), "momentum", 1),
    (narrow("inception_resnet_v2", 0.05), "adam", 2),
    (with_input_size(narrow("xception", 0.05), 139), "sgd", 2),
    (WIDE, "sgd", 1),
]


@pytest.mark.parametrize("arch, optimizer, batch", CASES, ids=lambda case: getattr(case, "key", str(case)))
def test_training_memory_is_that_of_a_real_step(arch: Arch, optimizer: Optimizer, batch: int) -> None:
    net = build(arch).train()
    pictures = torch.rand(batch, 3, arch.input_size, arch.input_size)
    rule = MAKE[optimizer](net.parameters())
    step(net, pictures, rule)  # the first step makes the optimiser's state
    gradients = sum(p.grad.nbytes for p in net.parameters() if p.grad is not None)
    rule.zero_grad()
    state = [v for s in rule.state.values() for v in s.values() if isinstance(v, Tensor)]
    with LiveMemory() as memory:
        for tensor in (*tensors(net), *state, pictures):
            memory.watch(tensor)
        step(net, pictures, rule)
    predicted = training_step_memory(analyze(arch), optimizer, "float32", batch)
    assert predicted.saved == saved_bytes(net, pictures)
    assert predicted.gradients == gradients == predicted.weights
    assert predicted.optimizer_state == sum(v.nbytes for v in state if v.dim())
    assert predicted.peak_bytes == pytest.approx(memory.peak, rel=0.05 if arch is WIDE else 0.01)
    assert predicted.working > 0


def step(net: nn.Module, pictures: Tensor, rule: torch.optim.Optimizer) -> None:
    rule.zero_grad()
    outputs = net(pictures)
    labels = torch.zeros(len(pictures), dtype=torch.long)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    torch.stack([F.cross_entropy(out, labels) for out in outputs]).sum().backward()
    rule.step()


def saved_bytes(net: nn.Module, pictures: Tensor) -> int:
    """Bytes of all storages that autograd saves, each once, without those of the network itself."""
    own = {tensor.untyped_storage()._cdata for tensor in tensors(net)}
    storages: dict[int, torch.UntypedStorage] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            storages[storage._cdata] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        outputs = net(pictures)
    del outputs
    return sum(storage.nbytes() for storage in storages.values())


def test_a_larger_batch_multiplies_what_is_saved_and_nothing_else() -> None:
    analysis: Analysis = analyze(replace(ARCHITECTURES["googlenet_plain"], aux=()))  # no statistics of a batch
    one, four = training_step_memory(analysis, "adam"), training_step_memory(analysis, "adam", batch=4)
    assert four.saved == 4 * one.saved
    assert (four.weights, four.gradients, four.optimizer_state) == (one.weights, one.gradients, one.optimizer_state)


def test_nothing_is_trained_in_int8() -> None:
    with pytest.raises(ValueError, match="int8"):
        training_step_memory(analyze(ARCHITECTURES["googlenet"]), dtype="int8")
