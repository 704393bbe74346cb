"""What the real modules compute: torch.fx traces them, and every traced node becomes a :class:`Layer`."""

from __future__ import annotations

import threading
from collections.abc import Callable

from torch import fx, nn

from .graph import Layer, Traced, unused
from .kinds import LayerKind
from .op_table import LAYER_OF_MODULE, layer_at

ONE_TRACE = threading.Lock()


class OpLayers(nn.Module):
    """A placeholder for the layers of one op, which run in a row: torch.fx then follows one step instead of three."""

    def __init__(self, layers: tuple[tuple[str, Layer], ...]) -> None:
        super().__init__()
        self.layers = layers


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
        return type(m) in LAYER_OF_MODULE or isinstance(m, OpLayers) or super().is_leaf_module(m, module_qualified_name)


def trace(module: nn.Module) -> tuple[Traced, ...]:
    """Every node of ``module``, traced by torch.fx.

    Raises:
        UnknownOp: naming an op that the counter does not know.
    """
    graph = Tracer().trace(module)
    position: dict[fx.Node, int] = {}
    traced: list[Traced] = []
    taken: set[str] = set()
    for node in graph.nodes:
        if node.op == "placeholder":
            position[node] = -1
        elif node.op == "call_module" and isinstance(unit := module.get_submodule(str(node.target)), OpLayers):
            (source,) = [position[n] for n in sources(node)]
            for name, layer in unit.layers:
                traced.append(Traced(f"{node.target}.{name}", layer, (source,)))
                source = len(traced) - 1
            position[node] = source
        elif node.op != "output" and not packs(node):
            layer = layer_at(node, module)
            path = unused(path_of(node, layer.kind), taken)
            inputs = tuple(position[n] for n in sources(node))
            position[node] = len(traced)
            traced.append(Traced(path, layer, inputs))
    return tuple(traced)


def sources(node: fx.Node) -> list[fx.Node]:
    """The nodes that this one reads, each as often as it does: two empty branches both pass on the block's input."""
    read: list[fx.Node] = []
    fx.node.map_arg((node.args, node.kwargs), read.append)
    return read


def packs(node: fx.Node) -> bool:
    """Whether a node only puts outputs into a named tuple."""
    return isinstance(node.target, type) and issubclass(node.target, tuple)


def path_of(node: fx.Node, kind: LayerKind) -> str:
    """A module's own path; a function's is that of the module that calls it, then its kind."""
    if node.op == "call_module":
        return str(node.target)
    stack = list(node.meta.get("nn_module_stack", {}))
    return f"{stack[-1]}.{kind}" if stack and stack[-1] else kind
