"""Table 1 of the network: its rows and columns, and what each cell shows. Every filter count can be typed in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
from ...backend.common.quantity import exact, percent, percent_change, shape_text, short
from ..components.width_table import Column, Row, RowGroup, Table, TextCell, WidthCell, width_table
from ..kit.notice import cell_remedies
from ..kit.terms import caption
from ..state import State
from ..typed_numbers import COPIES, numbers

STEM_BRANCHES = 2  # at most, where a stem branches; every block of the family has more
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

    @property
    def most_macs(self) -> int:
        """Those of the row that has the most, whose bar fills its cell."""
        return max((stage.macs for stage in self.analysis.stages), default=0)


def show(state: State, analysis: Analysis, reference: Analysis) -> None:
    """Render the editable table."""
    caption(
        "Every number in a branch column is a filter count. Type a new one, or change it with the arrow keys"
        " (hold Shift for single steps); everything on this page follows."
    )
    width_table(
        table_of(state, analysis, reference),
        selected=state.selected_stage,
        key="table1",
        on_edit=state.type_numbers,
        on_reset=state.reset_numbers,
        on_select=state.select,
    )
    cell_remedies(state)


def table_of(state: State, analysis: Analysis, reference: Analysis) -> Table:
    """The whole network in its order: stem, the blocks by the grid of their output, head, auxiliary heads."""
    before = {stage.name: stage for stage in (*reference.stages, *reference.aux)}
    context = _Context(state, analysis, numbers(state.original), before)
    groups = (
        RowGroup(title, columns, tuple(_row(stage, context) for stage in stages))
        for title, columns, stages in _runs(analysis, context)
    )
    return Table("Table 1", tuple(groups), COMPUTED)


def _runs(analysis: Analysis, context: _Context) -> list[tuple[str, tuple[Column, ...], list[StageCost]]]:
    """Neighbours in the same part of the network whose cells have the same columns."""
    places = [i for i, stage in enumerate(analysis.stages) if _is_block(stage.part)]
    first = next((i for i in places if not _in_stem(analysis.stages[i], context)), len(analysis.stages))
    runs: list[tuple[str, tuple[Column, ...], list[StageCost]]] = []

    def add(title: str, stage: StageCost) -> None:
        columns = _columns(stage)
        if runs and runs[-1][0] == title and (columns == runs[-1][1] or not columns):
            runs[-1][2].append(stage)
        elif runs and runs[-1][0] == title and not runs[-1][1]:  # rows without a field go under any names
            runs[-1] = title, columns, [*runs[-1][2], stage]
        else:
            runs.append((title, columns, [stage]))

    for i, stage in enumerate(analysis.stages):
        in_body = first <= i <= max(places, default=-1)
        grid = shape_text(stage.out_shape[1:])
        add(grid if in_body else "Stem" if i < first else "Head", stage)
    for head in analysis.aux:
        add("Auxiliary heads, in training only", head)
    return runs


def _in_stem(stage: StageCost, context: _Context) -> bool:
    """Whether this block, as it was published, is of the stem: v4's has blocks of two branches."""
    part = context.before.get(stage.name, stage).part
    return isinstance(part, Inception) and len(part.branches) <= STEM_BRANCHES


def _columns(stage: StageCost) -> tuple[Column, ...]:
    """A column for each number of the stage that can be typed."""
    match stage.part:
        case AuxHead():
            return head_columns(stage.part)
        case Conv() | SepConv() | Linear() if stage.part.width:
            return (Column("filters", "filters", "Filters of this layer"),)
        case Repeat():
            copies = Column("copies", "copies", "How many copies of the block follow one another", noun="copies")
            return (copies, *block_columns(stage.part))
        case _:
            return block_columns(stage.part)


def _is_block(part: Stage | AuxHead) -> bool:
    return isinstance(part.block if isinstance(part, Repeat) else part, Inception | Residual)


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
        columns.append(Column(f"{branch.name}.{path}", label, _hint(op), color, reduction, branch_label(branch.name)))
    return columns


def branch_label(name: str) -> str:
    """A branch's name in few letters: the column may be narrow."""
    return name.removeprefix("branch").strip("_") or name


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
    filled = stage.macs / (context.most_macs or 1)
    heads = isinstance(stage.part, AuxHead)
    return {
        "out": TextCell("×".join(map(str, stage.out_shape)), f"{shape_text(stage.out_shape)} values"),
        "params": _count(stage.params, was.params if was else None, "parameters"),
        "macs": _count(stage.macs, was.macs if was else None, "MACs"),
        "share": TextCell(
            "" if heads else percent(stage.macs, context.analysis.macs), None, None if heads else round(filled, 3)
        ),
    }


def _count(now: int, before: int | None, unit: str) -> TextCell:
    if before is None or before == now:
        return TextCell(short(now) if now else "–", exact(now, unit))
    return TextCell(
        short(now), f"{exact(now, unit)}, published {exact(before)}", None, percent_change(now, before), now < before
    )
