"""The oracle of what modules compute: torch.fx traces them, and every traced node becomes a :class:`Traced`."""

from __future__ import annotations

from torch import fx, nn

from app.backend.analysis.graph import Traced, unused
from app.backend.analysis.kinds import LayerKind
from app.backend.analysis.op_table import layer_at
from app.backend.analysis.trace import Tracer, packs, sources


def traced_by_fx(module: nn.Module) -> tuple[Traced, ...]:
    """Every node of ``module``, in the order of the forward pass."""
    position: dict[fx.Node, int] = {}
    traced: list[Traced] = []
    taken: set[str] = set()
    for node in Tracer().trace(module).nodes:
        if node.op == "placeholder":
            position[node] = -1
        elif node.op != "output" and not packs(node):
            layer = layer_at(node, module)
            position[node] = len(traced)
            inputs = tuple(position[n] for n in sources(node))
            traced.append(Traced(unused(_path_of(node, layer.kind), taken), layer, inputs))
    return tuple(traced)


def _path_of(node: fx.Node, kind: LayerKind) -> str:
    """A module's own path; a function's is that of the module that calls it, then its kind."""
    if node.op == "call_module":
        return str(node.target)
    stack = list(node.meta.get("nn_module_stack", {}))
    return f"{stack[-1]}.{kind}" if stack and stack[-1] else kind
