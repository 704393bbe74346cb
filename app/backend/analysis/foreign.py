"""The numbers of any module that torch.fx can trace: bring your own network.

>>> from torchvision.models import resnet18
>>> analyze_module(resnet18(), (3, 224, 224)).macs
1814073344
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

import torch
from torch import fx, nn

from inception_models.arch.shapes import Shape

from .cost import macs_of
from .graph import Layer, Node
from .op_table import layer_at
from .receptive_field import ONE_PIXEL, Fields, fields_after
from .trace import Tracer, packs, path_of, sources, unused


@dataclass(frozen=True, slots=True)
class ModuleAnalysis:
    """What a module does in evaluation with one input of ``in_shape``, counted as in :class:`.analysis.Analysis`.

    ``nodes``: in the order of the forward pass, with the module's own paths; inputs are positions in this list, -1 is
    the input. ``params``: trainable parameters of the layers that run. ``idle_params``: those of the layers that do
    not, such as auxiliary heads. A layer that runs twice has its parameters once and its MACs twice. A node's receptive
    field is None where it is the whole input or not known.
    """

    in_shape: Shape
    nodes: tuple[Node, ...]
    params: int
    idle_params: int
    macs: int

    @property
    def flops(self) -> int:
        """Floating-point operations: 2 x MACs."""
        return 2 * self.macs


def analyze_module(module: nn.Module, input_shape: Shape) -> ModuleAnalysis:
    """All numbers of ``module`` for one input of ``input_shape``: (channels, height, width), or (features,).

    A copy without weights is traced in evaluation mode; the module itself is not changed.

    Raises:
        UnknownOp: naming an op that the counter does not know.
        ValueError: where torch.fx cannot trace the module, or the input does not fit it.
    """
    ghost = _ghost(module)
    graph = _traced(ghost)
    shapes = _shapes(fx.GraphModule(ghost, graph), input_shape)
    nodes = _Reader(ghost, input_shape, shapes).read(graph)
    params = sum(node.params for node in nodes)
    trainable = sum(p.numel() for p in module.parameters() if p.requires_grad)
    return ModuleAnalysis(input_shape, nodes, params, trainable - params, sum(node.macs for node in nodes))


def _ghost(module: nn.Module) -> nn.Module:
    """A copy in evaluation mode without weights: its tensors have shapes and no values."""
    ghosts: dict[int, object] = {}
    for parameter in module.parameters():
        ghosts[id(parameter)] = nn.Parameter(parameter.detach().to("meta"), parameter.requires_grad)
    for buffer in module.buffers():
        ghosts[id(buffer)] = buffer.detach().to("meta")
    return copy.deepcopy(module, ghosts).eval()


def _traced(module: nn.Module) -> fx.Graph:
    try:
        graph = Tracer().trace(module)
    except (RuntimeError, TypeError, fx.proxy.TraceError) as problem:
        raise ValueError(f"torch.fx cannot trace {type(module).__name__}: {_first_line(problem)}") from problem
    if sum(node.op == "placeholder" and not node.args for node in graph.nodes) != 1:
        raise ValueError(f"{type(module).__name__} must take exactly one input.")
    return graph


class _Shapes(fx.Interpreter):
    """Runs a graph on the meta device and keeps every output shape; for a node with several outputs an empty one."""

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.shapes: dict[fx.Node, Shape] = {}

    def run_node(self, n: fx.Node) -> object:
        result: object = super().run_node(n)
        if isinstance(result, torch.Tensor):
            self.shapes[n] = tuple(result.shape)
        elif isinstance(result, tuple | list) and result and isinstance(result[0], torch.Tensor):
            self.shapes[n] = ()
        return result


def _shapes(module: fx.GraphModule, input_shape: Shape) -> dict[fx.Node, Shape]:
    interpreter = _Shapes(module)
    try:
        with torch.no_grad():
            interpreter.run(torch.empty(1, *input_shape, device="meta"))
    except RuntimeError as problem:
        shape = " x ".join(map(str, input_shape))
        raise ValueError(f"An input of {shape} does not fit this module: {_first_line(problem)}") from problem
    return interpreter.shapes


def _first_line(problem: Exception) -> str:
    return next((line for line in str(problem).splitlines() if line.strip()), type(problem).__name__)


class _Reader:
    """Turns torch.fx's nodes into ours. What is not a tensor, such as a size, is left out."""

    def __init__(self, module: nn.Module, in_shape: Shape, shapes: Mapping[fx.Node, Shape]) -> None:
        self.module, self.in_shape, self.shapes = module, in_shape, shapes
        self.nodes: list[Node] = []
        self.positions: dict[fx.Node, int] = {}
        self.taken: set[str] = set()
        self.counted: set[nn.Parameter] = set()

    def read(self, graph: fx.Graph) -> tuple[Node, ...]:
        for node in graph.nodes:
            if node.op == "placeholder":
                self.positions[node] = -1
            elif node.op not in ("output", "get_attr") and not packs(node) and node in self.shapes:
                self.add(node)
        return tuple(self.nodes)

    def add(self, node: fx.Node) -> None:
        layer = layer_at(node, self.module)
        inputs = tuple(self.positions[source] for source in sources(node) if source in self.positions)
        shape = self.shape(inputs[0]) if inputs else ()
        if not self.shapes[node]:  # several outputs: each counts as read from where they came from
            self.positions[node] = inputs[0]
            return
        out = self.shapes[node][1:]
        self.positions[node] = len(self.nodes)
        path = unused(path_of(node, layer.kind), self.taken)
        params, macs = self.params(node), macs_of(layer, shape, out)
        self.nodes.append(Node(path, layer, inputs, shape, out, params, macs, self.field(layer, inputs, shape)))

    def shape(self, position: int) -> Shape:
        return self.in_shape if position < 0 else self.nodes[position].out_shape

    def params(self, node: fx.Node) -> int:
        """Trainable parameters that no earlier node has used."""
        used: list[nn.Parameter] = []
        if node.op == "call_module":
            used += self.module.get_submodule(str(node.target)).parameters()
        for source in node.all_input_nodes:
            if source.op == "get_attr":
                value = attrgetter(str(source.target))(self.module)
                used += [value] if isinstance(value, nn.Parameter) else []
        new = {p for p in used if p.requires_grad} - self.counted
        self.counted |= new
        return sum(p.numel() for p in new)

    def field(self, layer: Layer, inputs: tuple[int, ...], shape: Shape) -> Fields:
        if len(shape) != 3:
            return None
        return fields_after(layer, [ONE_PIXEL if i < 0 else self.nodes[i].field for i in inputs], shape)
