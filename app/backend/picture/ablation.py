"""What a network predicts when the output of a branch or a channel is set to zero: all that follows is computed anew.

The question is Meyes et al.'s (2019, "Ablation Studies in Artificial Neural Networks").
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inception_models.net.builder import Network

from ..common.jobs import OnProgress
from .private_copy import private_copy, report_stages


@dataclass(frozen=True, slots=True)
class Ablation:
    """What is set to zero: the output at ``path``, or one ``channel`` of it."""

    path: str
    channel: int | None = None


class _Zeroed(nn.Module):
    """A module whose output, or one channel of it, is zero."""

    def __init__(self, module: nn.Module, channel: int | None) -> None:
        super().__init__()
        self.module, self.channel = module, channel

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.module(x)
        if self.channel is None:
            return torch.zeros_like(out)
        out = out.clone()  # a branch without ops returns its very input, which others read too
        out[:, self.channel] = 0
        return out


def logits_without(
    net: Network, x: Tensor, ablations: tuple[Ablation, ...] = (), on_progress: OnProgress | None = None
) -> Tensor:
    """Logits ``[classes]`` of a picture ``[1, 3, S, S]`` with these outputs set to zero; ``net`` is not changed.

    Raises:
        AttributeError: where a path names no module.
        IndexError: where an output has no such channel.
    """
    own = private_copy(net)
    if on_progress:
        report_stages(own, 1, on_progress)
    for ablation in ablations:
        parent, _, name = ablation.path.rpartition(".")
        zeroed = _Zeroed(own.get_submodule(ablation.path), ablation.channel)
        setattr(own.get_submodule(parent), name, zeroed)
    with torch.inference_mode():
        logits: Tensor = own(x)
    return logits[0].float().cpu()
