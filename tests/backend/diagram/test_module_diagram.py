"""The diagram of a person's own network: what is folded, opened and coloured, and that no edge is made up."""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree

import pytest
import torch
import torchvision
from torch import Tensor, nn

from app.backend import ModuleAnalysis, analyze_module
from app.backend.common.colours import BRANCH_COLOURS, lighter
from app.backend.diagram import module_scene
from app.backend.diagram.heat import HeatScale
from app.backend.diagram.module_diagram import ModuleDiagramOptions, draw_modules, modules_as_file
from app.backend.diagram.module_scene import ModuleScene, comfortable_depth
from app.backend.foreign.view import ModuleView, depth_of

vision = torchvision.models


@cache
def analysed(name: str) -> ModuleAnalysis:
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    with torch.device("meta"):
        return analyze_module(vision.get_model(name, weights=None, **options), (3, 224, 224))


def shown(name: str, view: ModuleView) -> ModuleScene:
    return module_scene.module_scene(analysed(name), view, "TB")


def test_equal_blocks_in_a_row_are_one_box_with_a_count() -> None:
    boxes = {box.path: box for box in shown("resnet50", ModuleView(2)).boxes}
    repeated = {path: (box.what, box.times) for path, box in boxes.items() if box.times > 1}
    assert repeated == {
        "layer1.1": ("Bottleneck", 2), "layer2.1": ("Bottleneck", 3), "layer3.1": ("Bottleneck", 5),
        "layer4.1": ("Bottleneck", 2),
    }  # fmt: skip
    every = {box.path: box for box in shown("resnet50", ModuleView(2, every_copy=True)).boxes}
    assert boxes["layer3.1"].macs == sum(every[f"layer3.{copy}"].macs for copy in range(1, 6))
    assert len(every) == len(boxes) + 8


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "inception_v3", "swin_t", "densenet121"])
@pytest.mark.parametrize("every_copy", [False, True])
def test_boxes_add_up_and_edges_are_the_graphs(name: str, every_copy: bool) -> None:
    analysis = analysed(name)
    for depth in range(1, min(depth_of(analysis), 3) + 1):
        scene = shown(name, ModuleView(depth, every_copy=every_copy))
        assert sum(box.macs for box in scene.boxes) == analysis.macs
        assert sum(box.params for box in scene.boxes) == analysis.params
        paths = {path for path, _ in scene.topology.boxes}
        assert all({tail, head} <= paths for tail, head, _ in scene.topology.edges)
        assert len({head for _, head, _ in scene.topology.edges}) == len(scene.boxes)  # each reads something
        read = {tail for tail, _, _ in scene.topology.edges}
        assert len(paths - read) == 1  # only the last one is read by none


def test_with_every_copy_and_level_the_edges_are_exactly_those_of_the_graph() -> None:
    analysis = analysed("googlenet")
    nodes = analysis.nodes
    scene = shown("googlenet", ModuleView(depth_of(analysis), every_copy=True))
    expected = {("input" if i < 0 else nodes[i].path, node.path) for node in nodes for i in node.inputs}
    assert {(tail, head) for tail, head, _ in scene.topology.edges} == expected


def test_branches_of_an_inception_module_have_their_colours() -> None:
    drawing = draw_modules(analysed("inception_v3"), ModuleDiagramOptions(ModuleView(2)))
    items = {item.id: item for item in drawing.items}
    for path, colour in (
        ("Mixed_5b.branch1x1", BRANCH_COLOURS["1x1"]),
        ("Mixed_5b.branch5x5_2", BRANCH_COLOURS["5x5"]),
        ("Mixed_6b.branch7x7_1", lighter(BRANCH_COLOURS["7x7"])),
        ("Mixed_6b.branch7x7_3", BRANCH_COLOURS["7x7"]),
        ("Mixed_5b.branch_pool", BRANCH_COLOURS["pool"]),
    ):
        assert f'fill="{colour}"' in items[path].svg
    assert "InceptionA: 4 branches" in items["Mixed_5b"].tip
    assert ("#0072B2", "1×1") in drawing.legend


def test_a_box_opens_and_a_frame_closes() -> None:
    view = ModuleView(1).toggled("layer3", is_open=False)
    assert shown("resnet50", view).frames.keys() == {"layer3"}
    assert shown("resnet50", view.toggled("layer3", is_open=True)).frames == {}
    assert "layer1" not in shown("resnet50", ModuleView(2).toggled("layer1", is_open=True)).frames


def test_a_convolution_with_its_normalisation_is_one_box_until_every_level_is_shown() -> None:
    def paths(depth: int) -> set[str]:
        return {box.path for box in shown("googlenet", ModuleView(depth)).boxes}

    assert {"conv1", "inception3a.branch2.0"} <= paths(3)
    assert {"conv1.conv", "conv1.bn", "inception3a.branch2.0.conv"} <= paths(4)


@pytest.mark.parametrize("name, depth", [("resnet50", 2), ("vit_b_32", 5), ("densenet121", 2)])
def test_as_many_levels_as_fit(name: str, depth: int) -> None:
    assert comfortable_depth(analysed(name)) == depth


def test_costs_as_colours_and_as_a_file() -> None:
    options = ModuleDiagramOptions(ModuleView(1), "macs", theme="dark")
    drawing = draw_modules(analysed("resnet50"), options)
    assert isinstance(drawing.legend, HeatScale)
    assert (
        "layer 3"
        in ElementTree.fromstring(modules_as_file(analysed("resnet50"), "svg", options))
        .find(".//*[@id='layer3']")
        .find("{http://www.w3.org/2000/svg}text")
        .text
    )


class Odd(nn.Module):
    """Names and calls that are unusual, and allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.add_module("input", nn.Conv2d(3, 3, 1))
        self.add_module("cluster_<b>&", nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU()))

    def forward(self, x: Tensor) -> Tensor:
        block = self._modules["cluster_<b>&"]
        return block(block(self._modules["input"](x)))


def test_any_name_and_a_module_that_runs_twice_can_be_drawn() -> None:
    for depth in (1, 2):
        drawing = draw_modules(analyze_module(Odd(), (3, 8, 8)), ModuleDiagramOptions(ModuleView(depth)))
        ElementTree.fromstring(drawing.svg)
        assert {"input", "input_2"} <= {item.id for item in drawing.items}


def test_too_many_boxes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_scene, "MAX_BOXES", 10)
    with pytest.raises(ValueError, match="11 boxes; 10 are drawn at most"):
        shown("resnet50", ModuleView(1))
