"""Which of torch's low-level operations have multiply-accumulates: torch's own counter says it of those that do.

An operation on the picture that neither the counter nor this file knows is an error, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch._ops import OpOverload
from torch.utils.flop_counter import flop_registry

_ELEMENTWISE = """
    hardswish log_sigmoid_forward _prelu_kernel native_dropout _to_copy clone copy fill zero masked_fill where
    floor_divide bernoulli uniform normal
"""
_FREE = """
    adaptive_max_pool2d adaptive_max_pool3d _adaptive_avg_pool2d _adaptive_avg_pool3d avg_pool2d avg_pool3d
    max_pool2d_with_indices max_pool3d_with_indices fractional_max_pool2d max_unpool2d
    upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d _upsample_nearest_exact2d
    _upsample_nearest_exact3d upsample_linear1d upsample_bilinear2d upsample_bicubic2d upsample_trilinear3d
    _upsample_bilinear2d_aa _upsample_bicubic2d_aa grid_sampler_2d grid_sampler_3d
    constant_pad_nd reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d
    replication_pad3d pixel_shuffle pixel_unshuffle channel_shuffle im2col col2im roll flip repeat repeat_interleave
    cat stack split split_with_sizes unsafe_split unsafe_split_with_sizes unbind tril triu
    contiguous lift_fresh lift_fresh_copy _unsafe_view _reshape_alias
    as_strided transpose t squeeze unsqueeze view_copy expand_copy permute_copy
    slice_copy slice_scatter select_scatter scatter gather
    index _unsafe_index index_select index_put _unsafe_index_put index_add masked_select take embedding _embedding_bag
    native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_no_training _batch_norm_with_update
    _batch_norm_no_update native_layer_norm native_group_norm _fused_rms_norm _weight_norm_interface
    _softmax _log_softmax _safe_softmax logsumexp glu rrelu_with_noise
    sum mean prod amax amin max min argmax argmin var var_mean std std_mean norm linalg_vector_norm aminmax any all
    cumsum cumprod sort topk median unique_dim nonzero
    zeros_like ones_like empty_like full_like rand_like randn_like new_empty new_zeros new_ones new_full
    new_empty_strided _assert_async _assert_scalar _assert_tensor_metadata sym_size sym_numel
"""
ELEMENTWISE = frozenset(_ELEMENTWISE.split())
"""Elementwise operations that torch does not mark as such; most it does."""
FREE = frozenset(_FREE.split())
"""Reading, moving, comparing, pooling, normalising: work that is not counted as MACs, as in every other count here."""


def name_of(op: OpOverload) -> str:
    """The name of an operation without its variant; in place or not is the same."""
    name = str(op._schema.name).rpartition("::")[2]
    return name[:-1] if name.endswith("_") and not name.endswith("__") else name


def is_elementwise(op: OpOverload) -> bool:
    """Whether every output value depends only on the input values at its own place."""
    if torch.Tag.pointwise in op.tags or name_of(op) in ELEMENTWISE:
        return True
    packet = getattr(torch.ops.aten, name_of(op), None) if op.namespace == "aten" else None  # of relu_: relu
    twin = getattr(packet, op._overloadname, None)
    return isinstance(twin, OpOverload) and torch.Tag.pointwise in twin.tags


def is_free(op: OpOverload) -> bool:
    """Whether an operation is known to have no multiply-accumulates."""
    return op.namespace in ("aten", "prim", "prims") and (op.is_view or name_of(op) in FREE or is_elementwise(op))


def flops_of(op: OpOverload, args: tuple[object, ...], kwargs: Mapping[str, object], out: object) -> int | None:
    """Floating-point operations by torch's own formulas: 2 x MACs. None where it has no formula."""
    formula = flop_registry.get(op._overloadpacket)
    return None if formula is None else int(formula(*args, **kwargs, out_val=out))
