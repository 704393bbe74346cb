"""What more filters would cost, and where memory goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import plotly.graph_objects as go

from inception_models.arch.branch_kind import branch_kind

from ..analysis.changes import first_copy
from ..analysis.network import Analysis
from ..memory.inference import InferenceMemory, Optimizer
from ..memory.training_step import TrainingMemory
from ..tables.sensitivity import Sensitivity
from .published import PUBLISHED_NAME, add_outlines, beside_published, name_bars, names_of_both
from .style import (
    BLUE,
    GREEN,
    ORANGE,
    PINK,
    BranchOrOutside,
    kind_colour,
    kind_name,
    stage_axis,
    styled,
)

TRAINING_PARTS: tuple[tuple[str, str, Callable[[TrainingMemory], int]], ...] = (
    ("weights and statistics", BLUE, lambda memory: memory.weights + memory.buffers),
    ("optimiser state", PINK, lambda memory: memory.optimizer_state),
    ("saved activations", GREEN, lambda memory: memory.saved),
    ("gradients and what is being computed", ORANGE, lambda memory: memory.working),
)
OPTIMIZERS: Mapping[Optimizer, str] = {"sgd": "SGD", "momentum": "SGD with momentum", "adam": "Adam"}


# --- sensitivity -----------------------------------------------------------------------------------------------------


def sensitivity_bars(
    analysis: Analysis,
    entries: Sequence[Sensitivity],
    metric: Literal["params", "macs"],
    published: Sequence[Sensitivity] = (),
) -> go.Figure:
    """One bar for every place, in the order of the network, in its branch's colour. Stages name the axis.

    ``published``: the entries of the published network, for one that was edited.
    """
    heads = {head.name for head in analysis.aux}
    places = [entry for entry in entries if not entry.problem and entry.path.partition(".")[0] not in heads]
    known = {entry.path: _added(entry, metric) for entry in published if not entry.problem}
    before = {entry.path: known[entry.path] for entry in places if entry.path in known}
    values = [_added(entry, metric) for entry in places]
    kinds = _kinds_by_path(analysis, [entry.path for entry in places])
    unit = "parameters" if metric == "params" else "MACs"
    figure = go.Figure()
    for kind in dict.fromkeys(kinds):
        chosen = [i for i, other in enumerate(kinds) if other == kind]
        figure.add_bar(
            name=kind_name(kind),
            x=[places[i].path for i in chosen],
            y=[values[i] for i in chosen],
            marker_color=kind_colour(kind),
            customdata=[beside_published(values[i], before.get(places[i].path), unit) for i in chosen],
            hovertemplate="%{x}<br>+%{customdata}<extra></extra>",
        )
    if before:
        figure.update_layout(barmode="stack")  # there is one bar in each place, and around it the outline
        add_outlines(figure, {entry.path: _added(entry, metric) for entry in places}, before)
    named = _named([entry.path for entry in places])
    figure.update_layout(
        xaxis_title="place, from the picture to the classes",
        yaxis_title=f"{unit} added",
        yaxis_tickformat="~s",
    )
    figure.update_xaxes(
        categoryorder="array",
        categoryarray=[entry.path for entry in places],
        range=(-0.5, len(places) - 0.5),  # plotly leaves more room beside lines than beside bars
        tickvals=list(named.values()),
        ticktext=list(named),
        tickangle=-90,  # plotly chooses by how far apart names are on average, which these differ from
    )
    return styled(figure, height_px=420)


def _added(entry: Sensitivity, metric: Literal["params", "macs"]) -> int:
    return entry.params if metric == "params" else entry.macs


def _named(paths: Sequence[str]) -> dict[str, str]:
    """Stages that the axis names, with the first place of each; not so many that the names overlap."""
    apart = max(2, len(paths) // 16)
    named: dict[str, str] = {}
    last = -apart
    for i, path in enumerate(paths):
        stage = path.partition(".")[0]
        if stage not in named and i - last >= apart:
            named[stage] = path
            last = i
    return named


def _kinds_by_path(analysis: Analysis, paths: Sequence[str]) -> list[BranchOrOutside]:
    branches: dict[str, BranchOrOutside] = {
        f"{stage.name}.{branch.name}": branch_kind(branch.part)
        for stage in analysis.stages
        for branch in first_copy(stage).branches
    }
    return [branches.get(".".join(path.split(".")[:2]), "outside") for path in paths]


# --- memory ----------------------------------------------------------------------------------------------------------


def stage_peaks(memory: InferenceMemory, selected: str = "", published: InferenceMemory | None = None) -> go.Figure:
    """The most that feature maps take while each stage runs; the highest bar is what inference needs.

    ``published``: that of the published network, for one that was edited.
    """
    before = {stage.name: stage.peak_bytes for stage in published.stages} if published else {}
    most = memory.peak.peak_bytes
    figure = go.Figure()
    figure.add_bar(
        name="feature maps",
        showlegend=False,
        x=[stage.name for stage in memory.stages],
        y=[stage.peak_bytes for stage in memory.stages],
        marker_color=[ORANGE if stage.peak_bytes == most else BLUE for stage in memory.stages],
        text=["most" if stage.peak_bytes == most else "" for stage in memory.stages],
        textposition="outside",
        constraintext="none",
        cliponaxis=False,
        customdata=[beside_published(stage.peak_bytes, before.get(stage.name), "bytes") for stage in memory.stages],
        hovertemplate="%{x}<br>%{customdata}<extra></extra>",
    )
    if before:
        figure.update_layout(barmode="stack")
        add_outlines(figure, {stage.name: stage.peak_bytes for stage in memory.stages}, before)
    figure.update_yaxes(title="bytes in memory", tickformat="~s")
    stage_axis(figure, names_of_both([stage.name for stage in memory.stages], before), selected)
    return styled(figure, height_px=380)


def training_bars(
    steps: Mapping[Optimizer, TrainingMemory], published: Mapping[Optimizer, TrainingMemory] | None = None
) -> go.Figure:
    """The peak of a training step with each optimiser, and what it is made of.

    ``published``: those of the published network, for one that was edited: a paler bar below each.
    """
    rows = [(OPTIMIZERS[key], memory, published[key] if published else None, 1.0) for key, memory in steps.items()]
    if published:
        below = [(f"{OPTIMIZERS[key]}, {PUBLISHED_NAME}", memory, None, 0.5) for key, memory in published.items()]
        rows = [row for pair in zip(below, rows, strict=True) for row in pair]
    figure = go.Figure()
    for name, colour, bytes_of in TRAINING_PARTS:
        figure.add_bar(
            name=name,
            y=[title for title, *_ in rows],
            x=[bytes_of(memory) for _, memory, *_ in rows],
            orientation="h",
            marker={"color": colour, "opacity": [opacity for *_, opacity in rows]},
            customdata=[
                beside_published(bytes_of(memory), bytes_of(before) if before else None, "bytes")
                for _, memory, before, _ in rows
            ],
            hovertemplate="%{y}<br>" + name + ": %{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="stack", xaxis_title="bytes at the peak of a step", yaxis_title="")
    figure.update_xaxes(tickformat="~s", tickangle=0)
    name_bars(figure, [title for title, *_ in rows])
    return styled(figure, height_px=400 if published else 300)
