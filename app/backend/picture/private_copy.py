"""A copy of a network to put hooks and other modules into, without a second copy of its weights."""

from __future__ import annotations

import copy

from torch import nn

from inception_models.net.builder import Network


def private_copy(net: Network) -> Network:
    """``net`` in evaluation mode with modules of its own; weights are shared and take no gradients.

    Gradients with respect to pictures and activations flow as usual.
    """
    shared: dict[int, object] = {id(net.arch): net.arch}
    shared |= {id(weight): nn.Parameter(weight.detach(), requires_grad=False) for weight in net.parameters()}
    shared |= {id(buffer): buffer for buffer in net.buffers()}
    return copy.deepcopy(net, shared).eval()
