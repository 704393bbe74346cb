"""torch.fx's tracer for modules of any kind, safe beside other threads. The parts of specs are traced by
:mod:`.recording`."""

from __future__ import annotations

import threading
from collections.abc import Callable

from torch import fx, nn

from .op_table import LAYER_OF_MODULE

ONE_TRACE = threading.Lock()


class Tracer(fx.Tracer):
    """torch.fx's, which also takes the modules of this project that :mod:`.op_table` knows as one layer each.

    While it traces, torch.fx replaces ``nn.Module.__call__`` and ``__getattr__`` for the whole process. What another
    thread runs meanwhile is handed on unchanged, so it goes its usual way, hooks included. Two traces at once would
    each take the other's replacement for the original and leave it in place: one waits for the other.
    """

    def __init__(self) -> None:
        super().__init__()
        self.thread = 0

    def trace(
        self, root: nn.Module | Callable[..., object], concrete_args: dict[str, object] | None = None
    ) -> fx.Graph:
        with ONE_TRACE:
            self.thread = threading.get_ident()
            return super().trace(root, concrete_args)

    def call_module(
        self, m: nn.Module, forward: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> object:
        if threading.get_ident() != self.thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: object, parameter_proxy_cache: dict[str, fx.Proxy]) -> object:
        if threading.get_ident() != self.thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m) in LAYER_OF_MODULE or super().is_leaf_module(m, module_qualified_name)


def sources(node: fx.Node) -> list[fx.Node]:
    """The nodes that this one reads, each as often as it does: two empty branches both pass on the block's input."""
    read: list[fx.Node] = []
    fx.node.map_arg((node.args, node.kwargs), read.append)
    return read


def packs(node: fx.Node) -> bool:
    """Whether a node only puts outputs into a named tuple."""
    return isinstance(node.target, type) and issubclass(node.target, tuple)
