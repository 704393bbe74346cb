"""A network as the calls that it makes, one after the other.

Which calls these are is read from the traced graph (:attr:`app.backend.analysis.network.Analysis.graph`) and nowhere
else: a node of a module is that module's ``forward``, and a join of branches is what its kind says. A run keeps its
values to itself, so any number of threads may go through the same calls.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn

from inception_models.net.builder import Network
from inception_models.net.layers import LayerUnit, ScaledResidual

from ..analysis.graph import INPUT_NODE, Layer
from ..analysis.kinds import UnknownOp
from ..analysis.network import analyze
from ..common.limits import MAX_PASSES_AT_ONCE

Compute = Callable[..., Tensor]

PASSES = threading.BoundedSemaphore(MAX_PASSES_AT_ONCE)
"""Held while a picture runs through a network: a class with pictures must not need thirty times the memory of one pass.
Longer work on pictures is a job, and takes turns in its lane."""


@dataclass(frozen=True, slots=True)
class LayerCall:
    """Computes the value ``path`` from the values ``inputs``, each named after the node that computes it."""

    path: str
    compute: Compute
    inputs: tuple[str, ...]


class Calls:
    """The calls of ``net`` in evaluation, in the order of the forward pass.

    Modules are looked up once: what is put into ``net`` later is not called. ``paths``: of everything whose output a
    run has. Inside of a unit it has none, where a convolution, its normalisation and its activation may be one.
    """

    def __init__(self, net: Network) -> None:
        self.graph = analyze(replace(net.arch, aux=())).graph  # the heads do not run in evaluation
        self.calls: list[LayerCall] = []
        units = {path for path, module in net.named_modules() if isinstance(module, LayerUnit)}
        self.paths = [path for path in self.graph.parts if path.rpartition(".")[0] not in units]
        self._value_of = {INPUT_NODE: INPUT_NODE}
        for path, node in self.graph.nodes.items():
            if path == INPUT_NODE:
                continue
            inputs = tuple(self._value_of[source] for source in self.graph.sources[path])
            compute = _compute(net, path, node.layer)
            if compute is None:
                self._value_of[path] = inputs[0]
            else:
                self._value_of[path] = path
                self.calls.append(LayerCall(path, compute, inputs))

    def value_of(self, part: str) -> str:
        """The name of the output of a part or a node. A module that returns its input has the name of that value.

        Raises:
            KeyError: where the network has no such part.
        """
        return self._value_of[self.graph.output_of(part)]

    def run(
        self, x: Tensor, parts: Collection[str], on_call: Callable[[str, float], None] | None = None
    ) -> dict[str, Tensor]:
        """The outputs of ``parts``, by path, for pictures ``[N, 3, S, S]``. Only what they need is computed.

        Args:
            on_call: called after every call with the name of its value and the share of the calls that are done.
        """
        wanted = {part: self.value_of(part) for part in parts}
        kept = set(wanted.values())
        calls = self._needed(kept)
        last_readers = {value: call.path for call in calls for value in call.inputs}
        values = {INPUT_NODE: x}
        for number, call in enumerate(calls, start=1):
            values[call.path] = call.compute(*[values[value] for value in call.inputs])
            for value in set(call.inputs):
                if last_readers[value] == call.path and value not in kept:
                    del values[value]  # frees it, as the end of a module's forward does
            if on_call:
                on_call(call.path, number / len(calls))
        return {part: values[value] for part, value in wanted.items()}

    def _needed(self, values: Collection[str]) -> Sequence[LayerCall]:
        """The calls that lead to ``values``, in order."""
        needed = set(values)
        needed_calls: list[LayerCall] = []
        for call in reversed(self.calls):
            if call.path in needed:
                needed.update(call.inputs)
                needed_calls.append(call)
        return needed_calls[::-1]


def _compute(net: Network, path: str, layer: Layer) -> Compute | None:
    """What a node calls; None for a module that returns its input.

    Raises:
        UnknownOp: where it is a function whose other arguments the graph does not tell.
    """
    match layer:
        case Layer(kind="concat"):
            return _concat
        case Layer(kind="add", detail="add"):
            return torch.add
        case Layer(kind="scale") if isinstance(block := net.get_submodule(path.rpartition(".")[0]), ScaledResidual):
            return partial(torch.mul, other=block.scale)
        case Layer(kind="add" | "scale"):
            raise UnknownOp(f"The operation {layer.detail!r} at {path!r} cannot be run call by call.")
        case _:
            module = net.get_submodule(path)
            # forward, not the module itself: there are no hooks to run, and it costs less.
            return None if isinstance(module, nn.Identity | nn.Dropout) else module.forward


def _concat(*branches: Tensor) -> Tensor:
    return torch.cat(branches, 1)
