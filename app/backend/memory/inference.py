"""How many bytes a network takes while it runs and while it trains.

Inference: ``weights + buffers + peak``, where ``peak`` is the most that feature maps take at one time
(:mod:`app.backend.analysis.liveness`), times batch and bytes of an element.

A training step: ``weights + buffers + gradients + optimiser state + peak`` with

- gradients: as many bytes as the weights;
- optimiser state: nothing for SGD, one copy of the weights with momentum, two with Adam (Kingma and Ba 2015);
- peak: the most that activations and their gradients take at one time (:mod:`.training_step`), most of it the
  activations that autograd saves.

Tensors are counted, as PyTorch allocates them in eager mode; scratch memory inside a library's kernel is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from ..analysis.graph import Node, elements
from ..analysis.liveness import INDEX_BYTES, peak_elements
from ..analysis.network import Analysis, StageCost, peak_of
from ..common.dtypes import ELEMENT_BYTES, Dtype

Optimizer = Literal["sgd", "momentum", "adam"]

STATE_COPIES: Mapping[Optimizer, int] = MappingProxyType({"sgd": 0, "momentum": 1, "adam": 2})
COUNTER_BYTES = 8  # batch normalisation counts its batches in an int64


@dataclass(frozen=True, slots=True)
class StagePeak:
    """The most bytes that feature maps take while one stage runs, its input and the picture included."""

    name: str
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class InferenceMemory:
    """Bytes at inference. ``buffers``: running statistics of batch normalisation."""

    weights: int
    buffers: int
    stages: tuple[StagePeak, ...]

    @property
    def peak(self) -> StagePeak:
        """The stage that takes most memory."""
        return max(self.stages, key=lambda stage: stage.peak_bytes)

    @property
    def total_bytes(self) -> int:
        return self.weights + self.buffers + self.peak.peak_bytes


def inference_memory(analysis: Analysis, dtype: Dtype = "float32", batch: int = 1) -> InferenceMemory:
    """Memory of one forward pass in evaluation, without the auxiliary heads, with all weights in ``dtype``."""
    size = ELEMENT_BYTES[dtype]
    picture = 3 * analysis.input_size**2
    peaks = tuple(
        StagePeak(stage.name, batch * size * (_peak(stage, INDEX_BYTES // size) + (picture if i else 0)))
        for i, stage in enumerate(analysis.stages)
    )
    return InferenceMemory(analysis.params * size, buffer_bytes(analysis.stages, size), peaks)


@lru_cache(maxsize=1024)
def _peak(stage: StageCost, index_elements: int) -> int:
    if not stage.copies:
        return peak_elements(stage.nodes, stage.in_shape, index_elements)
    known: dict[int, int] = {}  # equal copies share their nodes
    for copy in stage.copies:
        if id(copy.nodes) not in known:
            known[id(copy.nodes)] = peak_elements(copy.nodes, copy.in_shape, index_elements)
    return peak_of([known[id(copy.nodes)] for copy in stage.copies], elements(stage.in_shape))


def buffer_bytes(stages: tuple[StageCost, ...], element_bytes: int) -> int:
    """What is stored beside the trainable parameters: batch normalisation's statistics, counter and constant scale."""
    return sum(
        node.in_shape[0] * (3 if node.layer.channel_params == 1 else 2) * element_bytes + COUNTER_BYTES
        for node in all_nodes(stages)
        if node.layer.kind == "batch_norm"
    )


def all_nodes(stages: tuple[StageCost, ...]) -> Iterator[Node]:
    """Every node of these stages, with paths relative to its stage or copy."""
    for stage in stages:
        for part in stage.copies or (stage,):
            yield from part.nodes
