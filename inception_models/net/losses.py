"""The loss that networks with auxiliary classifiers are trained with."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from ..arch.spec import Arch


def weighted_loss(
    outputs: Tensor | tuple[Tensor, ...], target: Tensor, arch: Arch, label_smoothing: float = 0.0
) -> Tensor:
    """Cross-entropy of the logits plus that of each aux head times its weight.

    For GoogLeNet this is main + 0.3 aux1 + 0.3 aux2 (Szegedy et al. 2014, section 5).

    Args:
        outputs: what the network returned: logits ``[N, classes]``, or in training the named tuple of them.
        target: class indices ``[N]``.
        arch: the network's spec; its heads give the weights.
        label_smoothing: between 0 and 1; Inception v3 was trained with 0.1.
    """
    every = (outputs,) if isinstance(outputs, Tensor) else outputs
    weights = (1.0, *(head.weight for head in arch.aux))[: len(every)]
    losses = [F.cross_entropy(logits, target, label_smoothing=label_smoothing) for logits in every]
    total = losses[0]
    for weight, loss in zip(weights[1:], losses[1:], strict=True):
        total = total + weight * loss
    return total
