"""Every variant against tests/facts/architectures.yaml: zero tolerance."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import get_args

import onnx
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from inception_models import ARCHITECTURES, Arch, build
from inception_models.arch.about import ClaimKind
from inception_models.arch.longest_path import depth
from inception_models.arch.shapes import stage_shapes
from inception_models.arch.spec import (
    BatchNorm,
    Dropout,
    GlobalPool,
    Inception,
    Linear,
    LocalResponseNorm,
    Normalize,
    Op,
    Stage,
)
from inception_models.net.layers import BatchNormNoGamma, ScaledResidual
from tests.models.facts import KEYS, document, facts, name_in_file
from tests.models.op_language import in_words

every_variant = pytest.mark.parametrize("key", KEYS)


@dataclass(frozen=True)
class Run:
    """What one pass through a network on the meta device shows."""

    net: nn.Module
    flops: int
    out: dict[str, tuple[int, ...]]  # every module's output shape, without the batch
    macs: dict[str, int]  # of every convolution and fully connected layer


@cache
def run(arch: Arch, heads: bool = False) -> Run:
    net = build(arch, "meta").train(heads)
    out: dict[str, tuple[int, ...]] = {}
    macs: dict[str, int] = {}
    names = {module: name for name, module in net.named_modules()}

    def note(module: nn.Module, _args: object, result: object) -> None:
        if isinstance(result, torch.Tensor):
            out[names[module]] = tuple(result.shape[1:])
            if isinstance(module, nn.Conv2d | nn.Linear):
                macs[names[module]] = module.weight.numel() * result[0, 0].numel()

    for module in net.modules():
        module.register_forward_hook(note)
    with FlopCounterMode(display=False) as counter:
        # BatchNorm in training refuses a single value per channel, which v3's head would have with a batch of one
        net(torch.empty(2 if heads else 1, 3, arch.input_size, arch.input_size, device="meta"))
    return Run(net, counter.get_total_flops(), out, macs)


def params_of(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def macs_below(run: Run, name: str) -> int:
    return sum(n for path, n in run.macs.items() if path.startswith(f"{name}."))


def listed(arch: Arch) -> list[Stage]:
    """The stages that the file lists as modules: all but normalisation between layers and the head."""
    return [s for s in arch.stages if not isinstance(s, LocalResponseNorm | GlobalPool | Dropout | Linear | Normalize)]


# --- numbers ---------------------------------------------------------------------------------------------------------


@every_variant
def test_totals(key: str) -> None:
    arch, fact = ARCHITECTURES[key], facts(key)
    seen = run(arch)
    heads = sum(params_of(seen.net.get_submodule(head.name)) for head in arch.aux)
    convs = [m for name, m in seen.net.named_modules() if isinstance(m, nn.Conv2d) and name in seen.macs]
    assert {
        "input_size": arch.input_size,
        "params": params_of(seen.net),
        "params_no_aux": params_of(seen.net) - heads,
        "macs": sum(seen.macs.values()),
        "flops": seen.flops,
        "convs": len(convs),
        "depth": depth(arch),
        "out": seen.out["fc"],
    } == {
        "input_size": fact.input_size,
        "params": fact.params,
        "params_no_aux": fact.params_no_aux,
        "macs": fact.macs,
        "flops": 2 * fact.macs,
        "convs": fact.convs,
        "depth": fact.depth,
        "out": (fact.outputs,),
    }


@every_variant
def test_modules(key: str) -> None:
    """Module for module, in order: shape, parameters and MACs."""
    seen = run(ARCHITECTURES[key])
    ours = [
        (seen.out[s.name], params_of(seen.net.get_submodule(s.name)), macs_below(seen, s.name))
        for s in listed(ARCHITECTURES[key])
    ]
    assert ours == [(m.out, m.params, m.macs) for m in facts(key).modules]


@every_variant
def test_names(key: str) -> None:
    """A stage has the source's name where that is an identifier."""
    for stage, module in zip(listed(ARCHITECTURES[key]), facts(key).modules, strict=True):
        assert stage.name.isidentifier()
        if module.name.isidentifier():
            assert stage.name == module.name


@pytest.mark.parametrize("key", [k for k in KEYS if ARCHITECTURES[k].aux or facts(k).aux])
def test_aux_heads(key: str) -> None:
    arch, fact = ARCHITECTURES[key], facts(key)
    seen = run(arch, heads=True)
    assert [head.name for head in arch.aux] == [f"aux{n}" for n in range(1, len(fact.aux) + 1)]
    assert [
        (seen.out[h.tap], params_of(seen.net.get_submodule(h.name)), macs_below(seen, h.name)) for h in arch.aux
    ] == [(a.tap_shape, a.params, a.macs) for a in fact.aux]


# --- layers ----------------------------------------------------------------------------------------------------------


@every_variant
def test_layers(key: str) -> None:
    """Branches in order of concatenation; kernels, strides, padding, counted padding, scales, the missing ReLUs."""
    arch = ARCHITECTURES[key]
    ours = [in_words(s, shape[0]) for s, shape, _ in stage_shapes(arch) if s in listed(arch)]
    assert ours == [m.layers for m in facts(key).modules]


@every_variant
def test_head(key: str) -> None:
    fact = facts(key)
    stages = ARCHITECTURES[key].stages
    first = next(i for i, s in enumerate(stages) if isinstance(s, GlobalPool))
    dropout = (Dropout("dropout", fact.dropout),) if fact.dropout else ()
    tail: tuple[Op, ...] = (Linear("fc"),)
    if key == "inception_resnet_v1_facenet":
        tail = Linear("fc", bias=False, norm=BatchNorm(1e-3, 0.1)), Normalize("normalize")
    assert fact.head_pool in ("gap", "avg7/1")  # the same at the network's own size
    assert stages[first:] == (GlobalPool("avgpool"), *dropout, *tail)


@pytest.mark.parametrize("key", [k for k in KEYS if facts(k).aux])
def test_aux_layers(key: str) -> None:
    """TF-slim's 5x5 covers the grid, so what is pooled after it is one cell; ours pools at every size."""
    for head, fact in zip(ARCHITECTURES[key].aux, facts(key).aux, strict=True):
        wanted = fact.layers.replace("flatten, ", "")
        ours = in_words(head)
        assert ours == wanted or ours.replace("gap, ", "") == wanted


# --- norms, biases and pools -----------------------------------------------------------------------------------------


@every_variant
def test_norms_and_biases(key: str) -> None:
    fact, net = facts(key), run(ARCHITECTURES[key]).net
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    assert bool(norms) == fact.has_norm
    assert {(m.eps, m.momentum, not isinstance(m, BatchNormNoGamma)) for m in norms} == (
        {(fact.bn_eps, fact.bn_momentum, fact.bn_gamma)} if fact.has_norm else set()
    )
    for path, conv in net.named_modules():
        if isinstance(conv, nn.Conv2d):
            # The exceptions: residual projections, and the separable stem of TF-slim's v2.
            always = path.endswith((".proj", "Conv2d_1a_7x7.pointwise"))
            never = path.endswith(".depthwise")
            assert (conv.bias is not None) == (always or (fact.conv_bias and not never)), path


@every_variant
def test_pools_and_residuals_as_built(key: str) -> None:
    """The modules carry what the tree says."""
    fact, net = facts(key), run(ARCHITECTURES[key]).net
    words = " ".join(m.layers for m in fact.modules)
    small = [m for m in net.modules() if isinstance(m, nn.AvgPool2d) and m.kernel_size == 3]
    assert {m.count_include_pad for m in small} == {" incl" in words for _ in range("avg3" in words)}
    rounding_up = [m for m in net.modules() if isinstance(m, nn.MaxPool2d) and m.ceil_mode]
    assert len(rounding_up) == words.count("ceil")
    for stage, module in zip(listed(ARCHITECTURES[key]), fact.modules, strict=True):
        for block in net.get_submodule(stage.name).modules():
            if isinstance(block, ScaledResidual) and "sep" not in module.layers:
                relu = "relu(" if isinstance(block.act, nn.ReLU) else ""
                assert module.layers.split(" x ")[-1].startswith(f"{relu}x + {block.scale} * ")


# --- networks with other sources --------------------------------------------------------------------------------------


def counted_elsewhere() -> dict[str, tuple[int, int]]:
    """Parameters without heads and MACs of the variants whose modules the file does not list."""
    file = document()
    other = file["same_graph_other_counts"]
    v3, resnet = (file["variants"][name]["numbers"]["macs_conv_linear"] for name in
                  ("inception_v3_torchvision", "inception_resnet_v2"))  # fmt: skip
    return {
        "googlenet_cifar": (6_166_250, 1_521_756_160),  # kuangliu's own module, counted by torch
        "inception5h": (7_066_380, 1_584_881_536),  # Lucent's own module, counted by torch
        "inception_v3_fid": (other["fid_inception_v3"]["params"], v3 + 8 * 2048),
        "inception_v3_keras": (other["keras_InceptionV3"]["trainable"], v3),
        **{
            key: (numbers["params"], numbers["macs"])
            for key, numbers in file["xception_aligned_timm"].items()
            if key in ARCHITECTURES
        },
        **{
            f"inceptionnext_{size}": (numbers["params"], numbers["macs"])
            for size, numbers in file["inception_next_timm"].items()
            if f"inceptionnext_{size}" in ARCHITECTURES
        },
        "inception_resnet_v2_keras": (other["keras_InceptionResNetV2"]["trainable"], resnet),
    }


@pytest.mark.parametrize("key", counted_elsewhere())
def test_totals_counted_elsewhere(key: str) -> None:
    seen = run(ARCHITECTURES[key])
    assert (params_of(seen.net), sum(seen.macs.values())) == counted_elsewhere()[key]
    assert seen.flops == 2 * sum(seen.macs.values())


def test_the_reconstruction_of_inception_v2_keeps_what_the_paper_prints() -> None:
    """Table 1 of "Rethinking": the grids and channels between its lines; less than 25 million parameters."""
    seen = run(ARCHITECTURES["inception_v2_rethinking"])
    printed = [tuple(map(int, re.findall(r"(\d+)x(\d+)x(\d+)", line)[-1]))
               for line in document()["rethinking_inception_v2"]["layers"][1:11]]  # fmt: skip
    before = ("conv1", "conv2", "conv3", "maxpool1", "conv4", "conv5", "conv6", "Mixed_6a", "Mixed_7a", "Mixed_7c")
    assert [(out[1], out[2], out[0]) for out in (seen.out[name] for name in before)] == printed
    assert params_of(seen.net) < 25e6


def test_naive_network() -> None:
    """The 1x1 reductions left out: the file's naive_inception_module."""
    fact = document()["naive_inception_module"]
    whole = fact["whole_network_of_naive_modules"]
    arch = ARCHITECTURES["googlenet_naive"]
    seen = run(arch)
    modules = [s.name for s in arch.stages if isinstance(s, Inception)]
    assert [seen.out[name][0] for name in modules] == whole["channels_after_each"]
    assert (params_of(seen.net), sum(seen.macs.values())) == (whole["params"], whole["macs"])
    one = fact["example_3a"]["naive"]
    weights = sum(p.numel() for p in seen.net.get_submodule("inception3a").parameters() if p.ndim == 4)
    assert (weights, macs_below(seen, "inception3a")) == (one["weights"], one["macs"])


@pytest.mark.parametrize(
    "file, arch",
    [
        ("light_inception_v1.onnx", replace(ARCHITECTURES["googlenet"], aux=())),
        ("light_inception_v2.onnx", ARCHITECTURES["bn_inception_caffe2"]),
    ],
)
def test_onnx_agrees(file: str, arch: Arch) -> None:
    """An independent witness: filters, input channels and kernel of every convolution, in order."""
    numbers = document()["onnx_light_models"][file]
    graph = onnx.load(Path(onnx.__file__).parent / "backend/test/data/light" / file).graph
    shapes = weight_shapes(graph)
    net = build(arch, "meta")
    ours = [tuple(m.weight.shape) for m in net.modules() if isinstance(m, nn.Conv2d)]
    assert ours == [shapes[node.input[1]] for node in graph.node if node.op_type == "Conv"]
    assert len(ours) == numbers["conv"]
    assert params_of(net) == numbers["params"]


def weight_shapes(graph: onnx.GraphProto) -> dict[str, tuple[int, ...]]:
    """The light files hold no weights, only the shapes that a ConstantOfShape fills."""
    vectors = {t.name: tuple(onnx.numpy_helper.to_array(t).tolist()) for t in graph.initializer if len(t.dims) == 1}
    return {n.output[0]: vectors[n.input[0]] for n in graph.node if n.op_type == "ConstantOfShape"}


# --- the list itself --------------------------------------------------------------------------------------------------


def test_every_variant_is_listed() -> None:
    """In order of history; a value that can be a key; with its story, and with numbers from elsewhere or the word that
    there are none.
    """
    assert {name_in_file(key) for key in KEYS} == set(document()["variants"])
    for key in set(ARCHITECTURES) - set(KEYS) - set(counted_elsewhere()):
        assert ARCHITECTURES[key].about.standing != "published"
    assert [a.about.year for a in ARCHITECTURES.values()] == sorted(a.about.year for a in ARCHITECTURES.values())
    assert len(set(ARCHITECTURES.values())) == len(ARCHITECTURES)
    for key, arch in ARCHITECTURES.items():
        assert arch.key == key
        assert arch.about.url.startswith("https://arxiv.org/abs/")
        may_lack = {"top1_percent", "top5_percent", "top1_source", "paper_errors", "paper_errors_source", "printed"}
        assert all(getattr(arch.about, f.name) for f in fields(arch.about) if f.name not in may_lack)
        assert (arch.about.top1_percent is None) == (arch.about.top1_source == "")
        assert (arch.about.paper_errors is None) == (arch.about.paper_errors_source == "")
        assert {name for name, _ in arch.about.part_names} <= {stage.name for stage in arch.stages}
        if arch.about.standing != "published":
            story = " ".join(claim.text for claim in arch.about.differences).lower()
            assert arch.about.standing in story
    assert "Inception V2" in ARCHITECTURES["inception_resnet_v2"].about.summary  # the name that seed 003 gives it


def test_every_claim_names_its_kind_and_its_source() -> None:
    for arch in ARCHITECTURES.values():
        for claim in (*arch.about.story, *arch.about.differences):
            assert claim.text.endswith(".")
            assert claim.kind in get_args(ClaimKind)
            assert claim.source
        dated = (arch.about.top1_source, arch.about.paper_errors_source)
        assert all(re.search(r"20\d\d|IMAGENET1K_V1", source) for source in dated if source), arch.key


def weights_of(net: nn.Module, path: str) -> int:
    return sum(p.numel() for p in net.get_submodule(path).parameters() if p.ndim == 4)


def test_numbers_beside_printed_ones_are_exact() -> None:
    """K is 1024 in Table 1 of GoogLeNet, and its parameters are weights without biases."""
    v1, bn, slim, v2, v3 = (run(ARCHITECTURES[key]) for key in
                            ("googlenet", "bn_inception", "inception_v2_slim", "inception_v2_rethinking",
                             "inception_v3"))  # fmt: skip
    exact = {
        "googlenet": [f"{weights_of(v1.net, f'inception{place}') / 1024:.1f}K" for place in ("4c", "4d", "5a", "5b")]
        + [f"{macs_below(v1, 'inception5a') / 1e6:.1f}M", f"{sum(v1.macs.values()) / 1e9:.3f} billion"],
        "bn_inception": [f"{params_of(bn.net) / 1e6:.1f} million"],
        "inception_v2_slim": [f"{params_of(slim.net) / 1e6:.1f} million"],
        "inception_v2_rethinking": [f"{sum(v2.macs.values()) / 1e9:.2f} billion"],
        "inception_v3": [f"{sum(v3.macs.values()) / 1e9:.2f} billion", str(depth(ARCHITECTURES["inception_v3"]))],
    }
    stated = {key: [p.exact for p in arch.about.printed] for key, arch in ARCHITECTURES.items() if arch.about.printed}
    assert stated == exact
