"""Oracles: Grad-CAM and integrated gradients written out by hand in plain torch, and a loop that covers the picture."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import Tensor

from app.backend.common.jobs import Cancelled
from app.backend.picture.activations import model_for, prepare
from app.backend.picture.attribution import grad_cam, integrated_gradients, occlusion
from app.backend.picture.private_copy import private_copy
from inception_models import ARCHITECTURES
from inception_models.edits.input_output import with_classes
from inception_models.edits.widths import scaled
from inception_models.net.builder import Network

CPU = torch.device("cpu")


def net_of(key: str) -> Network:
    return model_for(with_classes(scaled(ARCHITECTURES[key], 0.25), 10))


def picture(size: int, seed: int = 0) -> Tensor:
    return torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed))


def grad_cam_by_hand(net: Network, x: Tensor, target: int, path: str) -> Tensor:
    """Selvaraju et al. 2017, equations 1 and 2."""
    own = copy.deepcopy(net)
    kept: list[Tensor] = []
    own.get_submodule(path).register_forward_hook(lambda _m, _i, out: kept.append(out))
    logits = own(x)
    (gradient,) = torch.autograd.grad(logits[0, target], kept[0])
    maps, weights = kept[0][0].detach(), gradient[0].mean((1, 2))
    return torch.einsum("chw,c->hw", maps, weights).relu()


@pytest.mark.parametrize(
    "key, path",
    [
        ("googlenet_bn", "conv1"),
        ("googlenet_bn", "inception4a"),
        ("googlenet_bn", "inception5b.branch3x3"),
        ("inception_resnet_v1", "block35"),
        ("inception_resnet_v1", "block35.2"),
        ("xception", "block12"),
    ],
)
def test_grad_cam_is_the_papers(key: str, path: str) -> None:
    net = net_of(key)
    x = picture(96)
    for target in (0, 7):
        got, want = grad_cam(net, x, target, path), grad_cam_by_hand(net, x, target, path)
        assert got.shape == want.shape
        assert got.min() >= 0
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5 * float(want.max()) + 1e-12)


def test_grad_cam_of_a_vector_is_refused() -> None:
    with pytest.raises(ValueError, match="fc outputs a vector; Grad-CAM needs maps"):
        grad_cam(net_of("googlenet_bn"), picture(64), 0, "fc")


def test_integrated_gradients_are_the_integral() -> None:
    net, x, target, steps = net_of("googlenet_bn"), picture(64), 3, 8
    baseline = torch.full_like(x, -1.0)
    shares: list[float] = []
    got = integrated_gradients(net, x, target, baseline, steps=steps, on_progress=shares.append)

    points, weights = np.polynomial.legendre.leggauss(steps)
    total = torch.zeros_like(x)
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        at = (baseline + point * (x - baseline)).float().requires_grad_()
        (gradient,) = torch.autograd.grad(net(at)[0, target], at)
        total += weight * gradient
    want = ((x - baseline) * total)[0].sum(0)
    torch.testing.assert_close(got.values, want, rtol=1e-3, atol=1e-4 * float(want.abs().max()))
    with torch.no_grad():
        difference = float((net(x) - net(baseline))[0, target])
    assert got.difference == pytest.approx(difference, abs=1e-4)
    assert got.gap == pytest.approx(float(want.sum()) - difference, abs=1e-3)
    assert shares == sorted(shares)
    assert 0 == shares[0] < shares[-1] < 1


def test_occlusion_covers_every_square() -> None:
    net, x, target = net_of("googlenet_bn"), picture(64), 2
    baseline = torch.zeros_like(x)
    shares: list[float] = []
    got = occlusion(net, x, target, baseline, window_px=32, stride_px=32, on_progress=shares.append)
    with torch.no_grad():
        whole = net(x)[0, target]
        for top in (0, 32):
            for left in (0, 32):
                covered = x.clone()
                covered[..., top : top + 32, left : left + 32] = 0
                fall = float(whole - net(covered)[0, target])
                square = got[top : top + 32, left : left + 32]
                assert square.min() == square.max()
                assert float(square[0, 0]) == pytest.approx(fall, abs=1e-4)
    assert shares
    assert max(shares) <= 1


class Stop(Exception):
    pass


def test_what_on_progress_raises_ends_the_work() -> None:
    def stop(share: float) -> None:
        if share > 0:
            raise Stop

    net, x = net_of("googlenet_bn"), picture(64)
    with pytest.raises(Stop):
        integrated_gradients(net, x, 0, torch.zeros_like(x), on_progress=stop)
    with pytest.raises(Stop):
        occlusion(net, x, 0, torch.zeros_like(x), window_px=16, stride_px=16, on_progress=stop)
    assert not torch.is_inference_mode_enabled()


def test_a_private_copy_shares_weights_that_take_no_gradients() -> None:
    net = net_of("googlenet_bn")
    own = private_copy(net)
    assert [p.data_ptr() for p in own.parameters()] == [p.data_ptr() for p in net.parameters()]
    assert [b.data_ptr() for b in own.buffers()] == [b.data_ptr() for b in net.buffers()]
    assert not any(parameter.requires_grad for parameter in own.parameters())
    assert not {id(module) for module in own.modules()} & {id(module) for module in net.modules()}
    assert own.arch is net.arch


def test_eight_threads_explain_and_run_one_network_without_mixing() -> None:
    net = net_of("googlenet_bn")
    prepared = prepare(net, device=CPU)
    weights = copy.deepcopy(net.state_dict())

    def work(seed: int) -> tuple[Tensor, Tensor, Tensor]:
        x = picture(64, seed)
        maps = prepared.run(x).outputs["inception4a.branch3x3"]
        cam = grad_cam(net, x, seed, "inception4a")
        gradients = integrated_gradients(net, x, seed, torch.zeros_like(x), steps=4).values
        return maps, cam, gradients

    alone = [work(seed) for seed in range(8)]
    together = threading.Barrier(8)

    def at_once(seed: int) -> bool:
        together.wait()
        return all(torch.equal(a, b) for a, b in zip(work(seed), alone[seed], strict=True))

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(at_once, range(8))] == [True] * 8
    assert not torch.equal(alone[0][1], alone[1][1])
    assert all(torch.equal(now, weights[name]) for name, now in net.state_dict().items())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in net.parameters())
    assert not any(module._forward_hooks for module in net.modules())


@pytest.mark.parametrize("key, path", [("googlenet_bn", "inception4a"), ("inception_resnet_v1", "block35")])
def test_grad_cam_tells_its_progress_and_what_is_raised_there_ends_it_on_either_way(key: str, path: str) -> None:
    net, x = net_of(key), picture(96)
    shares: list[float] = []
    told = grad_cam(net, x, 3, path, shares.append)
    assert torch.equal(told, grad_cam(net, x, 3, path))
    stages = len(net.arch.stages)
    assert len(shares) > stages, "on the way back too"
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(1 / (2 * stages))
    for last in (1, len(shares)):
        reports = iter(range(1, last))

        def stop(_share: float, reports: Iterator[int] = reports) -> None:
            if next(reports, None) is None:
                raise Cancelled

        with pytest.raises(Cancelled):
            grad_cam(net, x, 3, path, stop)
