"""torchinfo's summary of the real network, and how its counts relate to ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import torchinfo

from inception_models import build
from inception_models.arch.spec import Arch

from ..analysis.network import Analysis
from ..memory.inference import all_nodes

DEEPEST = 6  # levels of modules: more than any network here has


@dataclass(frozen=True, slots=True)
class Summary:
    """What torchinfo says about a network without its auxiliary heads. ``mult_adds``: see :func:`mult_adds`."""

    text: str
    params: int
    mult_adds: int


@lru_cache(maxsize=16)
def summary(arch: Arch, input_size: int, depth: int = 2) -> Summary:
    """torchinfo's summary for one picture, from the network built without memory for its weights.

    ``depth``: how many levels of modules it lists, 1 to 6.
    """
    net = build(replace(arch, aux=()), "meta").eval()
    result = torchinfo.summary(
        net,
        (1, 3, input_size, input_size),
        depth=depth,
        device="meta",
        verbose=0,
        col_names=("output_size", "num_params", "mult_adds"),
        row_settings=("var_names",),
    )
    return Summary(str(result), result.total_params, result.total_mult_adds)


def mult_adds(analysis: Analysis) -> int:
    """What torchinfo calls mult-adds, from our numbers: MACs, one per position for each bias of a convolution, and one
    for every other bias and every parameter of a normalisation.
    """
    return sum(
        node.params * (node.out_shape[1] * node.out_shape[2] if node.layer.kind == "conv" else 1)
        for node in all_nodes(analysis.stages)
    )
