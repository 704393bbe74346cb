"""How many bytes a training step takes: a forward and a backward pass simulated node by node.

What autograd saves (PyTorch's ``derivatives.yaml``): convolutions, linear layers, normalisations and pools their input,
ReLU its output, other activations their input, max pools the int64 indices as well, dropout its mask, local response
normalisation three intermediates. Each storage counts once, however many nodes save it. A gradient lives from the first
node that writes it to the node that it belongs to; concatenation and addition pass it on without a copy.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from ..analysis.graph import Layer
from ..analysis.kinds import Saved
from ..analysis.liveness import INDEX_BYTES, deaths, owners_of
from ..analysis.network import Analysis
from ..common.dtypes import ELEMENT_BYTES, Dtype
from .inference import STATE_COPIES, Optimizer, buffer_bytes

Phase = Literal["forward", "backward", "update"]

ADAM_SCRATCH = 2  # tensors of a parameter's size, while that parameter is updated


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """Bytes of a training step with all auxiliary heads, from the second step on, when the optimiser has its state.

    ``saved``: activations that autograd keeps for the backward pass, the batch of pictures among them. ``peak_bytes``:
    the most of everything at one time, reached in ``phase``.
    """

    weights: int
    buffers: int
    gradients: int
    optimizer_state: int
    saved: int
    peak_bytes: int
    phase: Phase

    @property
    def working(self) -> int:
        """At the peak, what is neither weights nor optimiser state nor saved: gradients, and tensors in between."""
        return self.peak_bytes - self.weights - self.buffers - self.optimizer_state - self.saved


def training_step_memory(
    analysis: Analysis, optimizer: Optimizer = "sgd", dtype: Dtype = "float32", batch: int = 1
) -> TrainingMemory:
    """Memory of one training step.

    Raises:
        ValueError: for int8, in which nothing is trained.
    """
    if dtype == "int8":
        raise ValueError("Networks are not trained in int8; choose float32, bfloat16 or float16.")
    size = ELEMENT_BYTES[dtype]
    weights = analysis.params_with_aux * size
    buffers = buffer_bytes((*analysis.stages, *analysis.aux), size)
    state = weights * STATE_COPIES[optimizer]
    step = _Step(analysis, size, batch)
    forward = step.forward()
    saved = step.saved
    backward = step.backward()
    largest = max(node.params for node in step.nodes) * size
    update = step.live + (ADAM_SCRATCH * largest if optimizer == "adam" else 0)
    peaks: dict[Phase, int] = {"forward": forward, "backward": backward, "update": update}
    phase = max(peaks, key=peaks.__getitem__)
    return TrainingMemory(weights, buffers, weights, state, saved, weights + buffers + state + peaks[phase], phase)


@dataclass(slots=True)
class _Gradient:
    """One storage of gradients, and how many of the nodes still to come need it."""

    size: int
    users: int = 0


class _Step:
    """A simulated training step. ``live``: bytes of activations, of their gradients and of the weights' gradients."""

    def __init__(self, analysis: Analysis, element_bytes: int, batch: int) -> None:
        _, *self.nodes = analysis.graph.nodes.values()  # the first is the picture
        self.element_bytes, self.batch = element_bytes, batch
        self.owners = owners_of(self.nodes, training=True)
        self.bytes = [node.elements * element_bytes * batch for node in self.nodes]
        self.savers = Counter(value for i in range(len(self.nodes)) for value in self.saves(i))
        self.picture = 3 * analysis.input_size**2 * element_bytes * batch
        self.live = self.picture
        kept = (v for v in self.savers if v >= 0)
        self.saved = self.picture + sum(map(self.extra, range(len(self.nodes)))) + sum(self.bytes[v] for v in kept)

    def saves(self, i: int) -> tuple[int, ...]:
        """The values that node ``i`` keeps for its backward; -1 is the picture."""
        node = self.nodes[i]
        match saved_for_backward(node.layer):
            case "output":
                return (i,)
            case "input":
                return (self.owner(node.inputs[0]),)
            case "nothing":
                return ()

    def extra(self, i: int) -> int:
        """Bytes that node ``i`` keeps beside its input or output."""
        node = self.nodes[i]
        kept = node.layer.rules.kept(node.out_shape)
        each = kept.values * self.element_bytes + kept.indices * INDEX_BYTES
        return each * self.batch + kept.shared * self.element_bytes

    def owner(self, source: int) -> int:
        return self.owners[source] if source >= 0 else -1

    def forward(self) -> int:
        """Simulate the forward pass; returns the most bytes at one time."""
        dying = deaths(self.nodes, self.owners)
        peak = self.live
        for i in range(len(self.nodes)):
            if self.owners[i] == i:
                self.live += self.bytes[i]
            self.live += self.extra(i)
            peak = max(peak, self.live)
            self.live -= sum(self.bytes[v] for v in dying.get(i, ()) if v not in self.savers)
        return peak

    def backward(self) -> int:
        """Simulate the backward pass; returns the most bytes at one time, the weights' gradients so far included."""
        gradients: dict[int, _Gradient] = {}
        peak = self.live
        for i in reversed(range(len(self.nodes))):
            own = gradients.pop(i, None) or self._new(self.bytes[i], users=1)  # none: an output, which the loss reads
            sources = [source for source in self.nodes[i].inputs if source >= 0]
            passed = [own if self._hands_on(i) else self._new(self.bytes[source]) for source in sources]
            self.live += self.nodes[i].params * self.element_bytes
            peak = max(peak, self.live)
            for source, gradient in zip(sources, passed, strict=True):
                gradients[source] = self._added(gradients.get(source), gradient)
                peak = max(peak, self.live)
            self._release(own)
            self._forget(i)
        return peak

    def _hands_on(self, i: int) -> bool:
        rules = self.nodes[i].layer.rules
        return rules.joins or rules.aliases == "always"

    def _new(self, size: int, users: int = 0) -> _Gradient:
        self.live += size
        return _Gradient(size, users)

    def _added(self, before: _Gradient | None, more: _Gradient) -> _Gradient:
        """The sum of two gradients of one value, written over the first if no other node needs that one."""
        more.users += 1
        if before is None:
            return more
        if before.users > 1:
            total = self._new(more.size, users=1)
            self._release(before)
            before = total
        self._release(more)
        return before

    def _release(self, gradient: _Gradient) -> None:
        gradient.users -= 1
        if gradient.users == 0:
            self.live -= gradient.size

    def _forget(self, i: int) -> None:
        """Free what only node ``i`` still kept."""
        self.live -= self.extra(i)
        for value in self.saves(i):
            self.savers[value] -= 1
            if value >= 0 and self.savers[value] == 0:
                self.live -= self.bytes[value]


def saved_for_backward(layer: Layer) -> Saved:
    """What autograd keeps for the backward pass of one layer."""
    match layer:
        case Layer(kind="activation", detail="ReLU"):
            return "output"
        case Layer(kind="adaptive_pool", output_size=(1, 1)):
            return "nothing"  # computed as a mean
        case _:
            return layer.rules.saves
