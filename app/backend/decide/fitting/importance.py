"""How much each filter of a trained network matters: by the norm of its weights, or by what a loss would feel of it.

Norms: as carrying weights over chooses filters, with the gain of BatchNorm (:mod:`inception_models.resize.filters`).
Taylor: the squared first-order change of the loss if a filter were removed, ``(gamma dL/dgamma + beta dL/dbeta)^2`` of
its BatchNorm, or the same of its weights and bias, averaged over batches (Molchanov et al. 2019, arXiv:1906.10771).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inception_models import Arch
from inception_models.arch.spec import Repeat, Weighted
from inception_models.arch.tree import walk
from inception_models.net.builder import Network
from inception_models.resize.filters import strengths
from inception_models.resize.layers import MIXING, layer_tensors, layer_unit
from inception_models.training.batches import prepared
from inception_models.training.datasets import Data

from ...common.jobs import Progress
from ..channels import Form, stage_widths

TAYLOR_PICTURES = 256
TAYLOR_BATCH = 32


@dataclass(frozen=True, eq=False)
class FilterImportance:
    """One number for each filter, by path. ``how``: in words, what it was computed from."""

    how: str
    numbers: dict[str, Form]

    def of(self, group: Sequence[str]) -> Form:
        """Of filters that are there or not together, added up; those of copies are sorted first, as each copy loses
        its own weakest."""
        added: Form = np.sum([self.numbers[path] for path in group], axis=0)
        return added


def by_norm(net: Network) -> FilterImportance:
    """The norms of the filters of a trained network."""
    state = net.state_dict()

    def numbers(path: str, op: Weighted) -> Form:
        unit = layer_unit(op, net.arch)
        return _array(strengths(layer_tensors(state, path, MIXING[type(op)], unit), unit.norm))

    return FilterImportance("filter norms", _gathered(net.arch, numbers))


def by_taylor(
    net: Network, data: Data, pictures: int = TAYLOR_PICTURES, progress: Progress | None = None
) -> FilterImportance:
    """What the loss on some of the training pictures would feel of each filter.

    Raises:
        Cancelled: where ``progress`` has been cancelled.
        ValueError: where the data has other classes than the network.
    """
    if net.arch.classes != len(data.classes):
        raise ValueError(
            f"The network has {net.arch.classes} outputs and {data.name} has {len(data.classes)} classes; the numbers"
            " must be equal."
        )
    net.eval()
    told = progress or Progress()
    sums: dict[str, Form] = {}
    batches = 0
    order = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(0))[:pictures]
    with torch.enable_grad():
        for start in range(0, len(order), TAYLOR_BATCH):
            told.report(start / len(order), "judging filters by the loss")
            some = data.train[order[start : start + TAYLOR_BATCH]]
            net.zero_grad()
            logits = net(prepared(some.images, data.mean, data.std, net.arch.input_size))
            F.cross_entropy(logits, some.labels).backward()  # type: ignore[no-untyped-call]  # torch gives it no types
            felt = _gathered(net.arch, lambda path, op: _felt(net.get_submodule(path), MIXING[type(op)]))
            sums = {path: sums.get(path, 0) + value for path, value in felt.items()}
            batches += 1
    net.zero_grad()
    return FilterImportance(f"Taylor importance on {len(order)} pictures", {p: s / batches for p, s in sums.items()})


def _felt(module: nn.Module, name: str) -> Form:
    """Of each filter of one layer, the squared sum of its parameters times their gradients."""
    norm = getattr(module, "bn", None)
    of = norm if norm is not None and norm.weight is not None else getattr(module, name, module)
    products = [p * p.grad for p in of.parameters(recurse=False) if p.grad is not None]
    rows = [product.flatten(1).sum(1) if product.ndim > 1 else product for product in products]
    return _array(torch.stack(rows).sum(0) ** 2)


def _gathered(arch: Arch, numbers: Callable[[str, Weighted], Form]) -> dict[str, Form]:
    times = {stage.name: stage.times for stage in arch.stages if isinstance(stage, Repeat)}
    ops = dict(walk(arch))
    gathered: dict[str, Form] = {}
    for path in stage_widths(arch):
        op = ops[path]
        assert isinstance(op, Weighted)
        gathered[path] = np.sum([np.sort(numbers(copy, op)) for copy in _copies(path, times)], axis=0)
    return gathered


def _copies(path: str, times: Mapping[str, int]) -> Iterator[str]:
    stage, _, rest = path.partition(".")
    if stage in times:
        yield from (f"{stage}.{number}.{rest}" for number in range(times[stage]))
    else:
        yield path


def _array(values: Tensor) -> Form:
    return values.detach().double().numpy()
