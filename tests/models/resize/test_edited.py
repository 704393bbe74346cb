"""Depth, BatchNorm, classes and input size of a trained network: what must compute the same does, the rest is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from inception_models import ARCHITECTURES, with_widths
from inception_models.arch.spec import Residual
from inception_models.arch.tree import blocks
from inception_models.edits.depth import repeats, with_repeats
from inception_models.edits.input_output import runs, with_aux, with_classes, with_input_size, without_aux
from inception_models.edits.toggles import with_activation, with_batch_norm
from inception_models.resize import resize, resized
from tests.models.representative import REPRESENTATIVE
from tests.models.trained import EXACT, carried, difference, from_state, kinds, outputs, same, small, trained

# --- depth -----------------------------------------------------------------------------------------------------------

RESIDUAL = [(key, path) for key in ARCHITECTURES for path, b in blocks(ARCHITECTURES[key]).items()
            if isinstance(b, Residual) and path in repeats(ARCHITECTURES[key])]  # fmt: skip


@pytest.mark.parametrize("key, path", RESIDUAL)
def test_added_residual_blocks_start_as_the_identity(key: str, path: str) -> None:
    far, changes = carried(small(key), with_repeats(small(key), {path: 4}))
    assert far < EXACT
    assert kinds(changes) == {(f"{path}.2", "identity"), (f"{path}.3", "identity")}


@pytest.mark.parametrize("key, path", RESIDUAL[::4])
def test_added_residual_blocks_can_learn(key: str, path: str) -> None:
    """A block that adds zero must still have a gradient somewhere, or it would add zero for ever."""
    arch = small(key)
    deeper = with_repeats(arch, {path: 3})
    net = from_state(deeper, resized(trained(arch).state_dict(), arch, deeper))
    net(torch.randn(2, 3, arch.input_size, arch.input_size, dtype=torch.float64)).square().sum().backward()
    block = net.get_submodule(f"{path}.2")
    assert any(p.grad is not None and bool(p.grad.any()) for n, p in block.named_parameters() if n.endswith("weight"))


@pytest.mark.parametrize("key, path", RESIDUAL[::2])
def test_blocks_that_are_removed_again_leave_no_trace(key: str, path: str) -> None:
    arch, state = small(key), trained(small(key)).state_dict()
    deeper = with_repeats(arch, {path: 5})
    back = resize(resized(state, arch, deeper), deeper, arch)
    assert same(back.state, state)
    assert {(c.path, c.kind) for c in back.changes if c.kind != "kept"} == {(f"{path}.{n}", "gone") for n in (2, 3, 4)}


def test_a_removed_residual_block_adds_nothing() -> None:
    arch = small("inception_resnet_v2")
    net = trained(arch)
    fewer = with_repeats(arch, {"repeat_1": 1})
    actual = outputs(from_state(fewer, resized(net.state_dict(), arch, fewer)))
    hook = net.get_submodule("repeat_1.1").register_forward_hook(lambda _, inputs, __: inputs[0])
    expected = outputs(net)
    hook.remove()
    assert difference(expected, actual) < EXACT


def test_added_inception_blocks_are_new_and_what_comes_after_them_is_kept() -> None:
    arch = small("inception_v4")
    result = resize(trained(arch).state_dict(), arch, with_repeats(arch, {"inception_b": 3}))
    new = {c.path for c in result.changes if c.kind == "new"}
    assert new == {"inception_b.2"}
    assert {c.path.partition(".")[0] for c in result.changes if c.kind == "reads"} == {"reduction_b", "aux1"}


def test_a_block_of_type_a_has_widths_of_its_own_in_every_copy() -> None:
    """Each copy keeps its own strongest filters: they are not the same ones."""
    arch = small("inception_resnet_v1")
    state = trained(arch).state_dict()
    path = "block35.branch3x3dbl.conv1"
    carried_state = resized(state, arch, with_widths(arch, {path: 2}))
    picked = []
    for copy in (0, 1):
        key = f"block35.{copy}.branch3x3dbl.conv1.bn.running_mean"
        picked.append([state[key].tolist().index(value) for value in carried_state[key].tolist()])
    assert picked[0] != picked[1]


# --- BatchNorm, biases and activations --------------------------------------------------------------------------------


@pytest.mark.parametrize("key", REPRESENTATIVE)
def test_batch_norm_folds_away_and_comes_back_as_the_identity(key: str) -> None:
    arch, original = small(key), ARCHITECTURES[key]
    bare = with_batch_norm(arch, False, original)
    normed = with_batch_norm(bare, True, original)
    assert normed.unit.norm is not None
    assert carried(bare, normed)[0] < EXACT
    assert (bare == arch) == (original.unit.norm is None)
    far, changes = carried(arch, bare)
    assert far < EXACT
    assert bare == arch or {kind for _, kind in kinds(changes)} == {"norm"}


@pytest.mark.parametrize("bias", [True, False])
def test_a_bias_moves_into_the_batch_norm_and_back(bias: bool) -> None:
    arch = small("googlenet_bn" if bias else "googlenet_torchvision")
    assert carried(arch, replace(arch, unit=replace(arch.unit, bias=not bias)))[0] < EXACT


def test_another_activation_keeps_all_weights() -> None:
    arch = small("inception_v3")
    state = trained(arch).state_dict()
    assert same(resized(state, arch, with_activation(arch, "silu")), state)


def test_heads_go_and_come_back_new() -> None:
    arch = small("googlenet")
    state = trained(arch).state_dict()
    bare = resize(state, arch, without_aux(arch))
    assert same(bare.state, {key: value for key, value in state.items() if not key.startswith("aux")})
    again = resize(bare.state, without_aux(arch), with_aux(without_aux(arch), True, arch))
    assert all(torch.equal(again.state[key], value) for key, value in bare.state.items())
    assert {c.path for c in again.changes if c.kind == "new"} == {"aux1", "aux2"}


# --- input and output ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["googlenet", "inception_v3", "xception", "inception_resnet_v1_facenet"])
def test_the_classes_that_stay_keep_their_rows(key: str) -> None:
    arch = small(key)
    state = trained(arch).state_dict()
    fewer, more = with_classes(arch, 4), with_classes(arch, 11)
    carried_state = resized(state, arch, fewer)
    assert torch.equal(carried_state["fc.linear.weight"], state["fc.linear.weight"][:4])
    carried_state = resized(state, arch, more)
    assert torch.equal(carried_state["fc.linear.weight"][:7], state["fc.linear.weight"])
    assert same(resized(carried_state, more, arch), state)
    if key != "inception_resnet_v1_facenet":
        logits = outputs(from_state(more, carried_state))[0]
        assert difference((outputs(trained(arch))[0],), (logits[:, :7],)) < EXACT
        assert float(logits[:, 7:].std()) > 0


def test_a_longer_face_embedding_begins_with_the_old_one() -> None:
    """The new numbers are zero, so the length by which all are divided stays."""
    arch = small("inception_resnet_v1_facenet")
    longer = with_classes(arch, 11)
    (actual,) = outputs(from_state(longer, resized(trained(arch).state_dict(), arch, longer)))
    assert difference(outputs(trained(arch)), (actual[:, :7],)) < EXACT
    assert not actual[:, 7:].any()


def test_another_input_size_changes_only_what_reads_a_flattened_grid() -> None:
    arch = small("googlenet")
    size = next(s for s in range(200, 300) if runs(replace(arch, input_size=s)))
    result = resize(trained(arch).state_dict(), arch, with_input_size(arch, size))
    assert kinds([c for c in result.changes if c.kind != "kept"]) == {
        ("aux1.fc1", "new"), ("aux1.fc2", "reads"), ("aux2.fc1", "new"), ("aux2.fc2", "reads"),
    }  # fmt: skip
