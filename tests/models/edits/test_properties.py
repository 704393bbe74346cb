"""Random edits of every kind on every variant: what an edit returns builds, runs and is counted exactly.

Few examples run by default, the same every time. ``EDITS_EXAMPLES=200`` draws as many, at random, for each variant.
"""

from __future__ import annotations

import json
import os

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze
from inception_models import ARCHITECTURES, Arch, build, widths, with_widths
from inception_models.arch.rules import checked
from inception_models.arch.shapes import Shape
from inception_models.edits.diff import changes
from inception_models.edits.link import apply_edits, to_edits
from inception_models.net.layers import Parallel, ScaledResidual, SplitDepthwise
from tests.models.random_edits import edited
from tests.models.representative import ONE_OF_A_KIND, REPRESENTATIVE

EXAMPLES = int(os.environ.get("EDITS_EXAMPLES", "0"))
many = settings(
    max_examples=EXAMPLES or 20,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
few = settings(  # each example takes a second: none to shrink
    many, max_examples=EXAMPLES or 2, phases=(Phase.generate,)
)


@pytest.mark.parametrize("key", ONE_OF_A_KIND)
@few
@given(st.data())
def test_an_edited_network_builds_runs_and_is_counted_exactly(key: str, data: st.DataObject) -> None:
    arch, _ = data.draw(edited(ARCHITECTURES[key]))
    analysis = analyze(arch)
    net = build(arch, "meta").eval()
    heads = [p for head in arch.aux for p in net.get_submodule(head.name).parameters()]
    assert analysis.params_with_aux == sum(p.numel() for p in net.parameters())
    assert analysis.params_with_aux - analysis.params == sum(p.numel() for p in heads)
    macs, aux_macs, shapes = run(net, arch)
    assert analysis.macs == macs
    assert sum(head.macs for head in analysis.aux) == aux_macs
    nodes = {path: node.out_shape for path, node in analysis.graph.nodes.items() if path != "input"}
    assert nodes == expected_nodes(net, shapes)


def run(net: nn.Module, arch: Arch) -> tuple[int, int, dict[str, Shape]]:
    """MACs of the main path and of the aux heads by torch's counter, and the shape that every module gave."""
    shapes: dict[str, Shape] = {}
    for path, module in net.named_modules():
        module.register_forward_hook(lambda _, __, out, path=path: shapes.update({path: tuple(out.shape[1:])}))
    with FlopCounterMode(display=False) as main:
        logits = net(torch.empty(1, 3, arch.input_size, arch.input_size, device="meta"))
    assert logits.shape == (1, arch.classes)
    with FlopCounterMode(display=False) as aux:
        for head in arch.aux:
            tapped = torch.empty(1, *shapes[head.tap], device="meta")
            assert net.get_submodule(head.name)(tapped).shape == (1, arch.classes)
    return main.get_total_flops() // 2, aux.get_total_flops() // 2, shapes


def expected_nodes(net: nn.Module, shapes: dict[str, Shape]) -> dict[str, Shape]:
    """What the graph must hold: every innermost module that ran, and the joins that blocks compute themselves."""
    nodes: dict[str, Shape] = {}
    for path, module in net.named_modules():
        if isinstance(module, Parallel | SplitDepthwise):
            nodes[f"{path}.concat"] = shapes[path]
        elif isinstance(module, ScaledResidual):
            outs = [shapes[f"{path}.{name}"] for name in module.branch_names]
            joined = (sum(out[0] for out in outs), *outs[0][1:])
            nodes[f"{path}.add"] = shapes[path]
            if len(outs) > 1:
                nodes[f"{path}.concat"] = joined
            if module.scale != 1:
                nodes[f"{path}.scale"] = shapes[path]
        elif not isinstance(module, nn.Sequential) and not list(module.children()):
            nodes[path] = shapes[path]
    return nodes


@pytest.mark.parametrize("key", REPRESENTATIVE)
@many
@given(st.data())
def test_the_difference_of_any_edit_brings_it_back(key: str, data: st.DataObject) -> None:
    original = ARCHITECTURES[key]
    arch, _ = data.draw(edited(original))
    assert checked(arch) is arch
    assert with_widths(arch, widths(arch)) == arch
    sent = json.loads(json.dumps(to_edits(original, arch), allow_nan=False))
    assert apply_edits(original, sent) == arch
    listed = changes(original, arch)
    assert (listed == ()) == (arch == original)
    assert len({(change.path, change.kind) for change in listed}) == len(listed)
    for change in listed:
        assert change.sentence()
        assert "\n" not in change.sentence()
