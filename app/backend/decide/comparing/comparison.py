"""What a comparison of networks holds: numbers side by side, pairs of stages and of ops, and the parts that differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from inception_models.arch.shapes import Shape

from ...analysis.network import Analysis
from ...foreign.analysed import ModuleAnalysis
from .stage_parts import OpSide, StageSide

Fate = Literal["added", "removed", "changed", "follows"]
"""``follows``: the part is the same, but what it reads, or the network's own unit or input size, is not."""


ComparedTotal = Literal["params", "macs", "weight_bytes", "peak_bytes", "receptive_field_px"]
COMPARED: Mapping[ComparedTotal, str] = {
    "params": "parameters",
    "macs": "MACs",
    "weight_bytes": "weights, bytes",
    "peak_bytes": "peak activations, bytes",
    "receptive_field_px": "receptive field, px",
}


@dataclass(frozen=True, slots=True)
class ComparedNumber:
    """One number of every network, in order; None where it is not known."""

    values: tuple[int | None, ...]

    @property
    def a(self) -> int | None:
        """The first network's."""
        return self.values[0]

    @property
    def b(self) -> int | None:
        """The second's."""
        return self.values[1]

    @property
    def difference(self) -> int | None:
        """The second's minus the first's."""
        return self.differences[1]

    @property
    def differences(self) -> tuple[int | None, ...]:
        """Each minus the first's."""
        first = self.values[0]
        return tuple(None if first is None or value is None else value - first for value in self.values)


@dataclass(frozen=True, slots=True)
class PartDifference:
    """A part that is not the same in two networks. ``path``: the second's, of a removed part the first's. ``macs`` and
    ``params``: the second's minus the first's. ``sentences``: what changed. The costs of an auxiliary head (``aux``)
    are not part of the totals.
    """

    path: str
    fate: Fate
    sentences: tuple[str, ...]
    params: int
    macs: int
    aux: bool = False


@dataclass(frozen=True, slots=True)
class PartDifferences:
    """All differences between the parts of two networks, in the order of the forward pass."""

    every: tuple[PartDifference, ...]

    def __iter__(self) -> Iterator[PartDifference]:
        return iter(self.every)

    def __len__(self) -> int:
        return len(self.every)

    @property
    def added(self) -> tuple[PartDifference, ...]:
        return self._of("added")

    @property
    def removed(self) -> tuple[PartDifference, ...]:
        return self._of("removed")

    @property
    def changed(self) -> tuple[PartDifference, ...]:
        return self._of("changed")

    @property
    def following(self) -> tuple[PartDifference, ...]:
        """Parts that are the same, and cost something else since they read something else."""
        return self._of("follows")

    def _of(self, fate: Fate) -> tuple[PartDifference, ...]:
        return tuple(part for part in self.every if part.fate == fate)


@dataclass(frozen=True, slots=True)
class OpPair:
    """An op of the first network beside one of the second; None where one has no such op."""

    a: OpSide | None
    b: OpSide | None
    fate: Fate | Literal["same"]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StagePair:
    """A stage of the first network beside one of the second. ``fate`` is "changed" where any op or the stage's own
    numbers are.
    """

    a: StageSide | None
    b: StageSide | None
    fate: Fate | Literal["same"]
    sentences: tuple[str, ...]  # of the stage itself, without its ops'
    ops: tuple[OpPair, ...]


@dataclass(frozen=True, slots=True)
class NetworkDifference:
    """What makes the second network of the first. ``sentences``: about the network as a whole."""

    sentences: tuple[str, ...]
    stages: tuple[StagePair, ...]
    parts: PartDifferences


@dataclass(frozen=True)
class Comparison:
    """Networks side by side; all differences are from the first. ``rows``: for each stage, its side in every network,
    or None. ``differences``: of each network but the first.
    """

    names: tuple[str, ...]
    in_shapes: tuple[Shape, ...]
    params: ComparedNumber
    macs: ComparedNumber
    weight_bytes: ComparedNumber
    peak_bytes: ComparedNumber
    receptive_field_px: ComparedNumber
    rows: tuple[tuple[StageSide | None, ...], ...]
    differences: tuple[NetworkDifference, ...]
    analyses: tuple[Analysis | ModuleAnalysis, ...] = field(repr=False)

    def number(self, total: ComparedTotal) -> ComparedNumber:
        """One of the totals by its name."""
        number: ComparedNumber = getattr(self, total)
        return number

    @property
    def parts(self) -> PartDifferences:
        """The parts that differ between the first two."""
        return self.differences[0].parts

    @property
    def sentences(self) -> tuple[str, ...]:
        """The differences between the first two in words: of the whole, then part by part."""
        first = self.differences[0]
        return (*first.sentences, *(sentence for part in first.parts for sentence in part.sentences))

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from .notebook import comparison_html

        return comparison_html(self)
