"""The analysis against torch itself: the whole built network, counted, traced and differentiated."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
import torch
from torch import fx, nn
from torch.fx.passes.shape_prop import ShapeProp
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze
from app.backend.analysis.graph import Node
from app.backend.analysis.kinds import UnknownOp
from app.backend.analysis.liveness import peak_elements
from app.backend.analysis.op_table import layer_of
from app.backend.analysis.recording import record
from app.backend.analysis.trace import Tracer
from inception_models import ARCHITECTURES, Arch, build, with_widths
from inception_models.edits.widths import scaled
from tests.backend.analysis.traced_by_fx import traced_by_fx
from tests.models.representative import REPRESENTATIVE

VARIANTS = list(ARCHITECTURES.values())
keys = pytest.mark.parametrize("arch", VARIANTS, ids=lambda arch: arch.key)
kinds = pytest.mark.parametrize("key", REPRESENTATIVE)


@cache
def module_of(arch: Arch) -> nn.Module:
    """Built once for all tests: each says itself whether it wants it in training."""
    return build(arch, "meta")


def on_meta(arch: Arch) -> torch.Tensor:
    return torch.empty(1, 3, arch.input_size, arch.input_size, device="meta")


@keys
def test_params_are_those_of_the_real_module(arch: Arch) -> None:
    heads = tuple(head.name + "." for head in arch.aux)
    sizes = {name: p.numel() for name, p in module_of(arch).named_parameters()}
    analysis = analyze(arch)
    assert analysis.params_with_aux == sum(sizes.values())
    assert analysis.params == sum(size for name, size in sizes.items() if not name.startswith(heads or ("?",)))
    for stage in (*analysis.stages, *analysis.aux):
        assert stage.params == sum(size for name, size in sizes.items() if name.startswith(stage.name + ".")), (
            stage.name
        )


@keys
def test_macs_are_half_of_torchs_flop_counter(arch: Arch) -> None:
    net = module_of(arch).eval()
    with FlopCounterMode(display=False) as counter:
        net(on_meta(arch))
    assert analyze(arch).macs * 2 == counter.get_total_flops()


@kinds
def test_graph_equals_a_trace_of_the_whole_network(key: str) -> None:
    arch = ARCHITECTURES[key]
    net = module_of(arch).train()  # in training the aux heads are part of the graph
    graph = analyze(arch).graph
    whole = traced_by_fx(net)
    assert [item.path for item in whole if item.layer.kind != "concat"] == [
        path for path, node in graph.nodes.items() if path != "input" and node.layer.kind != "concat"
    ]
    names = ["input" if i < 0 else whole[i].path for i in range(-1, len(whole))]
    edges = {(names[source + 1], item.path) for item in whole for source in item.inputs}
    assert edges == set(graph.edges)
    for item in whole:
        own = graph.nodes[item.path].layer
        assert own._replace(detail="") == item.layer._replace(detail=""), item.path


@kinds
def test_shapes_are_those_that_torch_propagates(key: str) -> None:
    arch = ARCHITECTURES[key]
    net = module_of(arch).eval()
    module = fx.GraphModule(net, Tracer().trace(net))
    ShapeProp(module).propagate(on_meta(arch))
    nodes = analyze(replace(arch, aux=())).graph.nodes
    calls = [n for n in module.graph.nodes if n.op.startswith("call")]
    assert [tuple(n.meta["tensor_meta"].shape[1:]) for n in calls] == [
        node.out_shape for path, node in nodes.items() if path != "input"
    ]


@keys
def test_every_node_and_edge_is_found_once(arch: Arch) -> None:
    graph = analyze(arch).graph
    assert len(set(graph.edges)) == len(graph.edges)
    assert {end for edge in graph.edges for end in edge} == set(graph.nodes)


@kinds
def test_receptive_field_is_the_support_of_the_input_gradient(key: str) -> None:
    """Positive weights and averages instead of maxima: then no pixel that is seen has a zero gradient."""
    arch = ARCHITECTURES[key]
    narrow = replace(scaled(arch, 0.05), aux=())
    analysis = analyze(narrow)
    size = narrow.input_size
    inside = [s.name for s in analysis.stages if (f := analysis.field(s.name)) and max(f[0].size, f[1].size) < size / 2]
    for name in (inside[len(inside) // 2], inside[-1]):
        field = analysis.field(name)
        assert field is not None
        middle = analysis.stage(name).out_shape[1] // 2
        centres = [f.start + middle * f.jump - 0.5 for f in field]
        expected = [(c - (f.size - 1) / 2, c + (f.size - 1) / 2) for c, f in zip(centres, field, strict=True)]
        assert all(first >= 0 and last < size for first, last in expected), "the case must lie inside the picture"
        assert gradient_rows(build(narrow).eval(), name, size) == expected, name


def gradient_rows(net: nn.Module, stage: str, size: int) -> list[tuple[int, int]]:
    """First and last row, and column, of the picture that the stage's centre unit depends on."""
    net = net.double()
    for parameter in net.parameters():
        nn.init.constant_(parameter, 1.0 / max(1, parameter[0].numel()))
    for name, module in list(net.named_modules()):
        if isinstance(module, nn.MaxPool2d):
            average = nn.AvgPool2d(module.kernel_size, module.stride, module.padding, module.ceil_mode)
            parent, _, child = name.rpartition(".")
            setattr(net.get_submodule(parent), child, average)
    for module in net.modules():
        if hasattr(module, "value"):
            module.value = 0.0
    picture = torch.rand(1, 3, size, size, dtype=torch.double, requires_grad=True)
    x = picture
    for name, module in net.named_children():
        x = module(x)
        if name == stage:
            break
    x[0, :, x.shape[2] // 2, x.shape[3] // 2].sum().backward()
    assert picture.grad is not None
    seen = picture.grad[0].abs().sum(0) > 0
    spans = []
    for axis in (1, 0):
        places = seen.any(axis).nonzero().flatten()
        spans.append((int(places[0]), int(places[-1])))
    return spans


def test_an_edit_changes_only_what_follows_from_it() -> None:
    before = analyze(ARCHITECTURES["googlenet"])
    after = analyze(with_widths(before.arch, {"inception4e.branch5x5.conv": 64}))
    changed = [
        a.name for a, b in zip(before.stages, after.stages, strict=True) if (a.params, a.macs) != (b.params, b.macs)
    ]
    assert changed == ["inception4e", "inception5a"]


def test_peak_memory_of_a_hand_made_block() -> None:
    """8x4x4 in, two 1x1 branches of 4 filters without activation, joined: 128 in + 64 + 64 + 128 out are alive."""
    from app.backend.analysis.cost import bind

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(8, 4, 1), nn.Conv2d(8, 4, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.cat([self.a(x), self.b(x)], 1)

    nodes: tuple[Node, ...] = bind(record(Block()), (8, 4, 4), {"a": 4, "b": 4})
    assert peak_elements(nodes, (8, 4, 4)) == 128 + 64 + 64 + 128


@pytest.mark.parametrize("module", [nn.Bilinear(2, 2, 2), nn.ConvTranspose2d(1, 1, 2), nn.LSTM(2, 2)])
def test_an_unknown_layer_is_an_error_that_names_it(module: nn.Module) -> None:
    with pytest.raises(UnknownOp, match=type(module).__name__):
        layer_of(module)


def test_an_unknown_function_is_an_error_that_names_it() -> None:
    class Odd(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.matmul(x, x)

    with pytest.raises(UnknownOp, match="matmul"):
        record(Odd())
