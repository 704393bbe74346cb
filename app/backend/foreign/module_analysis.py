"""The numbers of any module that takes one input: bring your own network.

>>> from torchvision.models import resnet18
>>> analyze_module(resnet18(), (3, 224, 224)).macs
1814073344
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from inception_models.arch.shapes import Shape

from ..analysis.graph import Node
from .module_copy import OneInput, dtype_of, ghost, shapes_only, unwrapped
from .rows import RowReader, classes_of
from .running import NeedsIndices, flops_of_module, shapes_of_two
from .tracing import TracedWith, traced


@dataclass(frozen=True, slots=True)
class ModuleAnalysis:
    """What a module does in evaluation with one input of ``in_shape``.

    ``nodes``: in the order of the forward pass, with the module's own paths; inputs are positions in this list, -1 is
    the input. Their shapes are of one picture; where the first axis is not the batch, the whole shape. A node's
    receptive field is None where it is the whole input or not known. ``params``: trainable parameters that are read.
    ``idle_params``: those that are not, such as auxiliary heads'. A layer that runs twice has its parameters once and
    its MACs twice. ``macs``: multiply-accumulates of convolutions, linear layers and every other product of matrices,
    those of attention too: half of what ``torch.utils.flop_counter`` counts with a batch of one. ``module_classes``:
    the class of every module inside, by path; the module's own is at the empty path.
    """

    in_shape: Shape
    nodes: tuple[Node, ...]
    params: int
    idle_params: int
    macs: int
    traced_with: TracedWith
    module_classes: Mapping[str, str]

    @property
    def flops(self) -> int:
        """Floating-point operations: 2 x MACs."""
        return 2 * self.macs


def analyze_module(module: nn.Module, input_shape: Sequence[int] | int) -> ModuleAnalysis:
    """All numbers of ``module`` for one input of ``input_shape``: (channels, height, width), or (features,).

    A copy without weights and without hooks runs in evaluation mode, in the module's own dtype; the module itself is
    not changed. DataParallel, torch.compile and AveragedModel are looked into.

    Raises:
        UnknownOp: naming an op that torch's counter does not know, where counting it as zero could be wrong.
        ValueError: naming the op and the module that the input does not fit, or why the module cannot be traced.
    """
    if not isinstance(module, nn.Module):
        raise ValueError(f"A torch.nn.Module is needed, not {type(module).__name__}.")
    in_shape = checked_shape(input_shape)
    module = unwrapped(module)
    root = OneInput(ghost(module)).eval()
    with shapes_only():
        picture = torch.empty((1, *in_shape), dtype=dtype_of(root))
        try:
            flops = flops_of_module(root, picture)
        except NeedsIndices:
            picture = picture.to(torch.int64)
            flops = flops_of_module(root, picture)
        program = traced(root, picture, flops)
        by_fx = program.traced_with == "torch.fx"  # torch.export's graph is of one picture
        of_two = shapes_of_two(program.graph, torch.cat([picture, picture])) if by_fx else {}
    nodes = RowReader(root, program, in_shape, of_two).read()
    params = sum(node.params for node in nodes)
    trainable = sum(p.numel() for p in module.parameters() if p.requires_grad)
    macs = sum(node.macs for node in nodes)
    assert 2 * macs == flops, "a node with MACs has no row"
    return ModuleAnalysis(in_shape, nodes, params, trainable - params, macs, program.traced_with, classes_of(module))


def checked_shape(shape: Sequence[int] | int) -> Shape:
    """An input shape without its batch axis, as a tuple.

    Raises:
        ValueError: where it is not made of positive whole numbers.
    """
    sides = (shape,) if isinstance(shape, int) else tuple(shape)
    if not sides or not all(isinstance(side, int) and not isinstance(side, bool) and side > 0 for side in sides):
        raise ValueError(f"An input shape is one or more positive whole numbers without the batch, not {shape!r}.")
    return sides
