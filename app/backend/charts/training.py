"""How training goes, and what a filter count is worth to a trained network."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from inception_models.training.run import Epoch

from ..common.quantity import exact, short
from ..training.sweep import Sweep
from .style import BLUE, GREEN, ORANGE, styled

MAX_POINTS = 400  # of the training loss; more are averaged
CURVE_HEIGHT_PX = 320


def loss_curves(losses: Sequence[float], steps_an_epoch: int, curve: Sequence[Epoch]) -> go.Figure:
    """The training loss of every step, and the validation loss of every epoch."""
    together = -(-len(losses) // MAX_POINTS) or 1
    groups = [losses[start : start + together] for start in range(0, len(losses), together)]
    ends = [min((place + 1) * together, len(losses)) for place in range(len(groups))]
    figure = go.Figure()
    figure.add_scatter(
        name="training",
        x=[end / steps_an_epoch for end in ends],
        y=[sum(group) / len(group) for group in groups],
        mode="lines",
        line={"color": BLUE, "width": 1.5},
        hovertemplate="epoch %{x:.2f}<br>training loss %{y:.3f}<extra></extra>",
    )
    figure.add_scatter(
        name="held-out pictures",
        x=[epoch.number for epoch in curve],
        y=[epoch.validation_loss for epoch in curve],
        mode="lines+markers",
        line={"color": ORANGE, "width": 2, "dash": "dot"},
        marker={"size": 8, "symbol": "diamond"},
        hovertemplate="epoch %{x}<br>held-out loss %{y:.3f}<extra></extra>",
    )
    _epoch_axis(figure, curve)
    figure.update_yaxes(title="loss (cross-entropy, nats)", type="log", dtick="D2", tickformat="~g")
    return styled(figure, CURVE_HEIGHT_PX)


def accuracy_curve(curve: Sequence[Epoch], classes: int) -> go.Figure:
    """The accuracy on the held-out pictures, and what guessing would give."""
    figure = go.Figure()
    figure.add_scatter(
        name="held-out pictures",
        x=[epoch.number for epoch in curve],
        y=[100 * epoch.validation_accuracy for epoch in curve],
        mode="lines+markers",
        line={"color": GREEN, "width": 2},
        marker={"size": 8},
        hovertemplate="epoch %{x}<br>%{y:.1f}% correct<extra></extra>",
    )
    _guessing(figure, classes)
    _epoch_axis(figure, curve)
    figure.update_yaxes(title="accuracy (%)", range=[0, 101])
    figure.update_layout(showlegend=True)  # one series has none by itself, and the two plots would not align
    return styled(figure, CURVE_HEIGHT_PX)


def sweep_plot(sweep: Sweep) -> go.Figure:
    """Accuracy over MACs, one point for each width; the network's own stands out."""
    others = [point for point in sweep.points if point.width != sweep.width]
    now = [point for point in sweep.points if point.width == sweep.width]
    figure = go.Figure()
    figure.add_scatter(
        x=[point.macs for point in sweep.points],
        y=[100 * point.accuracy for point in sweep.points],
        mode="lines",
        line={"color": BLUE, "width": 1.5},
        hoverinfo="skip",
        showlegend=False,
    )
    for name, points, marker in (
        ("other widths", others, {"color": BLUE, "size": 9}),
        (f"width now, {sweep.width}", now, {"color": ORANGE, "size": 16, "symbol": "star"}),
    ):
        figure.add_scatter(
            name=name,
            x=[point.macs for point in points],
            y=[100 * point.accuracy for point in points],
            mode="markers+text",
            marker=marker,
            text=[str(point.width) for point in points],
            textposition="bottom center",
            customdata=[
                [point.width, f"{point.correct} of {point.pictures}", short(point.macs, "MACs"), exact(point.params)]
                for point in points
            ],
            hovertemplate=(
                "%{customdata[0]} filters: %{y:.1f}% correct (%{customdata[1]})<br>%{customdata[2]},"
                " %{customdata[3]} parameters<extra></extra>"
            ),
        )
    _guessing(figure, sweep.arch.classes)
    figure.update_xaxes(title="multiply-accumulates (MACs), one picture", tickformat="~s")
    figure.update_yaxes(title="accuracy on the shipped test pictures (%)", range=[0, 103])
    return styled(figure, 380)


def _epoch_axis(figure: go.Figure, curve: Sequence[Epoch]) -> None:
    """From the beginning, with whole epochs at the ticks."""
    few = {"dtick": 1} if len(curve) < 10 else {}
    figure.update_xaxes(title="epochs", rangemode="tozero", **few)


def _guessing(figure: go.Figure, classes: int) -> None:
    figure.add_hline(
        100 / classes,
        line={"color": "#999999", "dash": "dash", "width": 1},
        annotation_text="guessing",
        annotation_position="bottom right",
    )
