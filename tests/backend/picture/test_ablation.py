"""Oracle: forward hooks that put zeros in the place of an output, on a copy of the network, in plain torch."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from app.backend.picture.ablation import Ablation, logits_without
from app.backend.picture.activations import model_for
from inception_models import ARCHITECTURES
from inception_models.arch.spec import Arch, Branch, Inception
from inception_models.edits.widths import scaled
from inception_models.net.builder import Network


def picture(size: int = 96) -> Tensor:
    return torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(3))


def hooked(net: Network, x: Tensor, path: str, channel: int | None) -> Tensor:
    def silence(_module: nn.Module, _inputs: object, out: Tensor) -> Tensor:
        out = out.clone()
        out[:, slice(None) if channel is None else channel] = 0
        return out

    own = copy.deepcopy(net).eval()
    own.get_submodule(path).register_forward_hook(silence)
    with torch.no_grad():
        return own(x)[0]


def narrow(key: str) -> Arch:
    return scaled(ARCHITECTURES[key], 0.25)


CASES = [
    ("googlenet", "conv1_7x7_s2", 3),
    ("googlenet", "inception3a.branch3x3", None),
    ("googlenet_bn", "inception4c", 5),
    ("googlenet_bn", "inception5b.branch_pool", 0),
    ("inception_v3", "Mixed_6b.branch7x7", None),
    ("inception_resnet_v1", "block35.3.branch3x3", None),
    ("inception_resnet_v1", "block35.3", 2),
    ("inception_resnet_v1", "block35", None),
]


@pytest.mark.parametrize("key, path, channel", CASES)
def test_equals_a_hook(key: str, path: str, channel: int | None) -> None:
    net, x = model_for(narrow(key)), picture()
    before = copy.deepcopy(net.state_dict())
    got = logits_without(net, x, (Ablation(path, channel),))
    assert torch.equal(got, hooked(net, x, path, channel))
    assert not torch.equal(got, logits_without(net, x))
    with torch.no_grad():
        assert torch.equal(logits_without(net, x), net(x)[0])
    assert all(torch.equal(now, before[name]) for name, now in net.state_dict().items())
    assert "_Zeroed" not in {type(module).__name__ for module in net.modules()}


def test_a_branch_without_ops_is_silenced_alone() -> None:
    """Its output is the block's input, which the other branches go on reading."""
    arch = narrow("googlenet_bn")
    block = next(stage for stage in arch.stages if isinstance(stage, Inception))
    wide = Inception(block.name, (Branch("through", ()), *block.branches))
    stages = tuple(wide if stage is block else stage for stage in arch.stages)
    net, x = model_for(Arch(arch.key, arch.about, arch.unit, stages)), picture()
    path = f"{block.name}.through"
    got = logits_without(net, x, (Ablation(path),))
    assert torch.equal(got, hooked(net, x, path, None))
    assert not torch.equal(got, logits_without(net, x))
    assert torch.equal(logits_without(net, x, (Ablation(path, 2),)), hooked(net, x, path, 2))


def test_several_at_once() -> None:
    net, x = model_for(narrow("googlenet_bn")), picture()
    count = net.inception3a.branch1x1.conv.conv.out_channels
    each = tuple(Ablation("inception3a.branch1x1", channel) for channel in range(count))
    assert torch.equal(logits_without(net, x, each), hooked(net, x, "inception3a.branch1x1", None))


@pytest.mark.parametrize(
    "ablation, error", [(Ablation("inception9z"), AttributeError), (Ablation("conv1", 9999), IndexError)]
)
def test_what_is_not_there(ablation: Ablation, error: type[Exception]) -> None:
    with pytest.raises(error):
        logits_without(model_for(narrow("googlenet_bn")), picture(), (ablation,))


def test_it_tells_its_progress_after_every_stage() -> None:
    net, shares = model_for(narrow("googlenet_bn")), list[float]()
    zeroed = (Ablation("inception3a.branch3x3", 1), Ablation("inception4a"))
    assert torch.equal(logits_without(net, picture(), zeroed, shares.append), logits_without(net, picture(), zeroed))
    stages = len(net.arch.stages)
    assert shares == pytest.approx([(place + 1) / stages for place in range(stages)])
