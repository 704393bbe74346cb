"""What more filters would cost, where memory goes, and which stages take longer than their MACs suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import plotly.graph_objects as go

from inception_models.arch.branch_kind import branch_kind

from ..analysis.changes import first_copy
from ..analysis.network import Analysis
from ..common.colours import OUTSIDE_COLOUR
from ..common.quantity import exact, short
from ..memory.inference import InferenceMemory, Optimizer
from ..memory.training_step import TrainingMemory
from ..tables.sensitivity import Sensitivity
from ..timing.latency import Latency
from ..timing.roofline import Ceilings, RooflinePoint
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

OPTIMIZERS: Mapping[Optimizer, str] = {"sgd": "SGD", "momentum": "SGD with momentum", "adam": "Adam"}


# --- sensitivity -----------------------------------------------------------------------------------------------------


def sensitivity_bars(
    analysis: Analysis, entries: Sequence[Sensitivity], metric: Literal["params", "macs"]
) -> go.Figure:
    """One bar for every place, in the order of the network, in its branch's colour. Stages name the axis."""
    heads = {head.name for head in analysis.aux}
    places = [entry for entry in entries if not entry.problem and entry.path.partition(".")[0] not in heads]
    values = [entry.params if metric == "params" else entry.macs for entry in places]
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
            customdata=[exact(values[i], unit) for i in chosen],
            hovertemplate="%{x}<br>+%{customdata}<extra></extra>",
        )
    named = _named([entry.path for entry in places])
    step = entries[0].step if entries else 0
    figure.update_layout(
        xaxis_title="place, from the picture to the classes",
        yaxis_title=f"additional {unit} for {step} more filters",
        yaxis_tickformat="~s",
    )
    figure.update_xaxes(
        categoryorder="array",
        categoryarray=[entry.path for entry in places],
        tickvals=list(named.values()),
        ticktext=list(named),
        tickangle=-45,
    )
    return styled(figure, height_px=420)


def _named(paths: Sequence[str]) -> dict[str, str]:
    """Stages that the axis names, with the first place of each; not so many that the names overlap."""
    apart = max(2, len(paths) // 24)
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


def stage_peaks(memory: InferenceMemory, selected: str = "") -> go.Figure:
    """The most that feature maps take while each stage runs; the highest bar is what inference needs."""
    most = memory.peak.peak_bytes
    figure = go.Figure()
    figure.add_bar(
        x=[stage.name for stage in memory.stages],
        y=[stage.peak_bytes for stage in memory.stages],
        marker_color=[ORANGE if stage.peak_bytes == most else BLUE for stage in memory.stages],
        customdata=[exact(stage.peak_bytes, "bytes") for stage in memory.stages],
        hovertemplate="%{x}<br>%{customdata}<extra></extra>",
    )
    figure.update_yaxes(title="bytes in memory while it runs", tickformat="~s")
    stage_axis(figure, [stage.name for stage in memory.stages], selected)
    return styled(figure, height_px=380)


def training_bars(steps: Mapping[Optimizer, TrainingMemory]) -> go.Figure:
    """The peak of a training step with each optimiser, and what it is made of."""
    names = [OPTIMIZERS[key] for key in steps]
    series: list[tuple[str, str, list[int]]] = [
        ("weights and statistics", BLUE, [m.weights + m.buffers for m in steps.values()]),
        ("optimiser state", PINK, [m.optimizer_state for m in steps.values()]),
        ("saved activations", GREEN, [m.saved for m in steps.values()]),
        ("gradients and what is being computed", ORANGE, [m.working for m in steps.values()]),
    ]
    figure = go.Figure()
    for name, colour, values in series:
        figure.add_bar(
            name=name,
            y=names,
            x=values,
            orientation="h",
            marker_color=colour,
            customdata=[exact(value, "bytes") for value in values],
            hovertemplate="%{y}<br>" + name + ": %{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="stack", xaxis_title="bytes at the peak of a training step", yaxis_title="")
    figure.update_xaxes(tickformat="~s")
    return styled(figure, height_px=300)


# --- time ------------------------------------------------------------------------------------------------------------


def time_against_macs(analysis: Analysis, latency: Latency, selected: str = "") -> go.Figure:
    """Each stage's share of the time beside its share of the MACs."""
    whole = sum(timing.seconds for timing in latency.stages)
    names = [timing.name for timing in latency.stages]
    times = [100 * timing.seconds / whole for timing in latency.stages]
    macs = [100 * stage.macs / (analysis.macs or 1) for stage in analysis.stages]
    figure = go.Figure()
    figure.add_bar(
        name="share of time",
        x=names,
        y=times,
        marker_color=ORANGE,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [100 * (t.high - t.seconds) / whole for t in latency.stages],
            "arrayminus": [100 * (t.seconds - t.low) / whole for t in latency.stages],
            "thickness": 1,
            "width": 2,
        },
        customdata=[
            f"{short(t.seconds, 's')} (half of the runs {short(t.low, 's')} to {short(t.high, 's')})"
            for t in latency.stages
        ],
        hovertemplate="%{x}<br>%{customdata}<br>%{y:.1f} % of the time<extra></extra>",
    )
    figure.add_bar(
        name="share of MACs",
        x=names,
        y=macs,
        marker_color=BLUE,
        customdata=[exact(stage.macs, "MACs") for stage in analysis.stages],
        hovertemplate="%{x}<br>%{customdata}<br>%{y:.1f} % of the MACs<extra></extra>",
    )
    figure.update_layout(
        barmode="group",
        yaxis_title="share of the whole network (%)",
        yaxis_range=[0, 1.15 * max(*times, *macs)],  # a busy machine's spread may be far longer than any bar
    )
    stage_axis(figure, names, selected)
    return styled(figure, height_px=420)


def roofline_plot(ceilings: Ceilings, points: Sequence[RooflinePoint]) -> go.Figure:
    """Achieved FLOP/s of every stage over its intensity, below this machine's two ceilings; both axes logarithmic."""
    ends = [ceilings.ridge, *(point.intensity for point in points)]
    edges = [min(ends) / 2, ceilings.ridge, max(ends) * 2]
    figure = go.Figure()
    figure.add_scatter(
        name=f"ceilings: {short(ceilings.bytes_per_second, 'B/s')}, {short(ceilings.flops_per_second, 'FLOP/s')}",
        x=edges,
        y=[ceilings.attainable(edge) for edge in edges],
        mode="lines",
        line_color=OUTSIDE_COLOUR,
        hovertemplate="%{x:.3g} FLOPs for each byte: at most %{y:.3s}FLOP/s<extra></extra>",
    )
    figure.add_scatter(
        name="stages",
        x=[point.intensity for point in points],
        y=[point.flops_per_second for point in points],
        mode="markers+text",
        text=[point.name for point in points],
        textposition="bottom center",
        textfont_size=10,
        marker={"color": BLUE, "size": 9},
        customdata=[[point.name, f"{100 * point.efficiency:.0f} %"] for point in points],
        hovertemplate=(
            "%{customdata[0]}<br>%{x:.3g} FLOPs for each byte, %{y:.3s}FLOP/s<br>"
            "%{customdata[1]} of what is attainable<extra></extra>"
        ),
    )
    figure.update_xaxes(
        type="log", title="arithmetic intensity: FLOPs for each byte moved", dtick="D2", tickformat="~g"
    )
    figure.update_yaxes(type="log", title="FLOP/s achieved", dtick="D2", tickformat="~s")
    return styled(figure, height_px=480)
