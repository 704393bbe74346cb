"""Every number of a network as rows: network, stages, copies, branches, ops and layers; also as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from inception_models.arch.shapes import Shape

from ..analysis.network import Analysis, StageCost
from ..analysis.receptive_field import ONE_PIXEL, Fields, behind
from ..common.dtypes import ELEMENT_BYTES, Dtype
from .parts import Level, Part, fields_before, network, parts, whole

Change = int | None  # None: the published network has no such part


class Row(NamedTuple):
    """One part of a network, or all of it (its path is empty). ``macs`` and ``flops`` are of one picture, bytes of the
    whole batch.

    ``activation_bytes``: what its layers write. ``moved_bytes``: weights, inputs and outputs of every layer, each read
    or written once. ``field``: (vertical, horizontal) receptive field of its output on the picture, the largest where
    branches meet; None where it is the whole picture. Shares are of the network without auxiliary heads, None for the
    heads. Changes are differences from the published network's part of the same path.
    """

    path: str
    level: Level
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
    params_change: Change
    macs_change: Change

    @property
    def flops(self) -> int:
        """2 x MACs."""
        return 2 * self.macs


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a network in the order of the forward pass, every part in front of what it is made of."""

    variant: str
    input_size: int
    dtype: Dtype
    batch: int
    rows: tuple[Row, ...]


def table(analysis: Analysis, original: Analysis, dtype: Dtype = "float32", batch: int = 1) -> Table:
    """All rows of ``analysis``, compared with the published ``original``. The auxiliary heads come last."""
    maker = _Maker(analysis, _counts(original), ELEMENT_BYTES[dtype], batch)
    return Table(analysis.arch.key, analysis.input_size, dtype, batch, tuple(maker.rows()))


def _counts(original: Analysis) -> dict[str, tuple[int, int]]:
    """Parameters and MACs of every part of the published network, by path."""
    found = {"": (original.params, original.macs)}
    for stage in (*original.stages, *original.aux):
        found[stage.name] = (stage.params, stage.macs)
        for copy in stage.copies or (stage,):
            for part in parts(copy):
                found[_path(copy, part)] = (part.params, part.macs)
    return found


def _path(copy: StageCost, part: Part) -> str:
    return f"{copy.name}.{part.path}" if part.path else copy.name


class _Maker:
    """What every row needs to know: the totals, the published counts and the bytes of an element."""

    def __init__(
        self, analysis: Analysis, counts: Mapping[str, tuple[int, int]], element_bytes: int, batch: int
    ) -> None:
        self.analysis, self.counts = analysis, counts
        self.element_bytes, self.batch = element_bytes, batch
        self.params, self.macs = analysis.params or 1, analysis.macs or 1

    def rows(self) -> Iterator[Row]:
        before = fields_before(self.analysis)
        yield self.row(network(self.analysis), "", ONE_PIXEL, shared=True)
        for stage in self.analysis.stages:
            yield from self.stage(stage, before[stage.name], shared=True)
        for head in self.analysis.aux:
            yield from self.stage(head, before[head.name], shared=False)

    def stage(self, stage: StageCost, before: Fields, shared: bool) -> Iterator[Row]:
        """The rows of one stage or head, whose input has the receptive field ``before``."""
        if stage.copies:
            yield self.row(whole(stage), stage.name, before, shared)
        for copy in stage.copies or (stage,):
            for part in parts(copy):
                yield self.row(part, _path(copy, part), before, shared)
            before = behind(copy.field, before)

    def row(self, part: Part, path: str, before: Fields, shared: bool) -> Row:
        weight_bytes = part.params * self.element_bytes
        moved = weight_bytes + part.moved * self.element_bytes * self.batch
        was = self.counts.get(path)
        return Row(
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
            behind(part.field, before),
            part.params / self.params if shared else None,
            part.macs / self.macs if shared else None,
            None if was is None else part.params - was[0],
            None if was is None else part.macs - was[1],
        )


# --- files -----------------------------------------------------------------------------------------------------------

COLUMNS = (
    "path", "level", "what", "out_shape", "params", "macs", "flops", "weight_bytes", "activation_bytes", "moved_bytes",
    "intensity", "field_height_px", "field_width_px", "field_jump_px", "field_top_px", "field_left_px",
    "params_share", "macs_share", "params_change", "macs_change",
)  # fmt: skip
"""What the files call the columns. An empty cell, or null: there is no such number (see :class:`Row`)."""

Cell = str | int | float | None
_COUNTS = attrgetter("params", "macs", "flops", "weight_bytes", "activation_bytes", "moved_bytes", "intensity")
_COMPARED = attrgetter("params_share", "macs_share", "params_change", "macs_change")


def cells(row: Row) -> tuple[Cell, ...]:
    """A row's values in the order of :data:`COLUMNS`, every digit. Top and left: the first output's field's centre."""
    field: tuple[Cell, ...] = (None,) * 5
    if row.field is not None:
        high, wide = row.field
        field = (high.size, wide.size, high.jump, high.start, wide.start)
    shape = "x".join(map(str, row.out_shape))
    return (row.path, row.level, row.what, shape, *_COUNTS(row), *field, *_COMPARED(row))


def to_csv(rows: Iterable[Row]) -> str:
    """Comma-separated values with a header line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(cells, rows))
    return text.getvalue()


def to_json(made: Table) -> str:
    """The table with its settings as one JSON object; ``rows`` is a list of objects."""
    about = {"variant": made.variant, "input_size": made.input_size, "dtype": made.dtype, "batch": made.batch}
    rows = [dict(zip(COLUMNS, cells(row), strict=True)) for row in made.rows]
    return json.dumps(about | {"rows": rows}, indent=1)
