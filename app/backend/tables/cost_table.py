"""Every number of a network as rows: network, stages, copies, branches, ops and layers; also as CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from inception_models.arch.shapes import Shape

from ..analysis.network import Analysis, StageCost
from ..analysis.receptive_field import ONE_PIXEL, Fields, through
from ..common.csv_text import csv_text
from ..common.dtypes import ELEMENT_BYTES, Dtype
from .part_costs import PartCost, RowLevel, fields_before, network_cost, part_costs, whole_cost


class CostRow(NamedTuple):
    """One part of a network, or all of it (its path is empty). ``macs`` and ``flops`` are of one picture, bytes of the
    whole batch.

    ``activation_bytes``: what its layers write. ``moved_bytes``: weights, inputs and outputs of every layer, each read
    or written once. ``field``: (vertical, horizontal) receptive field of its output on the picture, the largest where
    branches meet; None where it is the whole picture. Shares are of the network without auxiliary heads, None for the
    heads. Changes are differences from the published network's part of the same path, None where it has no such part.
    """

    path: str
    level: RowLevel
    what: str
    out_shape: Shape
    params: int
    macs: int
    weight_bytes: int
    activation_bytes: int
    moved_bytes: int
    intensity: float  # FLOPs of the batch for each byte moved
    field: Fields
    params_share: float | None
    macs_share: float | None
    params_change: int | None
    macs_change: int | None

    @property
    def flops(self) -> int:
        """2 x MACs."""
        return 2 * self.macs


@dataclass(frozen=True, slots=True)
class CostTable:
    """The rows of a network in the order of the forward pass, every part in front of what it is made of."""

    variant: str
    input_size: int
    dtype: Dtype
    batch: int
    rows: tuple[CostRow, ...]


def cost_table(analysis: Analysis, original: Analysis, dtype: Dtype = "float32", batch: int = 1) -> CostTable:
    """All rows of ``analysis``, compared with the published ``original``. The auxiliary heads come last."""
    maker = _Maker(analysis, _counts(original), ELEMENT_BYTES[dtype], batch)
    return CostTable(analysis.arch.key, analysis.input_size, dtype, batch, tuple(maker.rows()))


def _counts(original: Analysis) -> dict[str, tuple[int, int]]:
    """Parameters and MACs of every part of the published network, by path."""
    counts = {"": (original.params, original.macs)}
    for stage in (*original.stages, *original.aux):
        counts[stage.name] = (stage.params, stage.macs)
        for copy in stage.copies or (stage,):
            for part in part_costs(copy):
                counts[_path(copy, part)] = (part.params, part.macs)
    return counts


def _path(copy: StageCost, part: PartCost) -> str:
    return f"{copy.name}.{part.path}" if part.path else copy.name


class _Maker:
    """What every row needs to know: the totals, the published counts and the bytes of an element."""

    def __init__(
        self, analysis: Analysis, counts: Mapping[str, tuple[int, int]], element_bytes: int, batch: int
    ) -> None:
        self.analysis, self.counts = analysis, counts
        self.element_bytes, self.batch = element_bytes, batch
        self.params, self.macs = analysis.params or 1, analysis.macs or 1

    def rows(self) -> Iterator[CostRow]:
        before = fields_before(self.analysis)
        yield self.row(network_cost(self.analysis), "", ONE_PIXEL, shared=True)
        for stage in self.analysis.stages:
            yield from self.stage(stage, before[stage.name], shared=True)
        for head in self.analysis.aux:
            yield from self.stage(head, before[head.name], shared=False)

    def stage(self, stage: StageCost, before: Fields, shared: bool) -> Iterator[CostRow]:
        """The rows of one stage or head, whose input has the receptive field ``before``."""
        if stage.copies:
            yield self.row(whole_cost(stage), stage.name, before, shared)
        for copy in stage.copies or (stage,):
            for part in part_costs(copy):
                yield self.row(part, _path(copy, part), before, shared)
            before = through(copy.field, before)

    def row(self, part: PartCost, path: str, before: Fields, shared: bool) -> CostRow:
        weight_bytes = part.params * self.element_bytes
        moved = weight_bytes + part.moved * self.element_bytes * self.batch
        was = self.counts.get(path)
        return CostRow(
            path,
            part.level,
            part.what,
            part.out_shape,
            part.params,
            part.macs,
            weight_bytes,
            part.written * self.element_bytes * self.batch,
            moved,
            2 * part.macs * self.batch / moved if moved else 0.0,
            through(part.field, before),
            part.params / self.params if shared else None,
            part.macs / self.macs if shared else None,
            None if was is None else part.params - was[0],
            None if was is None else part.macs - was[1],
        )


# --- files -----------------------------------------------------------------------------------------------------------

CsvValue = str | int | float | None


def _field(side: int, name: str) -> Callable[[CostRow], CsvValue]:
    """A number of the receptive field along one side, 0 is vertical; None where the field is the whole picture."""
    number: Callable[[object], float] = attrgetter(name)
    return lambda row: None if row.field is None else number(row.field[side])


COLUMNS: Mapping[str, Callable[[CostRow], CsvValue]] = MappingProxyType(
    {name: attrgetter(name) for name in ("path", "level", "what")}
    | {"out_shape": lambda row: "x".join(map(str, row.out_shape))}
    | {
        name: attrgetter(name)
        for name in ("params", "macs", "flops", "weight_bytes", "activation_bytes", "moved_bytes", "intensity")
    }
    | {
        "field_height_px": _field(0, "size"),
        "field_width_px": _field(1, "size"),
        "field_jump_px": _field(0, "jump"),
        "field_top_px": _field(0, "start"),
        "field_left_px": _field(1, "start"),
    }
    | {name: attrgetter(name) for name in ("params_share", "macs_share", "params_change", "macs_change")}
)
"""What the files call the columns, and what a row has in each. An empty cell, or null: there is no such number."""


def csv_values(row: CostRow) -> tuple[CsvValue, ...]:
    """A row's values in the order of :data:`COLUMNS`, every digit. Top and left: the first output's field's centre."""
    return tuple(value(row) for value in COLUMNS.values())


def table_csv(rows: Iterable[CostRow]) -> str:
    """Comma-separated values with a header line."""
    return csv_text(COLUMNS, map(csv_values, rows))


def table_json(table: CostTable) -> str:
    """The table with its settings as one JSON object; ``rows`` is a list of objects."""
    about = {"variant": table.variant, "input_size": table.input_size, "dtype": table.dtype, "batch": table.batch}
    rows = [dict(zip(COLUMNS, csv_values(row), strict=True)) for row in table.rows]
    return json.dumps(about | {"rows": rows}, indent=1)
