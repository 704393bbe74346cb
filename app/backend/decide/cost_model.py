"""The costs of a network as functions of its widths, in microseconds: what searching for widths needs.

Parameters and MACs are sums of products of two linear forms of the widths, and the memory of feature maps is the
largest of many linear forms. All come from the traced nodes of an analysis, so they are what
:func:`~app.backend.analyze` counts for every choice of widths; tests compare the two. The groups of a split
convolution count in proportion, which is exact where their share is a whole number of channels:
:attr:`~.channels.Channels.wholes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..analysis.kinds import Held
from ..analysis.liveness import INDEX_BYTES, deaths, owners_of
from ..analysis.network import Analysis
from ..common.dtypes import ELEMENT_BYTES, Dtype
from .channels import Channels, Form, PlacedNode, PlacedPart, channels_of, positions, width_vector


@dataclass(frozen=True, eq=False)
class SumCost:
    """``sum(factors * (ins @ w) * (outs @ w)) + line @ w``, for a vector ``w`` of widths that ends in a 1."""

    ins: Form
    outs: Form
    factors: Form
    line: Form

    def at(self, w: Form) -> float:
        """The cost at these widths."""
        return float(self.factors @ ((self.ins @ w) * (self.outs @ w)) + self.line @ w)

    def saved(self, w: Form, steps: Form) -> Form:
        """What each width alone saves, made narrower by its entry of ``steps`` (wider where that is negative)."""
        slope = (
            self.ins.T @ (self.factors * (self.outs @ w)) + self.outs.T @ (self.factors * (self.ins @ w)) + self.line
        )
        return steps * slope[:-1] - steps**2 * self._bend

    def over(self, tied: Form) -> SumCost:
        """The same for fewer widths ``v``, where ``w = tied @ v``."""
        return SumCost(self.ins @ tied, self.outs @ tied, self.factors, self.line @ tied)

    @cached_property
    def _bend(self) -> Form:
        bend: Form = (self.factors[:, None] * self.ins * self.outs).sum(0)[:-1]
        return bend


@dataclass(frozen=True, eq=False)
class PeakCost:
    """The largest entry of ``rows @ w``."""

    rows: Form

    def at(self, w: Form) -> float:
        """The cost at these widths."""
        return float((self.rows @ w).max())

    def saved(self, w: Form, steps: Form) -> Form:
        """As :meth:`SumCost.saved`."""
        values = self.rows @ w
        saved: Form = values.max() - (values[:, None] - self.rows[:, :-1] * steps).max(0)
        return saved

    def over(self, tied: Form) -> PeakCost:
        """As :meth:`SumCost.over`."""
        return PeakCost(self.rows @ tied)


Cost = SumCost | PeakCost


class CostModel:
    """The costs of one network for any widths; copies, kernels and input size stay as they are."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.channels: Channels = channels_of(analysis)
        self.paths = self.channels.paths

    def vector(self, widths: Mapping[str, int]) -> Form:
        """``widths`` as the costs take them."""
        return width_vector(self.paths, widths)

    @cached_property
    def macs(self) -> SumCost:
        """MACs for one picture."""
        return self._sum({part.stage: 1.0 for part in self._nodes}, 0, False)

    @cached_property
    def params(self) -> SumCost:
        """Trainable parameters."""
        return self._sum({}, 1, True)

    def weight_bytes(self, dtype: Dtype) -> SumCost:
        """The bytes of the parameters in this number format."""
        return self._sum({}, ELEMENT_BYTES[dtype], True)

    def seconds(self, a_mac: Mapping[str, float], a_value: Mapping[str, float]) -> SumCost:
        """Seconds for each picture: of each stage by name, for a MAC, and for a value that its layers write."""
        cost = self._sum(a_mac, 0, False)
        line = cost.line.copy()
        for item in self._nodes:
            if item.node.layer.rules.writes:
                line += a_value.get(item.stage, 0.0) * positions(item.node.out_shape) * item.gives
        return SumCost(cost.ins, cost.outs, cost.factors, line)

    def peak_bytes(self, dtype: Dtype, batch: int) -> PeakCost:
        """The most bytes that feature maps take at one time, the picture included."""
        size = ELEMENT_BYTES[dtype]
        return PeakCost(_unique(self._peaks(size)) * (batch * size))

    @property
    def _nodes(self) -> Iterator[PlacedNode]:
        return (item for part in self.channels.parts for item in part.nodes)

    def _sum(self, a_mac: Mapping[str, float], a_param: float, params: bool) -> SumCost:
        products: dict[tuple[bytes, bytes], tuple[Form, Form, float]] = {}
        line = np.zeros(len(self.paths) + 1)
        for item in self._nodes:
            layer, node = item.node.layer, item.node
            if params and layer.rules.weights == "channels":
                line += a_param * layer.channel_params * item.reads
            if layer.rules.weights != "filters":
                continue
            each = a_param if params else a_mac.get(item.stage, 0.0) * positions(node.out_shape)
            read = _fan_in(item)
            key = read.tobytes(), item.gives.tobytes()
            known = products.get(key, (read, item.gives, 0.0))
            products[key] = read, item.gives, known[2] + each
            if params and layer.bias:
                line += a_param * item.gives
        ins, outs, factors = (np.array(column) for column in zip(*products.values(), strict=True))
        return SumCost(ins, outs, factors, line)

    def _peaks(self, element_bytes: int) -> Iterator[Form]:
        """The values in memory while each node runs, as :func:`~.liveness.peak_elements` counts them."""
        picture = np.zeros(len(self.paths) + 1)
        picture[-1] = 3 * self.analysis.input_size**2
        stage_input = nothing = np.zeros_like(picture)
        for i, part in enumerate(self.channels.parts):
            entering = part.reads * positions(part.part.in_shape)
            if part.first:
                stage_input = entering
            held = (picture if i else nothing) + (nothing if part.first else stage_input)
            yield from _part_peaks(part, held + entering, element_bytes)


def _part_peaks(part: PlacedPart, live: Form, element_bytes: int) -> Iterator[Form]:
    nodes = part.part.nodes
    owners = owners_of(nodes)
    dying = deaths(nodes, owners)
    if not nodes:
        yield live
    for i, item in enumerate(part.nodes):
        if owners[i] == i:
            live = live + _values(item)
        yield live + _scratch(item, INDEX_BYTES // element_bytes)
        live = live - sum((_values(part.nodes[v]) for v in dying.get(i, ())), np.zeros_like(live))


def _fan_in(item: PlacedNode) -> Form:
    """The inputs that one output of a layer is a sum of."""
    layer = item.node.layer
    window = layer.kernel[0] * layer.kernel[1]
    if layer.depthwise:
        form = np.zeros_like(item.reads)
        form[-1] = window
        return form
    return item.reads * (window / layer.groups)


def _values(item: PlacedNode) -> Form:
    return item.gives * positions(item.node.out_shape)


def _scratch(item: PlacedNode, index_elements: int) -> Form:
    """What a layer holds beside its input and output: a number for each channel, and a constant."""
    shape = item.node.out_shape
    once, twice = (_held(item.node.layer.rules.scratch((n * shape[0], *shape[1:])), index_elements) for n in (1, 2))
    form = item.gives * ((twice - once) / shape[0])
    form[-1] += 2 * once - twice
    return form


def _held(scratch: Held, index_elements: int) -> int:
    return scratch.values + scratch.indices * index_elements


def _unique(rows: Iterable[Form]) -> Form:
    return np.array(list({row.tobytes(): row for row in rows}.values()))
