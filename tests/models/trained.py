"""Small networks of every variant that behave as trained ones do: every number matters, none is zero or one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import torch
from torch import Tensor

from inception_models import ARCHITECTURES, Arch, build
from inception_models.edits.depth import repeats, with_repeats
from inception_models.edits.input_output import runs
from inception_models.edits.widths import scaled
from inception_models.net.builder import Network
from inception_models.resize import LayerChange, resize

CLASSES = 7
EXACT = 1e-9  # in float64, where rounding alone makes some 1e-14


@cache
def small(key: str) -> Arch:
    """The variant with a twentieth of its filters, two copies in each group, 7 classes, a small picture."""
    arch = replace(scaled(ARCHITECTURES[key], 0.05, 4), classes=CLASSES)
    arch = with_repeats(arch, dict.fromkeys(repeats(arch), 2))
    sizes = (replace(arch, input_size=size) for size in range(min(64, arch.input_size), arch.input_size + 1))
    return next(arch for arch in sizes if runs(arch))


@cache
def trained(arch: Arch) -> Network:
    """A network of ``arch`` in float64, the same every time. Nobody may change it."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        net = build(arch).double().eval()
        for name, tensor in net.state_dict().items():
            match name.rpartition(".")[2]:
                case "running_var":
                    tensor.uniform_(0.5, 2.0)
                case "weight" if tensor.ndim == 1:
                    tensor.uniform_(-1.5, 1.5)
                case "bias" | "running_mean":
                    tensor.uniform_(-0.3, 0.3)
    return net


def from_state(arch: Arch, state: dict[str, Tensor]) -> Network:
    net = build(arch).double().eval()
    net.load_state_dict(state)
    return net


def picture(arch: Arch) -> Tensor:
    return torch.randn(
        2, 3, arch.input_size, arch.input_size, dtype=torch.float64, generator=torch.Generator().manual_seed(2)
    )


def outputs(net: Network) -> tuple[Tensor, ...]:
    """Logits, then those of every auxiliary head, all without dropout and with the statistics of BatchNorm."""
    x = picture(net.arch)
    taps: dict[str, Tensor] = {}
    hooks = [
        net.get_submodule(head.tap).register_forward_hook(lambda _, __, out, tap=head.tap: taps.update({tap: out}))
        for head in net.arch.aux
    ]
    with torch.inference_mode():
        logits = net(x)
        heads = [net.get_submodule(head.name)(taps[head.tap]) for head in net.arch.aux]
    for hook in hooks:
        hook.remove()
    return logits, *heads


def difference(a: tuple[Tensor, ...], b: tuple[Tensor, ...]) -> float:
    """The largest between any two outputs, relative to their size, which must be one worth comparing."""
    assert len(a) == len(b)
    assert all(x.shape == y.shape for x, y in zip(a, b, strict=True))
    assert all(1e-4 < x.std() < 1e4 for x in a), [float(x.std()) for x in a]
    return max(float((x - y).abs().max() / x.abs().max()) for x, y in zip(a, b, strict=True))


def carried(arch: Arch, edit: Arch) -> tuple[float, list[LayerChange]]:
    """How far the outputs of the edited network are from the old ones, and what changed."""
    net = trained(arch)
    result = resize(net.state_dict(), arch, edit)
    changes = [change for change in result.changes if change.kind != "kept"]
    return difference(outputs(net), outputs(from_state(edit, result.state))), changes


def kinds(changes: Iterable[LayerChange]) -> set[tuple[str, str]]:
    return {(change.path, change.kind) for change in changes}


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)
