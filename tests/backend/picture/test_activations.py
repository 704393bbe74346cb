"""Oracles: forward hooks on a private copy, torchvision's create_feature_extractor, numpy, and pencil and paper."""

from __future__ import annotations

import copy
import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, fx, nn
from torchvision.models.feature_extraction import create_feature_extractor

from app.backend.picture.activations import Prepared, channel_statistics, model_for, output_parts, prepare, top_classes
from inception_models import ARCHITECTURES, build
from inception_models.arch.spec import Arch, Branch, Repeat
from inception_models.edits.input_output import runs, smallest_input, without_aux
from inception_models.edits.toggles import with_activation
from inception_models.edits.widths import scaled
from inception_models.net.builder import Network
from tests.models.representative import ONE_OF_A_KIND

CPU = torch.device("cpu")
BN = nn.modules.batchnorm._BatchNorm


def narrow(key: str) -> Arch:
    """A variant at a quarter of its widths: every path stays, a test takes a tenth of the time."""
    return scaled(ARCHITECTURES[key], 0.25)


def lived_in(arch: Arch, seed: int = 0) -> Network:
    """A network whose BatchNorm has seen data, so that folding it changes every weight."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        net = build(arch)
        for module in net.modules():
            if isinstance(module, BN):
                assert module.running_mean is not None
                assert module.running_var is not None
                module.running_mean.normal_(0, 0.2)
                module.running_var.uniform_(0.5, 2)
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(0, 0.2)
    return net


def picture(size: int, seed: int = 0) -> Tensor:
    return torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed))


def small(arch: Arch) -> int:
    """An input size, in pixels, at which the last grids still have a few cells."""
    arch = without_aux(arch)
    start = min(smallest_input(arch) + 40, arch.input_size)
    return next(size for size in range(start, arch.input_size + 1) if runs(replace(arch, input_size=size)))


def hooked(net: Network, x: Tensor, paths: list[str]) -> tuple[Tensor, dict[str, Tensor]]:
    """Logits and outputs as hooks on a private copy see them."""
    own = copy.deepcopy(net).eval()
    seen: dict[str, Tensor] = {}

    def hook(path: str) -> Callable[[nn.Module, object, Tensor], None]:
        return lambda _module, _inputs, out: seen.__setitem__(path, out[0].clone())

    for path in paths:
        own.get_submodule(path).register_forward_hook(hook(path))
    with torch.no_grad():
        return own(x)[0], seen


def apart(got: Tensor, want: Tensor) -> float:
    """The largest difference, in units of the largest value where that exceeds one."""
    assert got.shape == want.shape
    return ((got - want).abs().max() / want.abs().max().clamp(min=1)).item()


@pytest.mark.parametrize("key", ONE_OF_A_KIND)
def test_every_output_is_what_hooks_see(key: str) -> None:
    arch = narrow(key)
    net = lived_in(arch)
    x = picture(small(arch))
    paths = list(output_parts(arch))
    logits, seen = hooked(net, x, paths)

    plain = prepare(net, device=CPU, fast=False).run(x, only=paths)
    assert torch.equal(plain.logits, logits)
    assert [path for path in paths if not torch.equal(plain.outputs[path], seen[path])] == []

    fast = prepare(net, device=CPU).run(x, only=paths)
    assert apart(fast.logits, logits) < 1e-3
    assert {path: far for path in paths if not (far := apart(fast.outputs[path], seen[path])) < 1e-3} == {}


@pytest.mark.parametrize("activation", ["leaky_relu", "gelu", "hardswish"])
def test_other_activations_may_be_overwritten_too(activation: str) -> None:
    arch = with_activation(narrow("xception"), activation)  # some come before the convolution
    net = lived_in(arch)
    x = picture(small(arch))
    logits, seen = hooked(net, x, list(output_parts(arch)))
    fast = prepare(net, device=CPU).run(x, only=list(seen))
    assert apart(fast.logits, logits) < 1e-3
    assert all(apart(fast.outputs[path], want) < 1e-3 for path, want in seen.items())


def test_branches_equal_torchvisions_feature_extractor() -> None:
    net = lived_in(narrow("googlenet_torchvision")).eval()
    x = picture(96)
    got = prepare(net, device=CPU, fast=False).run(x)
    extractor = create_feature_extractor(
        net, train_return_nodes=["fc"], eval_return_nodes=[*got.branches], suppress_diff_warning=True
    )
    with torch.no_grad():
        want = extractor.eval()(x)
    assert len(want) == 36
    assert all(torch.equal(got.branches[path], want[path][0]) for path in want)


# --- which outputs ---------------------------------------------------------------------------------------------------


def test_by_default_every_stage_and_every_branch_is_kept() -> None:
    arch = narrow("inception_resnet_v1")
    got = prepare(lived_in(arch), device=CPU).run(picture(small(arch)))
    assert [*got.stages] == [stage.name for stage in arch.stages]
    assert [*got.branches] == [path for path, part in output_parts(arch).items() if isinstance(part, Branch)]
    assert "block35.4.branch3x3" in got.branches
    assert [*got.outputs] == [path for path in output_parts(arch) if path in {*got.stages, *got.branches}]
    assert torch.equal(got.outputs["block35"], got.stages["block35"])


def test_parts_are_the_specs_own_and_copies_are_numbered() -> None:
    arch = ARCHITECTURES["inception_resnet_v1"]
    every = output_parts(arch)
    repeat = next(stage for stage in arch.stages if isinstance(stage, Repeat))
    assert every["block35"] is repeat
    assert every["block35.0"] is every["block35.4"] is repeat.block
    assert every["block35.4.branch3x3"] is repeat.block.branches[1]
    assert "block35.5" not in every


PATHS_KEPT: list[tuple[list[str], list[str], list[str]]] = [
    # only                                        stages           branches
    ([],                                          [],              []),
    (["inception4e"],                             ["inception4e"], []),
    (["inception4e.branch5x5", "conv1"],          ["conv1"],       ["inception4e.branch5x5"]),
    (["inception4e.branch5x5.reduce"],            [],              []),
    (["fc", "fc"],                                ["fc"],          []),
]  # fmt: skip


@pytest.mark.parametrize("only, stages, branches", PATHS_KEPT)
def test_only_what_is_asked_for_is_kept(only: list[str], stages: list[str], branches: list[str]) -> None:
    prepared = prepare(lived_in(narrow("googlenet_bn")), device=CPU)
    got = prepared.run(picture(64), only=only)
    assert ([*got.stages], [*got.branches]) == (stages, branches)
    assert {*got.outputs} == {*only}
    assert torch.equal(got.logits, prepared.run(picture(64)).logits)


def test_outputs_are_contiguous_float32_without_the_batch() -> None:
    got = prepare(lived_in(narrow("googlenet_bn")), device=CPU).run(picture(64))
    assert got.stages["conv1"].shape == (16, 32, 32)
    assert got.logits.shape == got.stages["fc"].shape == (1000,)
    assert torch.equal(got.logits, got.stages["fc"])
    every = [got.logits, *got.outputs.values()]
    assert {(t.dtype, t.device.type, t.is_contiguous()) for t in every} == {(torch.float32, "cpu", True)}


@pytest.mark.parametrize(
    "shape, only, sentence",
    [
        ((2, 3, 64, 64), None, "One square picture [1, 3, S, S] is needed, not [2, 3, 64, 64]."),
        ((3, 64, 64), None, "One square picture [1, 3, S, S] is needed, not [3, 64, 64]."),
        ((1, 1, 64, 64), None, "One square picture [1, 3, S, S] is needed, not [1, 1, 64, 64]."),
        ((1, 3, 64, 65), None, "One square picture [1, 3, S, S] is needed, not [1, 3, 64, 65]."),
        ((1, 3, 20, 20), None, "a larger input size would"),
        ((1, 3, 90, 90), ["Mixed_6b.branch7"], "did you mean Mixed_6b.branch7x7"),
        ((1, 3, 90, 90), ["aux"], "'aux' is not the path of an output in this network"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_sentence(
    shape: tuple[int, ...], only: list[str] | None, sentence: str
) -> None:
    prepared = prepare(lived_in(narrow("inception_v3")), device=CPU)
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the sentence is compared below
        prepared.run(torch.zeros(shape), only=only)
    assert sentence in str(caught.value)


# --- the given network ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fast", [False, True])
def test_the_given_network_stays_as_it_was(fast: bool) -> None:
    net = lived_in(narrow("googlenet_bn"))
    net.inception3a.eval()
    before = copy.deepcopy(net)
    prepare(net, device=CPU, dtype=torch.bfloat16, fast=fast).run(picture(64))

    assert [m.training for m in net.modules()] == [m.training for m in before.modules()]
    assert [type(m) for m in net.modules()] == [type(m) for m in before.modules()]
    assert [getattr(m, "inplace", None) for m in net.modules()] == [
        getattr(m, "inplace", None) for m in before.modules()
    ]
    for (name, now), (_, then) in zip(net.state_dict().items(), before.state_dict().items(), strict=True):
        assert now.dtype == then.dtype, name
        assert now.stride() == then.stride(), name
        assert torch.equal(now, then), name
    assert all(parameter.requires_grad for parameter in net.parameters())


@pytest.mark.parametrize("fast", [False, True])
def test_what_is_prepared_is_a_snapshot(fast: bool) -> None:
    net = lived_in(narrow("googlenet"))
    prepared = prepare(net, device=CPU, fast=fast)
    before = prepared.run(picture(64)).logits
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
    assert torch.equal(prepared.run(picture(64)).logits, before)


# --- many threads ----------------------------------------------------------------------------------------------------


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[path], other[path]) for path in one)


def all_outputs(prepared: Prepared, seed: int) -> dict[str, Tensor]:
    return dict(prepared.run(picture(80, seed)).outputs)


@pytest.mark.parametrize("fast", [False, True])
def test_eight_threads_never_mix_their_captures(fast: bool) -> None:
    prepared = prepare(lived_in(narrow("googlenet_bn")), device=CPU, fast=fast)
    alone = {seed: all_outputs(prepared, seed) for seed in range(8)}
    assert not same(alone[0], alone[1])
    together = threading.Barrier(8)

    def work(seed: int) -> list[bool]:
        together.wait()
        return [same(all_outputs(prepared, seed), alone[seed]) for _ in range(4)]

    with ThreadPoolExecutor(8) as pool:
        results = [*pool.map(work, range(8))]
    assert results == [[True] * 4] * 8


def test_a_trace_in_another_thread_disturbs_nothing() -> None:
    """torch.fx replaces nn.Module.__call__ for the whole process while it traces."""
    net = lived_in(narrow("googlenet_bn"))
    prepared = prepare(net, device=CPU)
    alone = all_outputs(prepared, 0)
    done = threading.Event()
    runs: list[bool] = []

    class Slow(nn.Module):
        """A module whose trace lasts until the runs are done."""

        def forward(self, x: Tensor) -> Tensor:
            done.wait()
            return x

    tracing = threading.Thread(target=fx.symbolic_trace, args=(nn.Sequential(Slow()),))
    patched = nn.Module.__call__
    tracing.start()
    try:
        while nn.Module.__call__ is patched and tracing.is_alive():
            done.wait(0.001)
        for _ in range(3):
            runs.append(same(all_outputs(prepare(net, device=CPU), 0), alone))
            runs.append(same(all_outputs(prepared, 0), alone))
    finally:
        done.set()
        tracing.join()
    assert runs == [True] * 6


# --- progress and cancelling -----------------------------------------------------------------------------------------


def test_progress_grows_to_one_and_is_told_after_every_stage_and_copy() -> None:
    arch = narrow("inception_resnet_v1")
    shares: list[float] = []
    prepare(lived_in(arch), device=CPU).run(picture(small(arch)), only=(), on_progress=shares.append)
    assert shares == sorted(set(shares))
    assert shares[-1] == 1.0
    copies = 5 + 10 + 5
    stages = len(arch.stages) - 3  # the three repeats are told copy by copy
    assert len(shares) == copies + stages - 1  # dropout does nothing


class Cancelled(Exception):
    pass


def test_an_exception_from_on_progress_ends_the_run() -> None:
    prepared = prepare(lived_in(narrow("googlenet_bn")), device=CPU)
    before = all_outputs(prepared, 0)
    told: list[float] = []

    def stop(share: float) -> None:
        told.append(share)
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        prepared.run(picture(80), on_progress=stop)
    assert sum(share > 0.5 for share in told) == 1
    assert not torch.is_inference_mode_enabled()
    assert same(all_outputs(prepared, 0), before)


def test_bfloat16_is_near() -> None:
    net = lived_in(narrow("googlenet_bn"))
    want = prepare(net, device=CPU).run(picture(96))
    got = prepare(net, device=CPU, dtype=torch.bfloat16).run(picture(96))
    assert got.logits.dtype == torch.float32
    assert 0 < apart(got.logits, want.logits) < 0.05
    assert all(apart(got.outputs[path], want.outputs[path]) < 0.05 for path in want.outputs)


# --- random weights --------------------------------------------------------------------------------------------------


def test_random_weights_depend_on_the_seed_alone() -> None:
    arch = narrow("googlenet_bn")
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = model_for(arch, 7)
    assert torch.equal(torch.get_rng_state(), state)
    assert model_for(arch, 7) is first
    model_for.cache_clear()
    torch.manual_seed(2)
    with ThreadPoolExecutor(2) as pool:
        again, other = pool.map(model_for, (arch, arch), (7, 8))
    assert same(again.state_dict(), first.state_dict())
    assert not torch.equal(other.conv1.conv.weight, first.conv1.conv.weight)
    assert not first.training


def test_few_networks_are_kept() -> None:
    arch = narrow("googlenet_bn")
    for seed in range(4):
        model_for(arch, seed)
    assert model_for.cache_info().currsize == model_for.cache_info().maxsize <= 4


@pytest.mark.parametrize(
    "key", ["googlenet", "googlenet_bn", "inception_resnet_v1_facenet", "inception_v3", "xception"]
)
def test_random_weights_are_hes_and_leave_nothing_out(key: str) -> None:
    net = model_for(narrow(key))
    got, usual = net.state_dict(), build(narrow(key)).state_dict()
    assert got.keys() == usual.keys()
    for name, weights in got.items():
        owner = net.get_submodule(name.rpartition(".")[0])
        if isinstance(owner, nn.Conv2d | nn.Linear) and name.endswith("weight"):
            he = math.sqrt(2 / (weights.numel() / weights.shape[0]))
            unsure = 5 / math.sqrt(weights.numel())
            assert weights.std().item() == pytest.approx(he, rel=unsure), name
            assert abs(weights.mean().item()) < he * unsure, name
        else:
            assert torch.equal(weights, usual[name]), name


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_channel_statistics_are_numpys() -> None:
    maps = picture(9)[0].relu()
    maps[1] = 0
    got = channel_statistics(maps)
    array = maps.numpy()
    np.testing.assert_allclose(got.mean, array.mean((1, 2)), rtol=1e-6)
    np.testing.assert_allclose(got.std, array.std((1, 2)), rtol=1e-6)
    np.testing.assert_array_equal(got.max, array.max((1, 2)))
    np.testing.assert_allclose(got.zeros, (array == 0).mean((1, 2)), rtol=1e-6)
    assert got.dead.tolist() == [False, True, False]


def test_channel_statistics_of_a_vector_are_its_values() -> None:
    got = channel_statistics(torch.tensor([2.0, 0.0, -1.0]))
    assert got.mean.tolist() == got.max.tolist() == [2, 0, -1]
    assert got.std.tolist() == [0, 0, 0]
    assert got.zeros.tolist() == [0, 1, 0]
    assert got.dead.tolist() == [False, True, False]


@pytest.mark.parametrize(
    "probabilities, k, want",
    [
        ((0.1, 0.2, 0.7), 2, [(2, 0.7), (1, 0.2)]),
        ((0.7, 0.2, 0.1), 9, [(0, 0.7), (1, 0.2), (2, 0.1)]),
        ((0.25, 0.25, 0.25, 0.25), 3, [(0, 0.25), (1, 0.25), (2, 0.25)]),
        ((1.0,), 5, [(0, 1.0)]),
    ],
)
def test_top_classes(probabilities: tuple[float, ...], k: int, want: list[tuple[int, float]]) -> None:
    got = top_classes(torch.tensor(probabilities).log() + 100, k)
    assert [index for index, _ in got] == [index for index, _ in want]
    assert [share for _, share in got] == pytest.approx([share for _, share in want], abs=1e-5)
