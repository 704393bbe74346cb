"""A network's modules as a flat list of calls, which any number of threads can go through with values of their own.

torch.fx would find the calls too, but it replaces ``nn.Module.__call__`` for the whole process while it traces, which
breaks every forward pass that another thread has under way. For the same reason a step calls ``forward`` directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from inception_models.net.builder import Network
from inception_models.net.layers import Parallel, ScaledResidual

Compute = Callable[..., Tensor]


@dataclass(frozen=True, slots=True)
class Step:
    """Step number i computes value i + 1 from earlier values; value 0 is the picture."""

    compute: Compute
    inputs: tuple[int, ...]
    done_with: tuple[int, ...]  # values that no later step reads


class Layout:
    """The calls of ``net`` in evaluation, in order; ``value_of`` says by path which value each module puts out."""

    def __init__(self, net: Network) -> None:
        self.calls: list[tuple[Compute, tuple[int, ...]]] = []
        self.value_of: dict[str, int] = {}
        x = 0
        for stage in net.arch.stages:
            x = self._module(net.get_submodule(stage.name), stage.name, x)

    def steps(self) -> Iterator[Step]:
        last_reader = {value: i for i, (_, inputs) in enumerate(self.calls) for value in inputs}
        for i, (compute, inputs) in enumerate(self.calls):
            yield Step(compute, inputs, tuple(value for value in set(inputs) if last_reader[value] == i))

    def _call(self, compute: Compute, *inputs: int) -> int:
        self.calls.append((compute, inputs))
        return len(self.calls)

    def _module(self, module: nn.Module, path: str, x: int) -> int:
        """``module`` applied to value ``x``. An unknown kind is one call, and what is inside it stays unseen."""
        match module:
            case nn.Sequential():
                out = x
                for name, child in module.named_children():
                    out = self._module(child, f"{path}.{name}", out)
            case Parallel():
                outs = [self._module(child, f"{path}.{name}", x) for name, child in module.named_children()]
                out = self._call(_concat, *outs)
            case ScaledResidual():
                out = self._residual(module, path, x)
            case nn.Identity() | nn.Dropout():
                out = x
            case _:
                out = self._call(module.forward, x)
        self.value_of[path] = out
        return out

    def _residual(self, block: ScaledResidual, path: str, x: int) -> int:
        outs = [self._module(block.get_submodule(name), f"{path}.{name}", x) for name in block.branch_names]
        y = outs[0] if len(outs) == 1 else self._call(_concat, *outs)
        if block.proj is not None:
            y = self._module(block.proj, f"{path}.proj", y)
        straight = x if block.shortcut is None else self._module(block.shortcut, f"{path}.shortcut", x)
        return self._module(block.act, f"{path}.act", self._call(partial(_add, scale=block.scale), straight, y))


def _concat(*branches: Tensor) -> Tensor:
    return torch.cat(branches, 1)


def _add(straight: Tensor, y: Tensor, scale: float) -> Tensor:
    return straight + (y * scale if scale != 1.0 else y)


def fold(net: Network) -> None:
    """Puts each BatchNorm into the convolution before it and lets the activation behind overwrite its input.

    Only inside a conv unit, whose inner values nobody else reads. ``net`` must be a private copy in evaluation mode.
    """
    for unit in net.modules():
        if not isinstance(unit, nn.Sequential):
            continue
        for (_, conv), (name, norm) in pairwise(list(unit.named_children())):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                assert norm.running_mean is not None  # every norm that is built keeps them
                assert norm.running_var is not None
                conv.weight, conv.bias = nn.utils.fuse_conv_bn_weights(
                    conv.weight, conv.bias, norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias
                )
                setattr(unit, name, nn.Identity())
        for before, after in pairwise([m for m in unit if not isinstance(m, nn.Identity)]):
            if isinstance(before, nn.Conv2d) and hasattr(after, "inplace"):
                after.inplace = True  # type: ignore[assignment]  # torch types any attribute as a module's
