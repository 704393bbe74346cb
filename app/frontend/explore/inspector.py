"""The selected stage up close: its input and output, what each branch costs, and sliders for its widths."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from inception_models import widths
from inception_models.arch.rules import MAX_WIDTH
from inception_models.arch.spec import AuxHead, Conv, Pool, Repeat

from ...backend import Analysis, StageCost
from ...backend.analysis.changes import first_copy
from ...backend.analysis.graph import elements
from ...backend.analysis.network import BranchCost
from ...backend.common.colours import OUTSIDE_COLOUR, branch_colour
from ...backend.common.quantity import exact, float32_bytes, percent, percent_change, shape_text, short
from ...backend.diagram import readable
from ..components.stage_cards import BranchLine, Fact, StageCard, stage_cards
from ..components.width_sliders import WidthSlider, width_sliders
from ..kit.controls import remembered
from ..kit.terms import meaning
from ..state import State
from . import explanations, structure_editor
from .table1 import branch_label

EDITORS = ["Widths", "Structure", "Explain"]
INPUT = "input"  # the picture's box in the diagram, which is not a stage


def show(state: State, analysis: Analysis, reference: Analysis) -> None:
    """Render the inspector for the selected stage."""
    stages = {stage.name: stage for stage in (*analysis.stages, *analysis.aux)}
    before = {stage.name: stage for stage in (*reference.stages, *reference.aux)}
    cards = {name: _card(stage, before.get(name), analysis) for name, stage in stages.items()}
    stage_cards({INPUT: _picture(analysis), **cards}, selected=state.selected_stage, key="cards")
    shown = st.segmented_control(
        "Edit",
        EDITORS,
        default=remembered("edit", EDITORS, "Widths"),
        key="edit",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    if shown == "Structure":
        if state.selected_stage != INPUT:
            structure_editor.show(state, stages[state.selected_stage])
        return
    if shown == "Explain":
        explanations.show(state, analysis)
        return
    sliders = _sliders(state, stages)
    width_sliders(sliders, selected=state.selected_stage, key="sliders", on_edit=state.type_numbers)
    tables = {name: _branch_card(stage, before.get(name)) for name, stage in stages.items()}
    stage_cards({INPUT: StageCard(""), **tables}, selected=state.selected_stage, key="branches")


def _picture(analysis: Analysis) -> StageCard:
    return StageCard(INPUT, f"The picture, {shape_text(analysis.stages[0].in_shape)}")


def _card(stage: StageCost, before: StageCost | None, analysis: Analysis) -> StageCard:
    return StageCard(readable(stage.name), _what(stage), _facts(stage, before, analysis))


def _branch_card(stage: StageCost, before: StageCost | None) -> StageCard:
    return StageCard("", branches=_branch_lines(stage, before), note="For one copy." if stage.copies else "")


def _facts(stage: StageCost, before: StageCost | None, analysis: Analysis) -> tuple[Fact, ...]:
    output = float32_bytes(elements(stage.out_shape))
    published = (stage.params, stage.macs) if before is None else (before.params, before.macs)
    facts = (
        Fact("in → out", f"{shape_text(stage.in_shape)} → {shape_text(stage.out_shape)}", "Channels × height × width"),
        Fact(
            "parameters",
            _share(stage.params, analysis.params),
            exact(stage.params, "parameters"),
            _change(stage.params, published[0]),
        ),
        Fact(
            "MACs",
            _share(stage.macs, analysis.macs),
            exact(stage.macs, "multiply-accumulates for one picture"),
            _change(stage.macs, published[1]),
        ),
        Fact("output", short(output, "B"), "Memory of the output for one picture, as 32-bit floats"),
    )
    return facts if isinstance(stage.part, AuxHead) else (*facts, _field(stage, analysis))


def _change(now: int, published: int) -> str:
    """The difference from the published network; empty where there is none."""
    return "" if now == published else percent_change(now, published)


def _what(stage: StageCost) -> str:
    part = stage.part
    match part:
        case Repeat():
            return f"{part.times} copies of a block, one after another" if part.times > 1 else "One copy of a block"
        case AuxHead():
            return f"Auxiliary classifier on {part.tap}, in training only; its loss has the weight {part.weight:g}"
        case Conv():
            return f"Convolution {part.kernel[0]}×{part.kernel[1]}, stride {part.stride}"
        case Pool():
            return f"{'Max' if part.kind == 'max' else 'Average'} pool {part.size}×{part.size}, stride {part.stride}"
        case _:
            return f"{len(stage.branches)} branches side by side" if stage.branches else type(part).__name__


def _field(stage: StageCost, analysis: Analysis) -> Fact:
    field = analysis.field(stage.name)
    if field is None:
        return Fact("receptive field", "the whole picture", "Every output value depends on every pixel")
    size, jump = field[0].size, field[0].jump
    tip = f"{meaning('receptive field')} Here {size:,} × {field[1].size:,} pixels. Jump: {meaning('jump')}"
    return Fact("receptive field", f"{exact(size, 'px')}, jump {jump} px", tip)


def _share(part: int, whole: int) -> str:
    return f"{short(part)} ({percent(part, whole)})" if whole and part else short(part)


def _branch_lines(stage: StageCost, before: StageCost | None) -> tuple[BranchLine, ...]:
    block, colors = first_copy(stage), _colors(stage)
    published = {} if before is None else {branch.name: branch for branch in first_copy(before).branches}
    return tuple(
        _branch_line(branch, published.get(branch.name, branch), colors[branch.name], block.macs or 1)
        for branch in block.branches
    )


def _branch_line(branch: BranchCost, published: BranchCost, color: str, total: int) -> BranchLine:
    share = branch.macs / total
    return BranchLine(
        branch_label(branch.name),
        color,
        (str(branch.out_shape[0]), _was(branch.out_shape[0], published.out_shape[0])),
        short(branch.params) if branch.params else "–",
        (short(branch.macs) if branch.macs else "–", _change(branch.macs, published.macs)),
        f"{exact(branch.macs, 'MACs')}, {percent(branch.macs, total)} of the block; published {exact(published.macs)}",
        round(share, 3),
    )


def _was(now: int, published: int) -> str:
    return "" if now == published else f"was {published}"


def _sliders(state: State, stages: Mapping[str, StageCost]) -> dict[str, list[WidthSlider]]:
    published = widths(state.original)
    colors = {name: _colors(stage) for name, stage in stages.items()}
    sliders: dict[str, list[WidthSlider]] = {name: [] for name in (INPUT, *stages)}
    for path, width in widths(state.arch).items():
        stage, branch = (*path.split("."), "")[:2]
        color = colors[stage].get(branch, OUTSIDE_COLOUR)
        sliders[stage].append(_slider(state, path, width, published.get(path, width), color))
    return sliders


def _slider(state: State, path: str, width: int, published: int, color: str) -> WidthSlider:
    high = min(MAX_WIDTH, max(2 * published, width, 64))
    label = path.partition(".")[2] or path
    return WidthSlider(path, label, width, published, high, color, *state.refused_text(path))


def _colors(stage: StageCost) -> dict[str, str]:
    return {b.name: branch_colour(b.part) for b in first_copy(stage).branches}
