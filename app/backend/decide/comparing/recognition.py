"""Which network of the family somebody's module is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from inception_models import ARCHITECTURES, Arch
from inception_models.edits.input_output import with_input_size

from ...analysis.graph import Node
from ...analysis.network import analyze
from ...foreign.analysed import ModuleAnalysis
from ...memory.inference import all_nodes
from .compare import compare


def recognised_network(module: ModuleAnalysis) -> Arch | None:
    """The variant with the same parameters and the same convolutions and linear layers at the module's input size; of
    several the one with the fewest differences, None where there is none.
    """
    channels, height, width = module.in_shape if len(module.in_shape) == 3 else (0, 0, 0)
    if channels != 3 or height != width:
        return None
    wanted, candidates = _layers(module.nodes), []
    for variant in ARCHITECTURES.values():
        if analyze(variant).params != module.params:
            continue
        try:
            arch = with_input_size(variant, height)
        except ValueError:  # too small for it
            continue
        if _layers(all_nodes(analyze(arch).stages)) == wanted:
            candidates.append(arch)
    return min(candidates, key=lambda arch: len(compare(arch, module).parts), default=None)


def _layers(nodes: Iterable[Node]) -> Counter[object]:
    return Counter(
        (node.layer.kind, node.layer.kernel, node.layer.stride, node.out_shape, node.params, node.macs)
        for node in nodes
        if node.macs
    )
