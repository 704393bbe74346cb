"""Table 1 of the network: its rows and columns, and what each cell shows. Every filter count can be typed in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from inception_models.arch.rules import MAX_REPEATS, MAX_WIDTH
from inception_models.arch.spec import (
    AuxHead,
    Branch,
    Conv,
    Fork,
    Inception,
    Linear,
    Op,
    Pool,
    Repeat,
    Residual,
    SepConv,
    Stage,
)

from ...backend import Analysis, StageCost
from ...backend.common.colours import branch_colour
from ...backend.common.quantity import exact, percent_change, shape_text, short
from ..components.width_table import Column, Row, Table, TextCell, WidthCell, width_table
from ..shell.notice import cell_remedies
from ..state import COPIES, State, numbers

COMPUTED = (
    Column("out", "output", "Channels × height × width after this row, for one picture"),
    Column("params", "params", "Trainable parameters: weights, biases and normalisation"),
    Column("macs", "MACs", "Multiply-accumulates for one picture; one MAC is two FLOPs"),
    Column("share", "share", "This row's share of the network's MACs"),
)


@dataclass(frozen=True)
class _Context:
    """What every cell needs to know."""

    state: State
    analysis: Analysis
    published: Mapping[str, int]
    before: Mapping[str, StageCost]  # the published network's stages, by name


def show(state: State, analysis: Analysis, reference: Analysis) -> None:
    """Render the editable tables."""
    st.caption(
        "Every number in a branch column is a filter count. Type a new one, or change it with the arrow keys"
        " (hold Shift for single steps); everything on this page follows."
    )
    width_table(
        tables(state, analysis, reference),
        selected=state.selected_stage,
        key="table1",
        on_edit=state.type_numbers,
        on_reset=state.reset_numbers,
        on_select=state.select,
    )
    cell_remedies(state)


def tables(state: State, analysis: Analysis, reference: Analysis) -> list[Table]:
    """One table for each type of block; rows without branches are in the table of the block they lead to or follow."""
    before = {stage.name: stage for stage in (*reference.stages, *reference.aux)}
    context = _Context(state, analysis, numbers(state.original), before)
    kinds: list[tuple[Column, ...]] = []
    rows: list[list[StageCost]] = []
    waiting: list[StageCost] = []  # for the block that they lead to
    for stage in analysis.stages:
        columns = block_columns(stage.part)
        if columns:
            if columns not in kinds:
                kinds.append(columns)
                rows.append([])
            rows[kinds.index(columns)] += [*waiting, stage]
            waiting = []
        elif rows and _is_between(stage):
            rows[-1].append(stage)
        else:
            waiting.append(stage)
    if rows:
        rows[-1 if len(kinds) > 1 else 0] += waiting
    else:
        kinds, rows = [()], [waiting]
    many = len(kinds) > 1
    shown = [
        _table(_kind_title(group) if many else "Table 1", columns, group, context)
        for columns, group in zip(kinds, rows, strict=True)
    ]
    if analysis.aux:
        shown.append(
            _table("Auxiliary heads (training only)", head_columns(analysis.aux[0].part), [*analysis.aux], context)
        )
    return shown


def _is_between(stage: StageCost) -> bool:
    return isinstance(stage.part, Pool)


def _kind_title(group: list[StageCost]) -> str:
    return ", ".join(stage.name for stage in group if _is_block(stage.part))


def _is_block(part: Stage | AuxHead) -> bool:
    return isinstance(part.block if isinstance(part, Repeat) else part, Inception | Residual)


def _table(title: str, columns: tuple[Column, ...], group: list[StageCost], context: _Context) -> Table:
    own = any(isinstance(stage.part, Conv | SepConv | Linear) and stage.part.width for stage in group)
    repeats = any(isinstance(stage.part, Repeat) for stage in group)
    lead = (Column("filters", "filters", "Filters of this layer"),) if own else ()
    copies = (
        (Column("copies", "copies", "How many copies of the block follow one another", noun="copies"),)
        if repeats
        else ()
    )
    rows = tuple(_row(stage, context) for stage in group)
    return Table(title, (*copies, *lead, *columns, *COMPUTED), rows)


def block_columns(part: Stage | AuxHead) -> tuple[Column, ...]:
    """A column for each filter count of a block, in branch order; none for a single layer."""
    match part:
        case Repeat():
            return block_columns(part.block)
        case Inception() | Residual():
            return tuple(column for branch in part.branches for column in _branch_columns(branch))
        case _:
            return ()


def head_columns(part: Stage | AuxHead) -> tuple[Column, ...]:
    """A column for each filter count of an auxiliary head."""
    assert isinstance(part, AuxHead)
    return tuple(
        Column(op.name, "FC" if isinstance(op, Linear) else f"#{_window(op)}", _hint(op))
        for op in part.ops
        if isinstance(op, Conv | SepConv | Linear) and op.width is not None
    )


def _branch_columns(branch: Branch) -> list[Column]:
    color = branch_colour(branch)
    columns = []
    for path, op in _weighted(branch):
        reduction = op.name == "reduce"
        label = {"reduce": f"{_branch_window(branch)} reduce", "proj": "pool proj"}.get(op.name, _window(op))
        if op.name != "proj":
            label = f"#{label}"
        columns.append(Column(f"{branch.name}.{path}", label, _hint(op), color, reduction, branch.name))
    return columns


def _weighted(branch: Branch) -> list[tuple[str, Conv | SepConv]]:
    weighted: list[tuple[str, Conv | SepConv]] = []
    for op in branch.ops:
        if isinstance(op, Fork):
            weighted += [(f"{op.name}.{conv.name}", conv) for conv in op.ops if conv.width is not None]
        elif isinstance(op, Conv | SepConv) and op.width is not None:
            weighted.append((op.name, op))
    return weighted


def _branch_window(branch: Branch) -> str:
    """The window of a branch's filters, which gives its reduction its name: 7×7 even where it is factorised."""
    side = max(side for _, op in _weighted(branch) for side in op.kernel)
    return f"{side}×{side}"


def _window(op: Op) -> str:
    return f"{op.kernel[0]}×{op.kernel[1]}" if isinstance(op, Conv | SepConv) else ""


def _hint(op: Op) -> str:
    if op.name == "reduce":
        return "1×1 filters that reduce the channels before the larger window"
    if op.name == "proj":
        return "1×1 filters after the pool"
    if isinstance(op, Linear):
        return "Outputs of the fully connected layer"
    return f"{_window(op)} filters"


def _row(stage: StageCost, context: _Context) -> Row:
    part = stage.part.block if isinstance(stage.part, Repeat) else stage.part
    cells: dict[str, WidthCell | TextCell] = {}
    match part:
        case Conv() | SepConv() | Linear():
            if part.width is not None:
                cells["filters"] = _width(stage.name, part.width, context)
        case AuxHead():
            for op in part.ops:
                if isinstance(op, Conv | SepConv | Linear) and op.width is not None:
                    cells[op.name] = _width(f"{stage.name}.{op.name}", op.width, context)
        case Inception() | Residual():
            for branch in part.branches:
                for path, conv in _weighted(branch):
                    key = f"{branch.name}.{path}"
                    cells[key] = _width(f"{stage.name}.{key}", conv.width or 0, context)
        case _:
            pass
    if isinstance(stage.part, Repeat):
        cells["copies"] = _number(stage.name + COPIES, stage.part.times, MAX_REPEATS, context)
    cells.update(_computed(stage, context))
    if _is_block(stage.part):
        return Row(stage.name, row_label(stage), cells, "stage")
    return Row(stage.name, row_label(stage), cells, "pool" if isinstance(part, Pool) else "stem")


def row_label(stage: StageCost) -> str:
    """The stage's name, with its window where no column shows it."""
    part = stage.part
    if isinstance(part, Conv | SepConv) and _window(part).replace("×", "x") not in stage.name:
        return f"{stage.name} {_window(part)}" + (f"/{part.stride}" if part.stride > 1 else "")
    return stage.name


def _width(path: str, width: int, context: _Context) -> WidthCell:
    return _number(path, width, MAX_WIDTH, context)


def _number(path: str, now: int, most: int, context: _Context) -> WidthCell:
    return WidthCell(path, now, context.published.get(path), 1, most, *context.state.refused_text(path))


def _computed(stage: StageCost, context: _Context) -> dict[str, TextCell]:
    was = context.before.get(stage.name)
    share = stage.macs / context.analysis.macs if context.analysis.macs else 0.0
    heads = isinstance(stage.part, AuxHead)
    return {
        "out": TextCell("×".join(map(str, stage.out_shape)), f"{shape_text(stage.out_shape)} values"),
        "params": _count(stage.params, was.params if was else None, "parameters"),
        "macs": _count(stage.macs, was.macs if was else None, "MACs"),
        "share": TextCell("" if heads else f"{share:.1%}", None, None if heads else round(share, 3)),
    }


def _count(now: int, before: int | None, unit: str) -> TextCell:
    if before is None or before == now:
        return TextCell(short(now) if now else "–", exact(now, unit))
    return TextCell(
        short(now), f"{exact(now, unit)}, published {exact(before)}", None, percent_change(now, before), now < before
    )
