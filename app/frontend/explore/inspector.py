"""The selected stage up close: its input and output, what each branch costs, and sliders for its widths."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from inception_models import widths
from inception_models.arch.rules import MAX_WIDTH
from inception_models.arch.spec import AuxHead, Conv, Pool, Repeat

from ...backend import Analysis, StageCost
from ...backend.analysis.changes import first_copy
from ...backend.analysis.graph import elements
from ...backend.common.colours import OUTSIDE_COLOUR, branch_colour
from ...backend.common.quantity import exact, float32_bytes, shape_text, short
from ..components.stage_cards import stage_cards
from ..components.width_sliders import WidthSlider, width_sliders
from ..shell.controls import remembered
from ..state import State
from . import structure_editor

EDITORS = ["Widths", "Structure"]
INPUT = "input"  # the picture's box in the diagram, which is not a stage


def show(state: State, analysis: Analysis) -> None:
    """Render the inspector for the selected stage."""
    stages = {stage.name: stage for stage in (*analysis.stages, *analysis.aux)}
    cards = {name: _card(stage, analysis) for name, stage in stages.items()}
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
    sliders = _sliders(state, stages)
    width_sliders(sliders, selected=state.selected_stage, key="sliders", on_edit=state.type_numbers)


def _picture(analysis: Analysis) -> str:
    shape = shape_text(analysis.stages[0].in_shape)
    return f'<div class="inspector"><h2>{INPUT}</h2><p>The picture, {shape}</p></div>'


def _card(stage: StageCost, analysis: Analysis) -> str:
    table = _branch_table(stage) if stage.branches or stage.copies else ""
    return f'<div class="inspector">{_head(stage, analysis)}{table}</div>'


def _head(stage: StageCost, analysis: Analysis) -> str:
    output = float32_bytes(elements(stage.out_shape))
    facts = [
        ("in → out", f"{shape_text(stage.in_shape)} → {shape_text(stage.out_shape)}", "Channels × height × width"),
        ("parameters", _share(stage.params, analysis.params), exact(stage.params, "parameters")),
        ("MACs", _share(stage.macs, analysis.macs), exact(stage.macs, "multiply-accumulates for one picture")),
        (
            "output",
            short(output, "B"),
            "Memory of the output for one picture, as 32-bit floats",
        ),
    ]
    if not isinstance(stage.part, AuxHead):
        facts.append(_field(stage, analysis))
    rows = "".join(
        f'<div tabindex="0" data-tip="{escape(tip, quote=True)}"><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>'
        for label, value, tip in facts
    )
    return f"<h2>{escape(stage.name)}</h2><p>{escape(_what(stage))}</p><dl>{rows}</dl>"


def _what(stage: StageCost) -> str:
    part = stage.part
    match part:
        case Repeat():
            return f"{part.times} copies of a block, one after another"
        case AuxHead():
            return f"Auxiliary classifier on {part.tap}, in training only; its loss has the weight {part.weight:g}"
        case Conv():
            return f"Convolution {part.kernel[0]}×{part.kernel[1]}, stride {part.stride}"
        case Pool():
            return f"{'Max' if part.kind == 'max' else 'Average'} pool {part.size}×{part.size}, stride {part.stride}"
        case _:
            return f"{len(stage.branches)} branches side by side" if stage.branches else type(part).__name__


def _field(stage: StageCost, analysis: Analysis) -> tuple[str, str, str]:
    field = analysis.field(stage.name)
    if field is None:
        return "receptive field", "the whole picture", "Every output value depends on every pixel"
    size, jump = field[0].size, field[0].jump
    meaning = (
        f"One output value sees {size} × {field[1].size} pixels; the window of the next lies {jump} pixels further"
    )
    return "receptive field", f"{size} px, step {jump} px", meaning


def _share(part: int, whole: int) -> str:
    return f"{short(part)} ({part / whole:.1%})" if whole and part else short(part)


def _branch_table(stage: StageCost) -> str:
    """Each branch's channels, parameters and MACs, with its share of the block as a bar in its colour."""
    block, colors = first_copy(stage), _colors(stage)
    total = block.macs or 1
    note = '<p class="note">For one copy.</p>' if stage.copies else ""
    rows = "".join(
        f'<tr><th scope="row"><i style="background:{colors[b.name]}"></i>{escape(b.name)}</th>'
        f"<td>{b.out_shape[0]}</td><td>{short(b.params) if b.params else '–'}</td>"
        f'<td data-tip="{escape(exact(b.macs, "MACs"))}, {b.macs / total:.1%} of the block" tabindex="0">'
        f'{short(b.macs) if b.macs else "–"}<span class="bar"><b style="width:{b.macs / total:.1%};'
        f'background:{colors[b.name]}"></b></span></td></tr>'
        for b in block.branches
    )
    return (
        '<table><thead><tr><th scope="col">branch</th><th scope="col">channels</th>'
        f'<th scope="col">params</th><th scope="col">MACs</th></tr></thead><tbody>{rows}</tbody></table>{note}'
    )


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
