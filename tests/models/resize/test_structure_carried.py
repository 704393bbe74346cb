"""Branches, ops and kernels of a trained network that come and go, and any edits together."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inception_models import ARCHITECTURES, Arch, build, widths, with_widths
from inception_models.arch.spec import (
    Activation,
    BatchNorm,
    Branch,
    Conv,
    Dropout,
    LocalResponseNorm,
    Op,
    Pool,
    Residual,
    SepConv,
    Unit,
)
from inception_models.arch.tree import blocks, map_blocks, map_ops
from inception_models.edits.depth import repeats, with_repeats
from inception_models.edits.input_output import without_aux
from inception_models.edits.structure import duplicated_branch, with_branch, with_op, without_branch, without_op
from inception_models.edits.toggles import with_activation, with_batch_norm
from inception_models.edits.whatif import factorised, unfactorised
from inception_models.resize import resize, resized
from tests.models.random_edits import branch_paths, edited, one
from tests.models.representative import ONE_OF_A_KIND
from tests.models.trained import EXACT, carried, difference, from_state, kinds, outputs, same, small, trained

EXAMPLES = int(os.environ.get("EDITS_EXAMPLES", "0"))

# --- structure -------------------------------------------------------------------------------------------------------

MIXED = "inception4b"
INSERTED: list[Op] = [
    Conv("extra", 12),
    Conv("extra", 40, (3, 3)),
    Conv("extra", 30, (5, 1), padding="tf"),
    Conv("extra", 30, (3, 3), unit=Unit(False, BatchNorm(0.1), "none")),
    SepConv("extra", 25, (3, 3), multiplier=2),
    Dropout("extra", 0.5),
]


@pytest.mark.parametrize("op", INSERTED, ids=lambda op: f"{type(op).__name__}{getattr(op, 'width', '')}")
@pytest.mark.parametrize("key", ["googlenet_plain", "googlenet_bn"])
def test_an_inserted_op_passes_its_input_on(key: str, op: Op) -> None:
    """After a ReLU, wider or as wide as its input; before the next convolution, a concatenation, a fork."""
    arch = small(key)
    assert carried(arch, with_op(arch, f"{MIXED}.branch3x3", op, 1))[0] < EXACT
    assert carried(arch, with_op(arch, f"{MIXED}.branch5x5", op))[0] < EXACT


@pytest.mark.parametrize("key, path", [("googlenet", MIXED), ("inception_resnet_v1", "block17")])
def test_a_new_branch_is_not_read_yet(key: str, path: str) -> None:
    arch = small(key)
    branch = Branch("extra", (Conv("reduce", 3), Conv("conv", 5, (3, 3))))
    far, changes = carried(arch, with_branch(arch, path, branch, 1))
    assert far < EXACT
    assert {p.rpartition(".")[2] for p, kind in kinds(changes) if kind == "new"} == {"extra"}
    assert carried(arch, duplicated_branch(arch, f"{path}.branch1x1"))[0] < EXACT


def test_a_branch_that_is_gone_is_missed_like_one_that_gives_zero() -> None:
    arch = small("googlenet")
    net = trained(arch)
    fewer = without_branch(arch, f"{MIXED}.branch5x5")
    actual = outputs(from_state(fewer, resized(net.state_dict(), arch, fewer)))
    hook = net.get_submodule(f"{MIXED}.branch5x5").register_forward_hook(lambda _, __, out: out * 0)
    expected = outputs(net)
    hook.remove()
    assert difference(expected, actual) < EXACT


def test_a_branch_without_its_reduction_is_new_and_not_read() -> None:
    """Its filters read other channels now. The rest of the module goes on as if the branch gave zero."""
    arch = small("googlenet")
    net = trained(arch)
    changed = without_op(arch, f"{MIXED}.branch5x5.reduce")
    result = resize(net.state_dict(), arch, changed)
    assert {(f"{MIXED}.branch5x5.reduce", "gone"), (f"{MIXED}.branch5x5.conv", "new")} <= kinds([*result.changes])
    hook = net.get_submodule(f"{MIXED}.branch5x5").register_forward_hook(lambda _, __, out: out * 0)
    expected = outputs(net)
    hook.remove()
    assert difference(expected, outputs(from_state(changed, result.state))) < EXACT


def test_a_larger_kernel_computes_the_same_and_a_smaller_one_keeps_its_centre() -> None:
    arch = small("googlenet_torchvision")
    path = f"{MIXED}.branch3x3.conv"

    def with_kernel(kernel: tuple[int, int]) -> Arch:
        return map_ops(arch, lambda p, op: replace(op, kernel=kernel) if p == path and isinstance(op, Conv) else op)

    assert carried(arch, with_kernel((5, 7)))[0] < EXACT
    state = trained(arch).state_dict()
    assert same(resized(resized(state, arch, with_kernel((5, 7))), with_kernel((5, 7)), arch), state)
    assert kinds(carried(arch, with_kernel((3, 5)))[1]) == {(path, "kernel")}
    smaller = resized(state, arch, with_kernel((1, 3)))[f"{path}.conv.weight"]
    assert torch.equal(smaller, state[f"{path}.conv.weight"][:, :, 1:2])


def test_separable_convolutions_get_other_kernels_and_more_filters_a_channel() -> None:
    arch, path = small("inception_v2_slim"), "Conv2d_1a_7x7"

    def changed(kernel: tuple[int, int], multiplier: int) -> Arch:
        def visit(_: str, op: Op) -> Op:
            return replace(op, kernel=kernel, multiplier=multiplier) if isinstance(op, SepConv) else op

        return map_ops(arch, visit)

    (stem,) = (op for op in arch.stages if isinstance(op, SepConv))
    far, changes = carried(arch, changed(stem.kernel, stem.multiplier + 2))
    assert far < EXACT
    assert kinds(changes) == {(path, "reads")}
    assert kinds(carried(arch, changed((5, 5), stem.multiplier))[1]) == {(path, "kernel")}


def test_factorised_and_joined_convolutions() -> None:
    """A 3x3 that passes its input on and the old 5x5's centre; joined again they are the old centre in a 5x5."""
    arch = small("googlenet")
    path = f"{MIXED}.branch5x5.conv"
    split = factorised(arch, path)
    result = resize(trained(arch).state_dict(), arch, split)
    assert {(f"{path}_1", "identity"), (path, "kernel")} <= kinds([*result.changes])
    centre = trained(arch).state_dict()[f"{path}.conv.weight"][:, :, 1:4, 1:4]
    assert torch.equal(result.state[f"{path}.conv.weight"], centre)
    assert resized(result.state, split, unfactorised(split, path)).keys() == trained(arch).state_dict().keys()


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_a_wider_layer_before_a_comparison_of_channels(activation: Activation) -> None:
    """Inside a branch, and after a concatenation, of which the last branch alone can grow without moving neighbours."""
    arch = with_op(small("googlenet_plain"), f"{MIXED}.branch3x3", LocalResponseNorm("norm", 3, 0.5), 1)
    arch = with_activation(arch, activation)
    arch = with_op(arch, "inception4c.branch_pool", LocalResponseNorm("norm", 3, 0.5), 0)
    last = f"{MIXED}.branch_pool.proj"
    for path in (f"{MIXED}.branch3x3.reduce", last):
        assert carried(arch, with_widths(arch, {path: widths(arch)[path] + 5}))[0] < EXACT


def test_a_shortcut_keeps_its_trunk_through_a_changed_block() -> None:
    """A residual block whose branches are all new adds zero; its trunk is as before."""
    arch = small("inception_resnet_v1")
    new = (Branch("other", (Pool("pool", "max", 3, 1, "same"), Conv("conv", 5))),)
    changed = map_blocks(arch, lambda b: replace(b, branches=new) if b.name == "block8" else b)
    result = resize(trained(arch).state_dict(), arch, changed)
    assert ("block8.0", "new") in kinds([*result.changes])
    assert not result.state["block8.0.proj.weight"].any()


# --- any edits -------------------------------------------------------------------------------------------------------


def wider(draw: st.DrawFn, arch: Arch) -> Arch:
    path = draw(st.sampled_from(list(widths(arch))))
    return with_widths(arch, {path: widths(arch)[path] + draw(st.integers(1, 9))})


def deeper(draw: st.DrawFn, arch: Arch) -> Arch:
    residual = [path for path in repeats(arch) if isinstance(blocks(arch)[path], Residual)]
    return with_repeats(arch, {one(draw, residual): 3})


def branched(draw: st.DrawFn, arch: Arch) -> Arch:
    branch = Branch("extra", (Conv("conv", draw(st.integers(1, 5))),))
    return with_branch(arch, one(draw, blocks(arch)), branch, draw(st.sampled_from((0, 1, None))))


def inserted(draw: st.DrawFn, arch: Arch) -> Arch:
    """Wide enough for all that any branch passes on, without an activation that would cut into it."""
    op = Conv("extra", 600, (3, 3), unit=Unit(draw(st.booleans()), draw(st.sampled_from((None, BatchNorm()))), "none"))
    return with_op(arch, one(draw, branch_paths(arch)), op, draw(st.sampled_from((0, None))))


PRESERVING = (
    wider, wider, deeper, branched, inserted,
    lambda draw, arch: duplicated_branch(arch, one(draw, branch_paths(arch))),
    lambda draw, arch: with_batch_norm(arch, draw(st.booleans()), ARCHITECTURES[arch.key]),
    lambda draw, arch: without_aux(arch),
)  # fmt: skip


@pytest.mark.parametrize("key", ONE_OF_A_KIND)
@settings(
    max_examples=EXAMPLES or 2, derandomize=not EXAMPLES, deadline=None, database=None, phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.data())
def test_edits_that_compute_the_same_do_so_together(key: str, data: st.DataObject) -> None:
    edit = small(key)
    for change in data.draw(st.lists(st.sampled_from(PRESERVING), min_size=2, max_size=6)):
        with contextlib.suppress(ValueError):  # what does not fit is left out
            edit = change(data.draw, edit)
    net = trained(small(key))
    actual = outputs(from_state(edit, resized(net.state_dict(), small(key), edit)))
    assert difference(outputs(net)[: len(actual)], actual) < EXACT


@pytest.mark.parametrize("key", ONE_OF_A_KIND)
@settings(
    max_examples=EXAMPLES or 2, derandomize=not EXAMPLES, deadline=None, database=None, phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.data())
def test_any_edits_give_a_state_that_fits_and_a_report_that_is_true(key: str, data: st.DataObject) -> None:
    arch = small(key)
    state = trained(arch).state_dict()
    edit, _ = data.draw(edited(arch))
    result = resize(state, arch, edit)
    wanted = build(edit, "meta").state_dict()
    assert result.state.keys() == wanted.keys()
    for name, tensor in result.state.items():
        assert (tensor.shape, tensor.dtype) == (wanted[name].shape, state.get(name, tensor).dtype)
        assert bool(torch.isfinite(tensor).all())
    assert result.changes == resize(state, arch, edit).changes
    assert same(result.state, resized(state, arch, edit))
    for change in result.changes:
        assert change.text.endswith(".")
        if change.kind == "kept":
            own = [name for name in state if name.startswith(f"{change.path}.")]
            assert own
            assert all(torch.equal(result.state[name], state[name]) for name in own)
    untold = [name for name in result.state if not any(name.startswith(f"{c.path}.") for c in result.changes)]
    assert untold == []
