"""Turns the nodes of torch.fx and torch.export into ours: what each is called, what it reads, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from torch import Tensor, fx, nn
from torch._ops import OpOverload

from inception_models.arch.shapes import Shape

from ..analysis.graph import Layer, Node, unused
from ..analysis.kinds import UnknownOp
from ..analysis.op_table import LAYER_OF_FUNCTION, layer_at
from ..analysis.trace import packs, sources
from .aten_ops import name_of
from .convolutions import Window, convolution
from .module_copy import OneInput
from .running import Ran, own_path
from .tracing import Program

_KNOWN_BY_NAME = {
    str(getattr(function, "__name__", "")): layer
    for function, layer in LAYER_OF_FUNCTION.items()
    if isinstance(layer, Layer) and layer.detail != "part"
}


class RowReader:
    """What is not a tensor, such as a size, is left out; so is what only packs tensors or takes them apart."""

    def __init__(self, root: OneInput, program: Program, in_shape: Shape, of_two: Mapping[fx.Node, Shape]) -> None:
        self.root, self.program, self.in_shape, self.of_two = root, program, in_shape, of_two
        self.nodes: list[Node] = []
        self.positions: dict[fx.Node, int] = {}
        self.taken: set[str] = set()
        self.owners: set[str] = set()

    def read(self) -> tuple[Node, ...]:
        for node in self.program.graph.graph.nodes:
            ran = self.program.ran[node]
            if node.op == "placeholder":
                self.positions[node] = -1
            elif node.op not in ("output", "get_attr"):
                self.add(node, ran)
        return tuple(self.nodes)

    def add(self, node: fx.Node, ran: Ran) -> None:
        inputs = tuple(self.positions[source] for source in sources(node) if source in self.positions)
        costs = ran.step.flops or ran.step.params
        if not costs and (not ran.shapes or packs(node)):
            return
        if not costs and len(ran.shapes) != 1 and len(set(inputs)) == 1:
            self.positions[node] = inputs[0]  # several outputs: each counts as read from where they came from
            return
        self.positions[node] = len(self.nodes)
        layer = layer_of_node(node, self.program.graph, ran)
        path = unused(self.path(node, layer), self.taken)
        out = self.shape_of_one(node, ran)
        shape = (self.in_shape if inputs[0] < 0 else self.nodes[inputs[0]].out_shape) if inputs else ()
        field = ran.seen.fields if ran.seen is not None else None
        self.nodes.append(Node(path, layer, inputs, shape, out, ran.step.params, ran.step.flops // 2, field))

    def shape_of_one(self, node: fx.Node, ran: Ran) -> Shape:
        """Of one picture, where the first axis is the batch; else the whole shape."""
        shape = ran.shapes[0] if ran.shapes else ()
        of_two = self.of_two.get(node)
        is_batch = shape[:1] == (1,) and (of_two is None or of_two[:1] == (2,))
        return shape[1:] if is_batch else shape

    def path(self, node: fx.Node, layer: Layer) -> str:
        """A module's own path; a function's is that of the module that calls it, then its name."""
        name = (layer.detail if layer.kind == "other" else layer.kind).replace(" ", "_").replace(".", "_")
        if node.op == "call_module":
            return own_path(str(node.target)) or name
        stack = list(node.meta.get("nn_module_stack", {}).values())
        owner = own_path(str(stack[-1][0])) if stack else ""
        if self.program.traced_with == "torch.export" and owner and owner not in self.owners:
            self.owners.add(owner)
            if not list(self.root.module.get_submodule(owner).children()):
                return owner
        return f"{owner}.{name}" if owner else name


def layer_of_node(node: fx.Node, graph: fx.GraphModule, ran: Ran) -> Layer:
    """What a node does: as this project's own table has it, else by the operations that torch counted in it."""
    layer = _from_table(node, graph)
    counted = ran.step.counted
    if layer is not None and (layer.rules.weights == "filters" or not counted):
        return layer
    if len(counted) == 1 and name_of(counted[0][0]) == "convolution":
        return _convolution(counted[0][1])
    name = _name(node, graph)
    if len(counted) == 1 and name == "linear":
        return Layer("linear", "linear", ran.shapes[0][-1] if ran.shapes else 0)
    return Layer("other", name)


def _from_table(node: fx.Node, graph: fx.GraphModule) -> Layer | None:
    if isinstance(node.target, OpOverload):
        return _KNOWN_BY_NAME.get(name_of(node.target))
    try:
        return layer_at(node, graph)
    except (UnknownOp, AssertionError, TypeError, ValueError):
        return None


def _name(node: fx.Node, graph: fx.GraphModule) -> str:
    if node.op == "call_module":
        return type(graph.get_submodule(str(node.target))).__name__
    if isinstance(node.target, OpOverload):
        return name_of(node.target)
    name = str(getattr(node.target, "__name__", node.target))
    return name if name.startswith("__") else name.strip("_")


def _convolution(args: tuple[object, ...]) -> Layer:
    """``convolution(x, weight, bias, stride, padding, dilation, transposed, output_padding, groups)``."""
    weight = args[1]
    assert isinstance(weight, Tensor)
    stride, padding, dilation = (tuple(cast(list[int], args[place])) for place in (3, 4, 5))
    window = Window(tuple(weight.shape[2:]), stride, padding, dilation)
    return convolution(tuple(weight.shape[:2]), window, bool(args[6]), cast(int, args[8]), args[2] is not None)


def classes_of(module: nn.Module) -> Mapping[str, str]:
    """The class of every module inside, by its path."""
    return {path: type(part).__name__ for path, part in module.named_modules()}
