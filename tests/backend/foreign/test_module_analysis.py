"""Any module's numbers against torch's own counter and the module's real parameters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import timm
import torch
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze, analyze_module
from inception_models import ARCHITECTURES, build

vision = torchvision.models
MODELS: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "googlenet": (lambda: vision.googlenet(weights=None, init_weights=False), 224),
    "inception_v3": (lambda: vision.inception_v3(weights=None, init_weights=False), 299),
    "resnet18": (lambda: vision.resnet18(), 224),
    "squeezenet1_0": (lambda: vision.squeezenet1_0(), 224),
    "vgg11_bn": (lambda: vision.vgg11_bn(), 224),
    "mobilenet_v2": (lambda: vision.mobilenet_v2(), 224),
    "shufflenet_v2": (lambda: vision.shufflenet_v2_x0_5(), 224),  # views, parts and sizes
    "inception_resnet_v2": (lambda: timm.create_model("inception_resnet_v2"), 299),
    "legacy_xception": (lambda: timm.create_model("legacy_xception"), 299),
}
HEADS = ("aux1.", "aux2.", "AuxLogits.")


@pytest.mark.parametrize("name", MODELS)
def test_counts_are_those_of_torch(name: str) -> None:
    make, size = MODELS[name]
    with torch.device("meta"):
        model = make()
    theirs = analyze_module(model, (3, size, size))
    with FlopCounterMode(display=False) as counter:
        model.eval()(torch.empty(1, 3, size, size, device="meta"))
    assert theirs.flops == 2 * theirs.macs == counter.get_total_flops()
    sizes = {path: p.numel() for path, p in model.named_parameters()}
    assert theirs.idle_params == sum(count for path, count in sizes.items() if path.startswith(HEADS))
    assert theirs.params == sum(sizes.values()) - theirs.idle_params
    assert theirs.nodes[-1].out_shape == (1000,)


@pytest.mark.parametrize("key", ["googlenet", "inception_v3", "inception_resnet_v1", "xception"])
def test_our_own_network_has_the_numbers_and_fields_of_its_analysis(key: str) -> None:
    analysis = analyze(ARCHITECTURES[key])
    size = analysis.input_size
    theirs = analyze_module(build(analysis.arch, "meta"), (3, size, size))
    assert (theirs.params, theirs.macs) == (analysis.params, analysis.macs)
    ours = [
        node for path, node in analysis.graph.nodes.items() if path.partition(".")[0] not in ("input", "aux1", "aux2")
    ]
    assert [(n.out_shape, n.field) for n in theirs.nodes] == [(n.out_shape, n.field) for n in ours]


class Twice(nn.Module):
    """One convolution that runs two times, on fewer pixels the second time."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, stride=2, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(self.conv(x)).mean((-2, -1))


def test_a_layer_that_runs_twice_has_its_parameters_once_and_its_macs_twice() -> None:
    theirs = analyze_module(Twice(), (4, 8, 8))
    assert theirs.params == 4 * 4 * 9
    assert theirs.macs == 4 * 4 * 9 * (16 + 4)
    assert theirs.nodes[-1].out_shape == (4,)


class Halves(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        left, right = x.chunk(2, 1)
        return torch.cat([right, left], 1).view(x.size(0), -1)


def test_parts_of_a_tensor_are_read_from_where_it_came_from() -> None:
    theirs = analyze_module(Halves(), (4, 8, 8))
    assert [(node.layer.detail, node.inputs, node.out_shape) for node in theirs.nodes] == [
        ("part", (-1,), (2, 8, 8)),
        ("part", (-1,), (2, 8, 8)),
        ("concat", (1, 0), (4, 8, 8)),
        ("view", (2,), (256,)),
    ]


def test_the_module_is_left_as_it_was() -> None:
    model = Twice()
    model.conv.eval()
    weight = model.conv.weight.clone()
    analyze_module(model, (4, 8, 8))
    assert (model.training, model.conv.training) == (True, False)
    assert model.conv.weight.device.type == "cpu"
    assert torch.equal(model.conv.weight, weight)


def test_frozen_parameters_are_not_trainable() -> None:
    model = Twice()
    model.conv.weight.requires_grad_(False)
    assert analyze_module(model, (4, 8, 8)).params == 0


class Branching(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class Pair(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


@pytest.mark.parametrize(
    "module, shape, words",
    [
        (Branching(), (3, 8, 8), "cannot trace Branching"),
        (Pair(), (3, 8, 8), "exactly one input"),
        (Twice(), (3, 8, 8), "3 x 8 x 8 does not fit"),
        (Twice(), (8,), "8 does not fit"),
    ],
)
def test_what_cannot_be_analysed_is_said_in_a_sentence(module: nn.Module, shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        analyze_module(module, shape)
