"""The numbers of any module that takes one input: bring your own network.

>>> from torchvision.models import resnet18
>>> analyze_module(resnet18(), (3, 224, 224)).macs
1814073344
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from .analysed import ModuleAnalysis, checked_shape
from .module_copy import OneInput, dtype_of, ghost, shapes_only, unwrapped
from .rows import RowReader, classes_of
from .running import NeedsIndices, flops_of_module, shapes_of_two
from .tracing import traced


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


__all__ = ["ModuleAnalysis", "analyze_module"]
