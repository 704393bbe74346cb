"""A network of one's own to put hooks and other modules into, without a second copy of its weights."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from torch import Tensor, nn

from inception_models.net.builder import Network
from inception_models.net.layers import LayerUnit

steady_call = nn.Module.__call__
"""As it was on import, long before anything is traced: for classes of modules that go into a private copy."""


def private_copy(net: Network) -> Network:
    """``net`` in evaluation mode with modules of its own; weights are shared and take no gradients.

    Gradients with respect to pictures and activations flow as ever. A trace by torch.fx in another thread, which
    replaces ``nn.Module.__call__`` for the whole process while it lasts, does not disturb it.
    """
    shared: dict[int, object] = {id(net.arch): net.arch}
    shared |= {id(weight): nn.Parameter(weight.detach(), requires_grad=False) for weight in net.parameters()}
    shared |= {id(buffer): buffer for buffer in net.buffers()}
    own = copy.deepcopy(net, shared).eval()
    for module in own.modules():
        module.__class__ = _untraced(type(module))
    return own


def _untraced(kind: type[nn.Module]) -> type[nn.Module]:
    """``kind`` with a call of its own, which nobody replaces."""
    return type(kind.__name__, (kind,), {"__call__": steady_call})


def modules_to(net: Network, path: str) -> list[nn.Module]:
    """The modules that turn a picture into the output at ``path``, to be called one after the other.

    Raises:
        AttributeError: where ``path`` names no module.
    """
    return [*_to(net, path.split("."))]


def _to(module: nn.Module, names: list[str]) -> Iterator[nn.Module]:
    if not names:
        yield module
        return
    first, *rest = names
    if isinstance(module, Network | nn.Sequential):  # in a row; elsewhere children stand side by side
        for name, child in module.named_children():
            if name == first:
                break
            yield child
    yield from _to(module.get_submodule(first), rest)


def without_activation(modules: list[nn.Module]) -> list[nn.Module]:
    """The same calls, without the activation of the unit that comes last."""
    *before, last = modules
    match last:
        case LayerUnit():
            return [*before, *(child for name, child in last.named_children() if name != "act")]
        case nn.Sequential() if len(last):
            return without_activation([*before, *last])
        case _:
            return modules


def run(modules: list[nn.Module], x: Tensor) -> Tensor:
    """The modules, one after the other."""
    for module in modules:
        x = module(x)
    return x
