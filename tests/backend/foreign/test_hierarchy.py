"""A person's module as its author's tree, and the Inception modules in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import timm
import torch
import torchvision
from torch import Tensor, nn

from app.backend import ModuleAnalysis, analyze_module
from app.backend.foreign.branches import inception_modules, kind_of_branch
from app.backend.foreign.hierarchy import module_parts, part_tree
from tests.backend.foreign.modules import Made

vision = torchvision.models


def analysed(make: Callable[[], nn.Module], size: int = 224) -> ModuleAnalysis:
    with torch.device("meta"):
        return analyze_module(make(), (3, size, size))


@pytest.mark.parametrize("depth", [1, 2, 3, 99])
def test_parts_add_up(depth: int) -> None:
    analysis = analysed(vision.shufflenet_v2_x0_5)
    parts = module_parts(analysis, depth)
    assert sum(part.macs for part in parts) == analysis.macs
    assert sum(part.params for part in parts) == analysis.params
    assert len({part.path for part in parts}) == len(parts)


def test_parts_have_the_classes_and_numbers_of_the_modules() -> None:
    analysis = analysed(vision.resnet18)
    parts = {part.path: part for part in module_parts(analysis)}
    assert list(parts) == [
        "conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool", "flatten", "fc",
    ]  # fmt: skip
    assert (parts["layer1"].words, parts["layer1"].out_shape) == ("Sequential", (64, 56, 56))
    assert parts["layer1"].macs == 4 * 56 * 56 * 64 * 64 * 9
    assert parts["fc"].params == 512 * 1000 + 1000


def test_inception_modules_are_named() -> None:
    google = analysed(lambda: vision.googlenet(weights=None, init_weights=False))
    names = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
    blocks = inception_modules(google.nodes)
    assert {path: len(branches) for path, branches in blocks.items()} == {f"inception{name}": 4 for name in names}
    for branches in blocks.values():
        kinds = [kind_of_branch([google.nodes[i] for i in branch]) for branch in branches]
        assert kinds == ["1x1", "3x3", "3x3", "pool"]  # torchvision's 5x5 branch has 3x3 filters
    part = next(part for part in module_parts(google) if part.path == "inception4a")
    assert part.words == "Inception: 4 branches, concatenated"


def test_forks_in_a_branch_and_projections_after_the_concatenation_are_part_of_it() -> None:
    v3 = analysed(lambda: vision.inception_v3(weights=None, init_weights=False), 299)
    assert len(inception_modules(v3.nodes)["Mixed_7c"]) == 4
    v4 = inception_modules(analysed(lambda: timm.create_model("inception_resnet_v2"), 299).nodes)
    assert [len(v4[path]) for path in ("repeat.0", "repeat_1.0", "mixed_6a")] == [3, 2, 3]


def two_inputs(m: Made, x: Tensor) -> Tensor:
    return m.join(m.a(x), m.b(x))


class Join(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return torch.cat([self.a(x), self.b(y)], 1)


@pytest.mark.parametrize(
    "make",
    [
        vision.densenet121,
        vision.resnet18,
        vision.vit_b_32,  # concatenates its class token, which does not come from the picture
        lambda: Made(two_inputs, a=nn.Conv2d(3, 3, 1), b=nn.Conv2d(3, 3, 1), join=Join()),
        lambda: timm.create_model("inception_next_atto"),  # its branches read parts of the channels
    ],
    ids=["DenseNet", "ResNet", "ViT", "two inputs", "split channels"],
)
def test_what_is_not_an_inception_module_is_not_named_one(make: Callable[[], nn.Module]) -> None:
    assert inception_modules(analysed(make).nodes) == {}


def test_a_depth_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="1 or more, not 0"):
        module_parts(analyze_module(nn.Linear(3, 4), 3), 0)


def test_the_tree_has_each_part_after_what_it_is_in_and_sums_of_what_is_in_it() -> None:
    tree = part_tree(analysed(vision.resnet18))
    places = {part.path: place for place, part in enumerate(tree)}
    assert len(places) == len(tree)
    for part in tree:
        inside = [other for other in tree if other.path.rpartition(".")[0] == part.path]
        assert all(places[other.path] > places[part.path] for other in inside)
        assert not inside or sum(other.macs for other in inside) == part.macs
    assert tree[places["layer4"]].field is not None
    assert (tree[places["layer4"]].field[0].size, tree[places["fc"]].field) == (435, None)
