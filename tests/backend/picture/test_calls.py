"""Which calls are made for an output; that they compute what the network does is tested in test_activations.py."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from app.backend.analysis.graph import Layer
from app.backend.analysis.kinds import UnknownOp
from app.backend.picture.activations import model_for
from app.backend.picture.calls import Calls, _compute
from app.backend.picture.visualise import _before_activation
from inception_models import ARCHITECTURES
from inception_models.arch.spec import Arch, Branch, Inception
from inception_models.edits.widths import scaled


def narrow(key: str) -> Arch:
    return scaled(ARCHITECTURES[key], 0.1)


def picture() -> torch.Tensor:
    return torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "part, calls",
    [
        ("conv1", ["conv1.conv", "conv1.bn", "conv1.act"]),
        ("conv1.bn", ["conv1.conv", "conv1.bn"]),
        ("input", []),
    ],
)
def test_nothing_is_called_that_an_output_does_not_need(part: str, calls: list[str]) -> None:
    made: list[tuple[str, float]] = []
    outputs = Calls(model_for(narrow("googlenet_bn"))).run(picture(), [part], lambda *told: made.append(told))
    assert [*outputs] == [part]
    assert [path for path, _ in made] == calls
    assert [share for _, share in made] == [(i + 1) / len(calls) for i in range(len(calls))]


def test_of_a_block_only_the_branch_that_is_asked_for_runs() -> None:
    made: list[str] = []
    Calls(model_for(narrow("googlenet_bn"))).run(
        picture(), ["inception3b.branch3x3"], lambda path, _: made.append(path)
    )
    branches = {path.split(".")[1] for path in made if path.startswith("inception3b.")}
    assert branches == {"branch3x3"}
    assert {path.split(".")[1] for path in made if path.startswith("inception3a.")} > branches
    assert not any(path.startswith("inception3c") for path in made)


def test_a_branch_without_ops_puts_out_what_its_block_reads() -> None:
    arch = narrow("googlenet_bn")
    at = next(i for i, stage in enumerate(arch.stages) if isinstance(stage, Inception))
    block = arch.stages[at]
    assert isinstance(block, Inception)
    wide = replace(block, branches=(Branch("first", ()), *block.branches, Branch("last", ())))
    net = model_for(replace(arch, stages=(*arch.stages[:at], wide, *arch.stages[at + 1 :]), aux=()))
    x = picture()
    paths = [arch.stages[at - 1].name, f"{block.name}.first", f"{block.name}.last", block.name]
    with torch.inference_mode():
        read, first, last, out = Calls(net).run(x, paths).values()
    assert read is first is last
    channels = read.shape[1]
    assert torch.equal(out[:, :channels], read)
    assert torch.equal(out[:, -channels:], read)


@pytest.mark.parametrize("part", ["inception9z", "inception9z.branch"])
def test_an_unknown_part_is_an_error(part: str) -> None:
    with pytest.raises(KeyError):
        Calls(model_for(narrow("googlenet_bn"))).run(picture(), [part])


@pytest.mark.parametrize("layer", [Layer("add", "subtract"), Layer("scale", "scale")], ids=lambda layer: layer.detail)
def test_a_function_whose_arguments_are_not_known_is_an_error_that_names_it(layer: Layer) -> None:
    with pytest.raises(UnknownOp, match=f"{layer.detail}.*conv1.odd"):
        _compute(model_for(narrow("googlenet_bn")), "conv1.odd", layer)


@pytest.mark.parametrize(
    "key, path, driven",
    [
        ("googlenet_bn", "conv1", "conv1.bn"),
        ("googlenet_bn", "inception3a", "inception3a"),  # ends in a join
        ("googlenet_bn", "inception3a.branch3x3", "inception3a.branch3x3.conv.bn"),
        ("googlenet", "inception3a.branch3x3", "inception3a.branch3x3.conv.conv"),
        ("inception_resnet_v1", "block35.3", "block35.3"),  # its activation belongs to no unit
        ("xception", "block2.branch3x3.conv2", "block2.branch3x3.conv2"),  # its activation comes first
    ],
)
def test_a_channel_is_driven_before_the_activation_of_the_unit_that_puts_it_out(
    key: str, path: str, driven: str
) -> None:
    net = model_for(narrow(key))
    assert _before_activation(net, Calls(net), path) == driven
