"""A copy of a network to put hooks and other modules into, without a second copy of its weights."""

from __future__ import annotations

import copy

from torch import Tensor, nn

from inception_models.net.builder import Network

from ..common.jobs import OnProgress


def private_copy(net: Network) -> Network:
    """``net`` in evaluation mode with modules of its own; weights are shared and take no gradients.

    Gradients with respect to pictures and activations flow as usual.
    """
    shared: dict[int, object] = {id(net.arch): net.arch}
    shared |= {id(weight): nn.Parameter(weight.detach(), requires_grad=False) for weight in net.parameters()}
    shared |= {id(buffer): buffer for buffer in net.buffers()}
    return copy.deepcopy(net, shared).eval()


def report_stages(own: Network, passes: int, on_progress: OnProgress) -> None:
    """Let a private copy tell how far its work of so many ``passes``, backward ones included, is after every stage.

    What ``on_progress`` raises ends the pass.
    """
    done, total = 0, passes * len(own.arch.stages)

    def tell() -> None:
        nonlocal done
        done += 1
        on_progress(min(done / total, 1.0))

    def passed(_stage: nn.Module, _inputs: object, out: Tensor) -> None:
        tell()
        if out.requires_grad:
            out.register_hook(lambda _: tell())  # type: ignore[no-untyped-call]  # torch gives it no types

    for stage in own.arch.stages:
        own.get_submodule(stage.name).register_forward_hook(passed)
