"""The same weights in somebody else's network: the outputs must agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import timm
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F

from inception_models import ARCHITECTURES, build
from inception_models.net.layers import ChannelScale
from tests.models.references import CifarGoogLeNet, LucentInception5h, fid_inception
from tests.models.seeds import ArticleGoogLeNet, NotebookGoogLeNet

TOLERANCE = 1e-4

WEIGHTED = nn.Conv2d | nn.Linear | nn.BatchNorm1d | nn.BatchNorm2d | nn.LayerNorm


def torchvision_googlenet() -> nn.Module:
    return torchvision.models.googlenet(weights=None, transform_input=False, init_weights=False)


def torchvision_inception_v3() -> nn.Module:
    return torchvision.models.inception_v3(weights=None, transform_input=False, init_weights=False)


def from_timm(name: str) -> Callable[[], nn.Module]:
    return lambda: timm.create_model(name, pretrained=False)


#   our key, somebody else's network, its own input size and another
NETWORKS = (
    ("googlenet_torchvision", torchvision_googlenet, 224, 127),
    ("googlenet_cifar", CifarGoogLeNet, 32, 32),
    ("inception5h", LucentInception5h, 224, 224),
    ("inception_v3_fid", fid_inception, 299, 107),
    ("inception_v3", torchvision_inception_v3, 299, 107),
    ("inception_v3", from_timm("inception_v3"), 299, 107),
    ("inception_v4", from_timm("inception_v4"), 299, 107),
    ("inception_resnet_v2", from_timm("inception_resnet_v2"), 299, 107),
    ("xception", from_timm("legacy_xception"), 299, 106),
    ("xception41", from_timm("xception41"), 150, 106),
    ("xception65", from_timm("xception65"), 107, 97),
    ("xception71", from_timm("xception71"), 107, 97),
    ("inceptionnext_atto", from_timm("inception_next_atto"), 224, 106),
    ("inceptionnext_tiny", from_timm("inception_next_tiny"), 128, 107),
    ("inceptionnext_small", from_timm("inception_next_small"), 96, 64),
    ("inceptionnext_base", from_timm("inception_next_base"), 96, 64),
)


@torch.no_grad()
def made(make: Callable[[], nn.Module]) -> nn.Module:
    """Somebody else's network. The signal keeps its size on the way, and every number of a BatchNorm matters."""
    with torch.device("meta"):  # their own initialisation would take seconds and is not wanted
        net = make()
    net.to_empty(device="cpu")
    torch.manual_seed(0)
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
            if isinstance(module, nn.Conv2d) and module.groups > 1:
                module.weight.mul_(0.4)  # or else the signal doubles in each of Xception's residual blocks
            if module.bias is not None:
                module.bias.normal_(0, 0.1)
        if isinstance(module, nn.LayerNorm):
            module.weight.uniform_(0.5, 1.5)
            module.bias.normal_(0, 0.1)
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.uniform_(0.5, 1.5)
            module.bias.normal_(0, 0.1)
    for name, gamma in net.named_parameters():
        if name.endswith(".gamma"):
            gamma.uniform_(0.1, 0.3)
    return net.eval()


def in_order_of_use(net: nn.Module, x: Tensor) -> list[nn.Module]:
    used: list[nn.Module] = []
    hooks = [
        module.register_forward_hook(lambda m, *_: used.append(m))
        for module in net.modules()
        if isinstance(module, WEIGHTED)
    ]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return used


def weighted(net: nn.Module) -> list[nn.Module]:
    return [module for module in net.modules() if isinstance(module, WEIGHTED)]


def copy_weights(theirs: list[nn.Module], ours: list[nn.Module]) -> None:
    """One by one; a layer of another kind or shape is an error."""
    for source, target in zip(theirs, ours, strict=True):
        target.load_state_dict(source.state_dict())


def with_weights_of(theirs: nn.Module, key: str, size: int, heads: dict[str, str] | None = None) -> nn.Module:
    """Our network with the weights of theirs. ``heads``: our aux heads' names to theirs."""
    ours = build(ARCHITECTURES[key], "meta").to_empty(device="cpu").eval()
    x = torch.zeros(1, 3, size, size)
    named = {name: theirs.get_submodule(other) for name, other in (heads or {}).items()}
    in_heads = {module for head in named.values() for module in head.modules()}
    copy_weights([m for m in in_order_of_use(theirs, x) if m not in in_heads], in_order_of_use(ours, x))
    gammas = [value for name, value in theirs.named_parameters() if name.endswith(".gamma")]  # of no module's
    for gamma, scale in zip(gammas, [m for m in ours.modules() if isinstance(m, ChannelScale)], strict=True):
        scale.weight.data.copy_(gamma)
    for name, head in named.items():
        copy_weights(weighted(head), weighted(ours.get_submodule(name)))
    return ours


def assert_same(ours: Tensor, theirs: Tensor) -> None:
    """Equal, and not for want of a signal: logits differ from class to class and from picture to picture."""
    assert ours.shape == theirs.shape
    size = theirs.abs().max()
    assert 0.1 < size < 1000
    assert theirs.std() > 0.01 * size
    assert (theirs[0] - theirs[-1]).abs().max() > 0.01 * size or len(theirs) == 1
    assert (ours - theirs).abs().max() < TOLERANCE


@contextmanager
def training_outputs(*nets: nn.Module) -> Iterator[None]:
    """The networks return their aux heads' logits too, while every layer works as in evaluation."""
    for net in nets:
        net.training = True
    yield
    for net in nets:
        net.training = False


@pytest.mark.parametrize("key, make, size, other_size", NETWORKS)
def test_same_output(key: str, make: Callable[[], nn.Module], size: int, other_size: int) -> None:
    theirs = made(make)
    ours = with_weights_of(theirs, key, other_size)
    with torch.no_grad():
        for pictures, side in ((1, size), (2, other_size)):
            x = torch.randn(pictures, 3, side, side)
            assert_same(ours(x), theirs(x))


@pytest.mark.parametrize(
    "key, make, size, heads",
    [
        ("googlenet_torchvision", torchvision_googlenet, 224, {"aux1": "aux1", "aux2": "aux2"}),
        ("inception_v3", torchvision_inception_v3, 299, {"aux1": "AuxLogits"}),
    ],
)
def test_same_output_of_aux_heads(key: str, make: Callable[[], nn.Module], size: int, heads: dict[str, str]) -> None:
    theirs = made(make)
    ours = with_weights_of(theirs, key, size, heads)
    x = torch.randn(1, 3, size, size)
    with torch.no_grad(), training_outputs(theirs, ours):
        mine, yours = ours(x), theirs(x)
    assert mine._fields == ("logits", *heads)
    for ours_of_one, theirs_of_one in zip(
        mine, (yours[0], *yours[:0:-1]), strict=True
    ):  # torchvision's last head first
        assert_same(ours_of_one, theirs_of_one)


HEADS_OF_SEEDS = {
    ArticleGoogLeNet: {"aux1": "aux1", "aux2": "aux2"},
    NotebookGoogLeNet: {"aux1": "aux_classifier1", "aux2": "aux_classifier2"},
}


@pytest.mark.parametrize("key, seed", [("googlenet_bn", ArticleGoogLeNet), ("googlenet_plain", NotebookGoogLeNet)])
def test_same_output_as_the_tutorials(key: str, seed: type[nn.Module]) -> None:
    theirs = made(seed)
    ours = with_weights_of(theirs, key, 224, HEADS_OF_SEEDS[seed])
    x = torch.randn(1, 3, 224, 224)
    with torch.no_grad(), training_outputs(theirs, ours):
        mine, (aux1, aux2, logits) = ours(x), theirs(x)
    for ours_of_one, theirs_of_one in zip(mine, (logits, aux1, aux2), strict=True):
        assert_same(ours_of_one, theirs_of_one)


#   stage, what TensorFlow pads before and after at this size
@pytest.mark.parametrize(
    "path, channels, size, pads",
    [
        ("Conv2d_1a_7x7", 3, 224, (2, 3)),
        ("Conv2d_1a_7x7", 3, 223, (3, 3)),
        ("Mixed_4a.branch3x3.conv", 128, 28, (0, 1)),
        ("Mixed_4a.branch3x3dbl.conv2", 96, 27, (1, 1)),
    ],
)
def test_tensorflow_padding_of_convolutions(path: str, channels: int, size: int, pads: tuple[int, int]) -> None:
    unit = build(ARCHITECTURES["inception_v2_slim"]).eval().get_submodule(path)
    conv = next(m for m in unit.modules() if isinstance(m, nn.Conv2d))
    x = torch.randn(1, channels, size, size)
    with torch.no_grad():
        padded = F.conv2d(F.pad(x, pads * 2), conv.weight, conv.bias, conv.stride, groups=conv.groups)
        seen: list[Tensor] = []
        conv.register_forward_hook(lambda _m, _x, y: seen.append(y))
        unit(x)
    assert torch.allclose(seen[0], padded, atol=1e-6)


@pytest.mark.parametrize("size", (112, 56, 28))
def test_tensorflow_pools_see_the_windows_of_caffe(size: int) -> None:
    """At even sizes SAME pads one pixel at the far side, which is what rounding up sees (FACTS, trap 1)."""
    pool = build(ARCHITECTURES["inception_v2_slim"]).get_submodule("MaxPool_2a_3x3")
    x = -torch.rand(1, 4, size, size)  # all negative: padding with zeros would show
    assert torch.equal(pool(x), F.max_pool2d(x, 3, 2, ceil_mode=True))


def test_a_residual_block_leaves_its_input_alone() -> None:
    """The ReLU in front of a separable convolution must not reach the shortcut."""
    block = build(ARCHITECTURES["xception"]).eval().get_submodule("middle_flow.0")
    x = torch.randn(1, 728, 5, 5)
    before = x.clone()
    with torch.no_grad():
        out = block(x)
    branch = block.get_submodule("branch3x3")
    assert torch.equal(x, before)
    assert torch.allclose(out, before + branch(before), atol=1e-5)
    assert torch.equal(branch(before), branch(before.relu()))
