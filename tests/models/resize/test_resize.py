"""Widths of a trained network: wider computes the same, narrower the same as with the weakest filters masked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torchvision
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from inception_models import ARCHITECTURES, Arch, build, widths, with_widths
from inception_models.arch.about import About
from inception_models.arch.spec import (
    BatchNorm,
    Branch,
    Conv,
    GlobalPool,
    Inception,
    LayerNorm,
    Linear,
    LocalResponseNorm,
    Residual,
    Stage,
    Unit,
)
from inception_models.net.layers import LayerUnit
from inception_models.resize import resize, resized
from inception_models.resize.channels import NEW, ChainPart, FeatureMap
from inception_models.resize.context import WalkContext
from inception_models.resize.walk import Walk
from inception_models.weights import loading as weights
from tests.models.trained import EXACT, difference, from_state, outputs, small, trained

EACH = bool(os.environ.get("RESIZE_EACH"))  # every path of every variant by itself: some minutes


def exact_paths(arch: Arch) -> list[str]:
    """Every width but that before a layer normalisation, which counts the zeros of added filters too."""
    stages = [stage.name for stage in arch.stages]
    before = {stages[n - 1] for n, stage in enumerate(arch.stages) if isinstance(stage, LayerNorm)}
    return [path for path in widths(arch) if path not in before]


PATHS = [(key, path) for key in ARCHITECTURES for path in exact_paths(small(key))]


def widened(arch: Arch, more: dict[str, int]) -> float:
    """How far outputs are from those of ``arch`` after adding so many filters."""
    net = trained(arch)
    wider = with_widths(arch, {path: widths(arch)[path] + count for path, count in more.items()})
    return difference(outputs(net), outputs(from_state(wider, resized(net.state_dict(), arch, wider))))


@pytest.mark.parametrize("key", ARCHITECTURES)  # README: in any network
def test_any_path_wider_gives_the_same_outputs(key: str) -> None:
    """Two networks: in each half of the paths by 1 to 5 filters, so that every one is there."""
    arch = small(key)
    paths = exact_paths(arch)
    for part in range(2):
        assert widened(arch, {path: 1 + n % 5 for n, path in enumerate(paths) if n % 2 == part}) < EXACT


def test_where_a_layer_normalisation_makes_wider_inexact_it_says_so() -> None:
    arch = small("inceptionnext_tiny")
    path = next(path for path in widths(arch) if path not in exact_paths(arch))
    wider = with_widths(arch, {path: widths(arch)[path] + 3})
    said = [change for change in resize(trained(arch).state_dict(), arch, wider).changes if change.kind == "norm"]
    assert [change.text.endswith("so the output is not the same.") for change in said] == [True]
    assert (said[0].before, said[0].after) == (widths(arch)[path], widths(wider)[path])
    assert widened(arch, {path: 3}) > EXACT


@pytest.mark.parametrize("key, path", PATHS if EACH else PATHS[::97])
def test_each_path_wider_gives_the_same_outputs(key: str, path: str) -> None:
    assert widened(small(key), {path: 3}) < EXACT


@settings(
    max_examples=8, derandomize=True, deadline=None, database=None, phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.data())
def test_many_paths_wider_give_the_same_outputs(data: st.DataObject) -> None:
    arch = small(data.draw(st.sampled_from(sorted(ARCHITECTURES))))
    paths = st.sampled_from(exact_paths(arch))
    assert widened(arch, data.draw(st.dictionaries(paths, st.integers(1, 20), min_size=1, max_size=8))) < EXACT


TORCHVISION = {
    "googlenet_torchvision": (torchvision.models.googlenet, 96, {"conv1": 70, "conv3": 200}),
    "inception_v3": (torchvision.models.inception_v3, 107, {"Conv2d_1a_3x3": 40, "Mixed_6b.branch7x7.reduce": 200}),
}


@pytest.mark.parametrize("key", TORCHVISION)
def test_torchvisions_networks_keep_their_logits(key: str, tmp_path: Path) -> None:
    make, size, more = TORCHVISION[key]
    torch.manual_seed(1)
    theirs = make(weights=None, init_weights=False)
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            module.momentum = 1.0
    theirs(torch.randn(2, 3, 299, 299))  # one step sets the statistics, so that the signal lives to the end
    theirs.eval()
    torch.save(theirs.state_dict(), tmp_path / "theirs.pth")
    arch = ARCHITECTURES[key]
    wider = with_widths(arch, more)
    net = build(wider).eval()
    net.load_state_dict(resized(weights.load(arch, tmp_path / "theirs.pth").state_dict(), arch, wider))
    x = torch.randn(2, 3, size, size)
    with torch.inference_mode():
        expected, actual = theirs(x), net(x)
    assert expected.std(0).mean() > 0.05  # pictures differ
    assert (actual - expected).abs().max() < 1e-4


# --- narrower: the same as the old network with the weakest filters masked -------------------------------------------

# The path, and every module whose output has these channels, as its last ones: of a residual trunk all blocks that add
# to it, through the reductions too, whose pools pass it on.
MASKED: list[tuple[str, str, list[str]]] = [
    ("googlenet", "inception3a.branch3x3.conv", ["inception3a.branch3x3.conv"]),
    ("googlenet", "conv2_3x3_reduce", ["conv2_3x3_reduce"]),
    ("googlenet", "aux1.fc1", ["aux1.fc1"]),
    ("googlenet", "aux2.conv", ["aux2.conv"]),  # read through a flattened grid
    ("googlenet_naive", "inception3b.branch5x5.conv", ["inception3b.branch5x5.conv"]),
    ("googlenet_bn", "inception5b.branch_pool.proj", ["inception5b.branch_pool.proj"]),
    ("bn_inception", "inception_3c.branch3x3.conv", ["inception_3c.branch3x3.conv"]),
    ("inception_v2_slim", "Conv2d_1a_7x7", ["Conv2d_1a_7x7"]),
    ("inception_v3", "Mixed_7b.branch3x3.fork.conv3x1", ["Mixed_7b.branch3x3.fork.conv3x1"]),
    ("inception_v3", "aux1.conv", ["aux1.conv"]),
    ("inception_v4", "inception_a.branch1x1.conv", ["inception_a.0.branch1x1.conv", "inception_a.1.branch1x1.conv"]),
    ("inception_resnet_v1", "conv2d_4b",
     ["conv2d_4b", *(f"{group}.{n}" for group in ("block35", "block17", "block8") for n in (0, 1))]),
    ("inception_resnet_v2", "conv2d_7b", ["conv2d_7b"]),
    ("inception_resnet_v1_facenet", "repeat_2.branch7x7.conv7x1",
     ["repeat_2.0.branch7x7.conv7x1", "repeat_2.1.branch7x7.conv7x1"]),
    ("xception", "block3.branch3x3.conv2", ["block3", "middle_flow.0", "middle_flow.1"]),
    ("xception", "block2.branch3x3.conv1", ["block2.branch3x3.conv1"]),
]  # fmt: skip


@pytest.mark.parametrize("key, path, modules", MASKED)
def test_narrower_is_the_old_network_with_the_weakest_filters_masked(key: str, path: str, modules: list[str]) -> None:
    arch = small(key)
    net = trained(arch)
    kept = widths(arch)[path] * 2 // 3
    narrow = with_widths(arch, {path: kept})
    actual = outputs(from_state(narrow, resized(net.state_dict(), arch, narrow)))
    hooks = []
    for module in modules:
        masked_part = net.get_submodule(module)
        producer = masked_part if isinstance(masked_part, LayerUnit) else net.get_submodule(path)
        hooks.append(masked_part.register_forward_hook(masked(strongest(producer, kept))))
    expected = outputs(net)
    for hook in hooks:
        hook.remove()
    assert difference(expected, actual) < EXACT
    assert difference(expected, outputs(net)) > 1e-3, "masking must matter"


def strongest(unit: nn.Module, count: int) -> Tensor:
    """One for each of the ``count`` filters of largest norm times BatchNorm's gain, zero for the others."""
    layers = dict(unit.named_children())
    weight = next(layers[name] for name in ("pointwise", "linear", "conv") if name in layers).weight.detach()
    norms = (weight.double() ** 2).reshape(len(weight), -1).sum(1).sqrt()
    if "bn" in layers:
        bn = layers["bn"]
        norms = norms * abs(bn.weight.detach() / (bn.running_var + bn.eps).sqrt())
    order = sorted(range(len(norms)), key=lambda n: -float(norms[n]))
    return torch.tensor([1.0 if n in order[:count] else 0.0 for n in range(len(norms))], dtype=torch.float64)


def masked(mask: Tensor) -> Callable[[nn.Module, object, Tensor], Tensor]:
    def hook(_: nn.Module, __: object, out: Tensor) -> Tensor:
        whole = torch.cat([torch.ones(out.shape[1] - len(mask), dtype=mask.dtype), mask])
        return out * whole.view(1, -1, *[1] * (out.ndim - 2))

    return hook


def test_wider_and_narrower_at_once() -> None:
    """One branch grows while its neighbour shrinks: the channels of the next module move."""
    arch = small("inception_v3")
    net = trained(arch)
    grown, shrunk = "Mixed_5b.branch5x5.conv", "Mixed_5b.branch1x1.conv"
    both = with_widths(arch, {grown: widths(arch)[grown] + 5, shrunk: 3})
    actual = outputs(from_state(both, resized(net.state_dict(), arch, both)))
    hook = net.get_submodule(shrunk).register_forward_hook(masked(strongest(net.get_submodule(shrunk), 3)))
    expected = outputs(net)
    hook.remove()
    assert difference(expected, actual) < EXACT


# --- by hand ---------------------------------------------------------------------------------------------------------

TINY = Arch(
    "tiny",
    About("Tiny", 2014, "", "", "", ()),
    Unit(bias=True, norm=None),
    (
        Conv("conv", 2),
        Inception("mixed", (Branch("a", (Conv("one", 1),)), Branch("b", ()))),
        GlobalPool("pool"),
        Linear("fc"),
    ),
    input_size=1,
    classes=1,
)
TINY_STATE = {
    "conv.conv.weight": torch.tensor([[1.0, 0.0, 0.0], [0.0, 3.0, 0.0]]).view(2, 3, 1, 1),
    "conv.conv.bias": torch.tensor([0.5, 0.25]),
    "mixed.a.one.conv.weight": torch.tensor([[4.0, 6.0]]).view(1, 2, 1, 1),
    "mixed.a.one.conv.bias": torch.tensor([1.0]),
    "fc.linear.weight": torch.tensor([[8.0, 10.0, 12.0]]),
    "fc.linear.bias": torch.tensor([2.0]),
}


def test_the_numbers_of_a_tiny_network() -> None:
    carried_state = resized(TINY_STATE, TINY, with_widths(TINY, {"conv": 3}))
    assert carried_state["conv.conv.weight"].flatten(1).tolist() == [[1, 0, 0], [0, 3, 0], [1, 0, 0]]
    assert carried_state["conv.conv.bias"].tolist() == [0.5, 0.25, 0.5]
    assert carried_state["mixed.a.one.conv.weight"].flatten().tolist() == [2, 6, 2]
    assert carried_state["fc.linear.weight"].tolist() == [[8, 5, 12, 5]]
    narrow = resized(TINY_STATE, TINY, with_widths(TINY, {"conv": 1}))
    assert narrow["conv.conv.weight"].flatten().tolist() == [0, 3, 0]
    assert narrow["mixed.a.one.conv.weight"].flatten().tolist() == [6]
    assert narrow["fc.linear.weight"].tolist() == [[8, 12]]


def test_what_happened_is_listed() -> None:
    changes = resize(TINY_STATE, TINY, with_widths(TINY, {"conv": 3})).changes
    assert [(c.path, c.kind, c.before, c.after, c.text) for c in changes] == [
        ("conv", "wider", 2, 3, "2 of 2 filters stay, 1 is a copy."),
        ("mixed.a.one", "reads", 2, 3, "2 of 2 inputs are read, 1 is a copy."),
        ("fc", "reads", 3, 4, "3 of 3 inputs are read, 1 is a copy."),
    ]
    changes = resize(TINY_STATE, TINY, with_widths(TINY, {"conv": 1})).changes
    assert [(c.path, c.kind, c.text) for c in changes[:2]] == [
        ("conv", "narrower", "1 of 2 filters stay."),
        ("mixed.a.one", "reads", "1 of 2 inputs are read."),
    ]


def test_nothing_changes_nothing() -> None:
    result = resize(TINY_STATE, TINY, TINY)
    assert result.state == TINY_STATE
    assert {change.kind for change in result.changes} == {"kept"}


def test_a_filters_strength_counts_its_batch_norm() -> None:
    """The first filter is the shorter one, but its BatchNorm multiplies it by eight."""
    arch = Arch(
        "tiny",
        TINY.about,
        Unit(norm=BatchNorm(eps=0.25)),
        (Conv("conv", 2), GlobalPool("pool"), Linear("fc")),
        (),
        1,
        1,
    )
    state = build(arch).state_dict() | {
        "conv.conv.weight": torch.tensor([[1.0, 0, 0], [0, 3.0, 0]]).view(2, 3, 1, 1),
        "conv.bn.weight": torch.tensor([-4.0, 1.0]),
        "conv.bn.running_var": torch.tensor([0.0, 0.75]),
    }
    carried_state = resized(state, arch, with_widths(arch, {"conv": 1}))
    assert carried_state["conv.bn.weight"].tolist() == [-4]


# --- the example in the docstring of WalkContext ---------------------------------------------------------------------

A, B = Conv("a", 2), Conv("b", 4)


def contexts(stages: tuple[Stage, ...], path: str, monkeypatch: pytest.MonkeyPatch) -> list[WalkContext]:
    """What the walk hands to each part that both networks have, where the op at ``path`` gets three filters."""
    seen: list[WalkContext] = []
    part = Walk.part

    def watched(self: Walk, old: ChainPart, new: ChainPart, context: WalkContext) -> FeatureMap:
        seen.append(context)
        return part(self, old, new, context)

    monkeypatch.setattr(Walk, "part", watched)
    arch = Arch("example", TINY.about, Unit(), (*stages, GlobalPool("pool"), Linear("fc")), input_size=8, classes=1)
    resize(build(arch).state_dict(), arch, with_widths(arch, {path: 3}))
    return [context for context in seen if context.path != "fc"]


def test_the_context_holds_what_its_docstring_says(monkeypatch: pytest.MonkeyPatch) -> None:
    three = r" +(\([\d, ]+\))" * 3
    rows = re.findall(rf"^ +(a|b|pool){three}", WalkContext.__doc__ or "", re.MULTILINE)
    assert len(rows) == 3
    seen = contexts((A, B), "a", monkeypatch)
    assert [(c.path, *map(str, (c.features.sources, c.features.old, c.features.new))) for c in seen] == rows
    assert {(c.trunk, c.added_must_be_zero, c.wanted) for c in seen} == {(None, False, None)}


def test_the_context_before_a_comparison_and_in_a_residual_block(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = {c.path: c for c in contexts((A, LocalResponseNorm("norm"), B), "a", monkeypatch)}
    assert {path: c.added_must_be_zero for path, c in compared.items() if path in ("a", "b")} == {"a": True, "b": False}
    assert compared["b"].features.sources == (0, 1, NEW)
    block = Residual("block", (Branch("branch", (A, replace(B, width=3))),), projection=False)
    inside = {c.path: c for c in contexts((block,), "block.branch.a", monkeypatch)}
    a, b = inside["block.branch.a"], inside["block.branch.b"]
    assert a.trunk == b.trunk == inside["block"].features
    assert (a.wanted, b.wanted) == (None, (0, 1, 2))


# --- refusals --------------------------------------------------------------------------------------------------------


def test_weights_of_another_variant_or_of_another_width_are_refused() -> None:
    googlenet, v3 = ARCHITECTURES["googlenet"], ARCHITECTURES["inception_v3"]
    with pytest.raises(ValueError, match=r"GoogLeNet \(Inception v1\) cannot become those of Inception v3"):
        resized({}, googlenet, v3)
    with pytest.raises(ValueError, match=r"fc.linear.bias is in one of them only, and so are 1 more\.$"):
        resized({k: v for k, v in TINY_STATE.items() if not k.startswith("fc")}, TINY, TINY)
    with pytest.raises(ValueError, match=r"conv.conv.bias has the shape \[3\] and not \[2\]\.$"):
        resized(TINY_STATE | {"conv.conv.bias": torch.zeros(3)}, TINY, TINY)
