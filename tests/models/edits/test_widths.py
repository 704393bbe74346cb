"""Edits of widths, copies, input and output, dropout, BatchNorm and activation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from inception_models import ARCHITECTURES, Arch, build, widths, with_widths
from inception_models.arch.rules import checked
from inception_models.arch.spec import BatchNorm, Conv, Linear, Norm, Unit
from inception_models.arch.tree import map_ops
from inception_models.arch.tree import walk as ops
from inception_models.edits.depth import repeats, scales, with_repeats, with_scales
from inception_models.edits.input_output import (
    runs,
    smallest_input,
    with_aux,
    with_classes,
    with_input_size,
    without_aux,
)
from inception_models.edits.toggles import (
    ACTIVATIONS,
    dropout,
    has_batch_norm,
    with_activation,
    with_batch_norm,
    with_dropout,
)
from inception_models.edits.widths import scaled
from inception_models.net.layers import ACTIVATION_MODULES, ScaledResidual
from tests.models.random_edits import assert_one_sentence
from tests.models.representative import REPRESENTATIVE

GOOGLENET = ARCHITECTURES["googlenet"]
V3 = ARCHITECTURES["inception_v3"]
RESNET = ARCHITECTURES["inception_resnet_v2"]
XCEPTION = ARCHITECTURES["xception"]
every = pytest.mark.parametrize("arch", ARCHITECTURES.values(), ids=lambda arch: arch.key)
CONV = "inception3a.branch1x1.conv"


@every
def test_every_variant_keeps_the_rules(arch: Arch) -> None:
    assert checked(arch) is arch


# --- widths ----------------------------------------------------------------------------------------------------------


@every
def test_every_width_is_the_out_channels_of_a_real_layer(arch: Arch) -> None:
    net = build(with_repeats(arch, dict.fromkeys(repeats(arch), 1)), "meta")
    for path, width in widths(arch).items():
        stage, _, rest = path.partition(".")
        module = net.get_submodule(f"{stage}.0.{rest}" if stage in repeats(arch) else path)
        layers = [m for m in module.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
        assert width == getattr(layers[-1], "out_channels", None) or width == getattr(layers[-1], "out_features", None)


@every
def test_setting_widths_to_what_they_are_changes_nothing(arch: Arch) -> None:
    assert with_widths(arch, widths(arch)) is arch
    assert scaled(arch, 1) is arch


def test_an_edit_shares_what_it_does_not_change() -> None:
    edited = with_widths(GOOGLENET, {CONV: np.int64(7)})  # type: ignore[dict-item]  # as tables hold them
    assert widths(edited) == widths(GOOGLENET) | {CONV: 7}
    assert type(widths(edited)[CONV]) is int
    assert [new is old for new, old in zip(edited.stages, GOOGLENET.stages, strict=True)].count(False) == 1
    assert edited.aux[0] is GOOGLENET.aux[0]


@pytest.mark.parametrize(
    "factor, divisor, width", [(0.5, 8, 32), (0.5, 1, 32), (0.3, 8, 16), (0.3, 1, 19), (0.05, 8, 8), (2, 64, 128)]
)
def test_scaled_rounds_to_the_divisor(factor: float, divisor: int, width: int) -> None:
    assert widths(scaled(GOOGLENET, factor, divisor))[CONV] == width  # of 64


# --- input and output ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", REPRESENTATIVE)
def test_smallest_input_is_the_smallest_that_torch_takes(key: str) -> None:
    arch = without_aux(ARCHITECTURES[key])
    net, least = build(arch, "meta").eval(), smallest_input(arch)
    assert net(torch.empty(1, 3, least, least, device="meta")).shape == (1, arch.classes)
    if least > 1:
        with pytest.raises(RuntimeError):
            net(torch.empty(1, 3, least - 1, least - 1, device="meta"))


def test_grids_agree_where_torch_finds_that_they_do() -> None:
    arch = ARCHITECTURES["bn_inception"]  # its convolutions round down and its pools up
    net = build(arch, "meta").eval()
    for size in (38, 39, 62, 63, 222, 223):
        if runs(replace(arch, input_size=size)):
            net(torch.empty(1, 3, size, size, device="meta"))
        else:
            with pytest.raises(RuntimeError):
                net(torch.empty(1, 3, size, size, device="meta"))


def test_aux_heads_come_back_as_published() -> None:
    assert without_aux(GOOGLENET).aux == ()
    assert with_aux(without_aux(GOOGLENET), True, GOOGLENET) == GOOGLENET
    edited = with_widths(GOOGLENET, {"aux1.conv": 9})
    assert with_aux(edited, True, GOOGLENET) is edited
    assert with_aux(GOOGLENET, False, GOOGLENET) == without_aux(GOOGLENET)


# --- depth -----------------------------------------------------------------------------------------------------------


def test_repeats_are_the_copies_that_are_built() -> None:
    assert repeats(RESNET) == {"repeat": 10, "repeat_1": 20, "repeat_2": 9}
    net = build(with_repeats(RESNET, {"repeat": 1, "repeat_1": 3}), "meta")
    assert [len(net.get_submodule(path)) for path in repeats(RESNET)] == [1, 3, 9]  # type: ignore[arg-type]
    assert with_repeats(RESNET, repeats(RESNET)) is RESNET


def test_scales_reach_the_modules() -> None:
    assert scales(RESNET) == {"repeat": 0.17, "repeat_1": 0.1, "repeat_2": 0.2, "block8": 1.0}
    net = build(with_scales(with_repeats(RESNET, dict.fromkeys(repeats(RESNET), 1)), {"repeat": 0.5}), "meta")
    assert [m.scale for m in net.modules() if isinstance(m, ScaledResidual)] == [0.5, 0.1, 0.2, 1.0]
    assert set(scales(with_scales(RESNET, 0.3)).values()) == {0.3}
    assert with_scales(RESNET, scales(RESNET)) is RESNET


# --- toggles ---------------------------------------------------------------------------------------------------------


def test_dropout_is_that_of_the_classifier() -> None:
    assert dropout(GOOGLENET) == 0.4
    net = build(with_dropout(GOOGLENET, 0.1), "meta")
    assert [m.p for m in net.modules() if isinstance(m, nn.Dropout)] == [0.1, 0.7, 0.7]
    assert with_dropout(GOOGLENET, 0.4) is GOOGLENET


def layers(arch: Arch) -> Counter[type[nn.Module]]:
    small = with_repeats(arch, dict.fromkeys(repeats(arch), 1))
    return Counter(type(m) for m in build(small, "meta").modules() if not list(m.children()))


@every
@pytest.mark.parametrize("name", ["silu", "leaky_relu"])
def test_activation_changes_every_activation_and_nothing_else(arch: Arch, name: str) -> None:
    edited = with_activation(arch, name)  # type: ignore[arg-type]
    expected = layers(arch)
    expected[ACTIVATION_MODULES[name]] = expected.pop(ACTIVATION_MODULES[arch.unit.activation])  # type: ignore[index]
    assert layers(edited) == expected
    assert with_activation(edited, arch.unit.activation) == arch


@every
def test_without_batch_norm_every_layer_has_a_bias(arch: Arch) -> None:
    edited = with_batch_norm(arch, False, arch)
    net = build(with_repeats(edited, dict.fromkeys(repeats(edited), 1)), "meta")
    modules = list(net.modules())
    alone = {f"{path}.bn".replace(".branch.", ".0.branch.") for path, op in ops(edited) if isinstance(op, Norm)}
    normed = {path for path, m in net.named_modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)}
    assert normed == alone  # a normalisation that belongs to no layer stays
    weighted = [m for m in modules if isinstance(m, nn.Conv2d | nn.Linear) and getattr(m, "groups", 1) == 1]
    assert all(m.bias is not None for m in weighted)


@every
def test_batch_norm_off_and_on_again_is_the_published_network(arch: Arch) -> None:
    on = has_batch_norm(arch)
    edited = with_batch_norm(arch, not on, arch)
    assert has_batch_norm(edited) is not on
    assert with_batch_norm(edited, on, arch) == arch
    assert with_batch_norm(arch, on, arch) is arch


def test_batch_norm_comes_with_slims_eps_and_without_bias_where_none_was_published() -> None:
    net = build(with_batch_norm(GOOGLENET, True, GOOGLENET), "meta")
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    assert len(norms) == 57 + 2
    assert {m.eps for m in norms} == {1e-3}
    assert not [m for m in net.modules() if isinstance(m, nn.Conv2d) and m.bias is not None]


def test_batch_norm_of_a_layer_s_own_comes_back_too() -> None:
    own = Unit(bias=True, norm=BatchNorm(1e-4), activation="none")
    arch = map_ops(GOOGLENET, lambda path, op: replace(op, unit=own) if isinstance(op, Conv) and path == CONV else op)
    off = with_batch_norm(arch, False, arch)
    assert Unit(True, None, "none") in [op.unit for _, op in ops(off) if isinstance(op, Conv)]
    assert dict(ops(with_batch_norm(off, True, arch)))[CONV] == dict(ops(arch))[CONV]


def test_the_face_embedding_s_norm_follows() -> None:
    faces = ARCHITECTURES["inception_resnet_v1_facenet"]
    fc = dict(ops(with_batch_norm(faces, False, faces)))["fc"]
    assert isinstance(fc, Linear)
    assert (fc.bias, fc.norm) == (True, None)


# --- refusals --------------------------------------------------------------------------------------------------------

REFUSED: tuple[tuple[Callable[[], Arch], str], ...] = (
    (lambda: with_widths(GOOGLENET, {"inception3a.branch1x1.cnov": 8}), "did you mean inception3a.branch1x1.conv?"),
    (lambda: with_widths(GOOGLENET, {CONV: 0}), f"{CONV} must be a whole number from 1 to 8192, not 0."),
    (lambda: with_widths(GOOGLENET, {CONV: 8193}), "1 to 8192, not 8193."),
    (lambda: with_widths(GOOGLENET, {CONV: True}), "1 to 8192, not true."),
    (lambda: with_widths(GOOGLENET, {CONV: 6.0}), "1 to 8192, not 6."),  # type: ignore[dict-item]
    (lambda: with_widths(GOOGLENET, {CONV: None}), "1 to 8192, not nothing."),  # type: ignore[dict-item]
    (lambda: with_widths(GOOGLENET, {CONV: 10**5000}), "1 to 8192, not a number that is too large."),
    (lambda: scaled(GOOGLENET, float("nan")), "The width multiplier must be from 0.05 to 8, not nan."),
    (lambda: scaled(GOOGLENET, 2, 0), "The divisor must be a whole number from 1 to 64, not 0."),
    (lambda: scaled(XCEPTION, 8), "× 8 would give conv4 16,384 filters; at most 8,192 are allowed."),
    (lambda: with_input_size(GOOGLENET, 70), "auxiliary heads do not fit; without them, or at 79 pixels"),
    (lambda: with_input_size(without_aux(V3), 12), "needs an input of at least 75 pixels, not 12."),
    (lambda: with_input_size(ARCHITECTURES["bn_inception"], 222), "the nearest size at which they do is 223."),
    (lambda: with_input_size(GOOGLENET, 1025), "from 1 to 1024, not 1025."),
    (lambda: with_input_size(GOOGLENET, True), "not true."),
    (lambda: with_classes(GOOGLENET, 0), "The number of classes must be a whole number from 1 to 100000, not 0."),
    (lambda: with_aux(XCEPTION, True, XCEPTION), "has no auxiliary heads"),
    (
        lambda: with_aux(with_input_size(without_aux(V3), 150), True, V3),
        "The auxiliary heads do not fit at 150 pixels; the nearest size at which they do is 299.",
    ),
    (lambda: with_repeats(RESNET, {"repeat": 65}), "the number of copies must be a whole number from 1 to 64, not 65."),
    (lambda: with_repeats(RESNET, {"repeat": None}), "not nothing."),  # type: ignore[dict-item]
    (lambda: with_repeats(RESNET, {"mixed_6a": 2}), "not the path of a group of equal blocks"),
    (lambda: with_repeats(GOOGLENET, {"inception3a": 2}), "does not have a group of equal blocks"),
    (lambda: with_scales(RESNET, 0), "The residual scale must be a number from 0.01 to 1, not 0."),
    (lambda: with_scales(RESNET, {"repeat": float("inf")}), "not inf."),
    (lambda: with_scales(RESNET, {"mixed_6a": 0.5}), "not the path of a residual block"),
    (lambda: with_scales(GOOGLENET, 0.5), "has no residual blocks to scale"),
    (lambda: with_dropout(GOOGLENET, 1), "The share dropped must be a number from 0 to 0.99, not 1."),
    (lambda: with_dropout(ARCHITECTURES["bn_inception"], 0.5), "has no dropout"),
    (lambda: with_activation(GOOGLENET, "none"), f"must be one of {', '.join(ACTIVATIONS)}"),
    (lambda: with_activation(GOOGLENET, "tanh"), "not 'tanh'."),  # type: ignore[arg-type]
)


@pytest.mark.parametrize("edit, words", REFUSED)
def test_what_cannot_work_is_refused_in_one_sentence(edit: Callable[[], Arch], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as refusal:
        edit()
    assert_one_sentence(str(refusal.value))
