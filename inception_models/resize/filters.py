"""What carrying weights over does to the tensors of one layer: fold its BatchNorm, choose and copy its filters."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..arch.spec import BatchNorm, Kernel, Unit
from .channels import NEW, Sources, shares

NORM = ("bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked")
Tensors = dict[str, Tensor]
"""One layer's: ``weight``, perhaps ``bias``, perhaps those of NORM."""


def restyled(layer: Tensors, old: Unit, new: Unit) -> Tensors:
    """The same function with the parts that ``new`` asks for.

    A BatchNorm that goes is folded into weights and bias. One that comes starts as the identity, with a variance of
    1 - eps, and takes over a bias that goes. Only a bias that neither can hold is lost.
    """
    weight = layer["weight"]
    bias = layer.get("bias", weight.new_zeros(len(weight)))
    norm = {leaf: tensor for leaf, tensor in layer.items() if leaf in NORM}
    if old.norm and not new.norm:
        scale = gain(layer, old.norm)
        weight = weight * scale.view(-1, *[1] * (weight.ndim - 1))
        bias = layer["bn.bias"] + (bias - layer["bn.running_mean"]) * scale
        norm = {}
    elif new.norm and not old.norm:
        norm = identity_norm(len(weight), new.norm, weight)
        if not new.bias:
            norm["bn.bias"] = bias
    elif new.norm and old.bias and not new.bias:
        norm["bn.running_mean"] = layer["bn.running_mean"] - bias
    return {"weight": weight, **({"bias": bias} if new.bias else {}), **norm}


def gain(layer: Tensors, norm: BatchNorm) -> Tensor:
    """The factor by which the BatchNorm multiplies each filter."""
    return layer["bn.weight"] * torch.rsqrt(layer["bn.running_var"] + norm.eps)


def identity_norm(width: int, norm: BatchNorm, like: Tensor) -> Tensors:
    """A BatchNorm that changes nothing in evaluation."""
    return {
        "bn.weight": like.new_ones(width),
        "bn.bias": like.new_zeros(width),
        "bn.running_mean": like.new_zeros(width),
        "bn.running_var": like.new_full((width,), 1 - norm.eps),
        "bn.num_batches_tracked": torch.zeros((), dtype=torch.long, device=like.device),
    }


def strongest(layer: Tensors, norm: BatchNorm | None, count: int) -> Sources:
    """The filters of largest Euclidean norm, its BatchNorm's gain included, in their own order; of equals the first."""
    return tuple(sorted(strengths(layer, norm).argsort(descending=True, stable=True)[:count].tolist()))


def strengths(layer: Tensors, norm: BatchNorm | None) -> Tensor:
    """The Euclidean norm of each filter, its BatchNorm's gain included."""
    strength: Tensor = layer["weight"].flatten(1).norm(dim=1)
    return strength * gain(layer, norm).abs() if norm else strength


def with_filters(tensor: Tensor, sources: Sources, fresh: Callable[[], Tensor]) -> Tensor:
    """Entries of ``tensor`` along its first axis, and those of ``fresh()`` where there is no source."""
    index = torch.tensor(sources, device=tensor.device)
    chosen = tensor.index_select(0, index.clamp(min=0))
    if NEW in sources:
        chosen[index == NEW] = fresh()[index == NEW]
    return chosen


def with_inputs(weight: Tensor, sources: Sources) -> Tensor:
    """Weights that give the same sum on the new channels: shared among copies, zero on what is new."""
    chosen = weight.index_select(1, torch.tensor(sources, device=weight.device).clamp(min=0))
    factors = shares(sources)
    if set(factors) == {1.0}:
        return chosen
    return chosen.mul_(
        torch.tensor(factors, dtype=weight.dtype, device=weight.device).view(1, -1, *[1] * (weight.ndim - 2))
    )


def with_kernel(weight: Tensor, kernel: Kernel) -> Tensor:
    """The filters with a larger kernel, zeros around them, or a smaller one, their centre."""
    for axis, size in zip((2, 3), kernel, strict=True):
        had = weight.shape[axis]
        offset = (size - 1) // 2 - (had - 1) // 2
        if size < had:
            weight = weight.narrow(axis, -offset, size).contiguous()
        elif size > had:
            larger = weight.new_zeros([size if a == axis else n for a, n in enumerate(weight.shape)])
            larger.narrow(axis, offset, had).copy_(weight)
            weight = larger
    return weight


def passing(shape: torch.Size, reads: Sources, like: Tensor) -> Tensor:
    """Filters of which each passes on one channel, or nothing where that is NEW."""
    weight = like.new_zeros(shape)
    centre = tuple((size - 1) // 2 for size in shape[2:])
    for row, channel in enumerate(reads):
        if channel != NEW:
            weight[(row, channel, *centre)] = 1
    return weight


def fresh(key: str, shape: torch.Size, like: Tensor) -> Tensor:
    """A tensor as :func:`inception_models.net.builder.build` initialises it, the same every time for the same key."""
    leaf = key.rpartition(".")[2]
    if leaf == "num_batches_tracked":
        return torch.zeros((), dtype=torch.long, device=like.device)
    tensor = torch.empty(shape)
    if len(shape) > 1:
        nn.init.kaiming_normal_(
            tensor, nonlinearity="relu", generator=torch.Generator().manual_seed(zlib.crc32(key.encode()))
        )
    else:
        tensor.fill_(leaf in ("weight", "running_var"))
    return tensor.to(like)
