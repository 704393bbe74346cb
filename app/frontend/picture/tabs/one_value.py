"""The arithmetic of one value: the patch, the filter, their products, the sum, and what is done to the sum."""

from __future__ import annotations

from html import escape

import numpy as np

from ....backend.common.colours import ink, mixed
from ....backend.picture.one_value import Arithmetic, arithmetic, convolution_at
from ...components.maps_view import Picked
from .context import PictureContext

FULL_CHANNELS = 3  # input channels shown in full: those of a picture, or those that contribute most
BELOW_ZERO, ABOVE_ZERO = "#0072B2", "#D55E00"


def explained(context: PictureContext, picked: Picked) -> str:
    """HTML for the picked cell."""
    cell = picked.cell
    unit = convolution_at(context.arch, picked.path)
    head = f"<h2>How this value is computed: {escape(picked.path)}, channel {cell.channel}</h2>"
    if unit is None:
        return f"{head}<p>This is not the output of a plain convolution, so its values are not one sum of products.</p>"
    steps = context.remembered("arithmetic", picked, lambda: arithmetic(context.network, context.x, unit, cell))
    output = float(context.output(picked.path)[cell.channel, cell.row, cell.column])
    agrees = abs(steps.value - output) <= 1e-4 * max(1.0, abs(output))
    differs = "" if agrees else f" They differ by {steps.value - output:.2g}."
    return (
        f'{head}<ul>{_steps(steps)}</ul><p role="status">Computed here: {steps.value:.6g}. In the feature map:'
        f" {output:.6g}.{differs}</p>{_tables(steps, context, unit)}"
    )


def _tables(steps: Arithmetic, context: PictureContext, unit: str) -> str:
    """Patch, filter and products of the channels that contribute most."""
    sums = steps.channel_sums
    if len(sums) == FULL_CHANNELS:
        shown = list(range(FULL_CHANNELS))
    else:
        shown = sorted(np.argsort(-np.abs(sums), kind="stable")[:FULL_CHANNELS].tolist())
    names = _names(context, len(sums), unit)
    patch, weights = steps.patch[shown], steps.weights[shown]
    rows = []
    for i, channel in enumerate(shown):
        grids = (
            _grid(patch[i], np.abs(patch).max(), steps.real),
            "<b>×</b>",
            _grid(weights[i], np.abs(weights).max(), None),
            "<b>→</b>",
            _grid(patch[i] * weights[i], np.abs(patch * weights).max(), None),
        )
        name = escape(names[channel])
        rows.append(
            f"<h3>{name}: sum {_number(float(sums[channel]))}</h3>"
            f'<div class="products" tabindex="0" role="group" aria-label="{name}">{"".join(grids)}</div>'
        )
    rest = len(sums) - len(shown)
    if rest:
        others = float(sums.sum() - sums[shown].sum())
        rows.append(f"<p>The other {rest} input channels together: <b>{_number(others)}</b></p>")
    return f"<p>Patch × filter → products</p>{''.join(rows)}"


def _names(context: PictureContext, count: int, unit: str) -> list[str]:
    if unit == context.arch.stages[0].name and count == 3:
        match context.forward_pass.preprocessing.channels:
            case "RGB":
                return ["red", "green", "blue"]
            case "BGR":
                return ["blue", "green", "red"]
            case "grey":
                return ["grey, first copy", "grey, second copy", "grey, third copy"]
    return [f"input channel {channel}" for channel in range(count)]


def _steps(steps: Arithmetic) -> str:
    """From the sum to the value, an item a step."""
    items = [f"sum of {steps.patch.size:,} products: <b>{_number(float(steps.channel_sums.sum()))}</b>"]
    if steps.bias is not None:
        items.append(f"plus the bias {_number(steps.bias)}: <b>{_number(steps.convolved)}</b>")
    if n := steps.norm:
        items.append(
            f"BatchNorm: ({_number(steps.convolved)} − mean {_number(n.mean)}) / √(variance {_number(n.variance)}"
            f" + {n.eps:g}) × {_number(n.gamma)} + {_number(n.beta)} = <b>{_number(steps.normalised)}</b>"
        )
    if steps.activation:
        items.append(f"{escape(steps.activation)}: <b>{_number(steps.value)}</b>")
    return "".join(f"<li>{item}</li>" for item in items)


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _grid(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]], most: float, real: object) -> str:
    """A small table, blue below zero and orange above."""
    cells = []
    for row in range(values.shape[0]):
        line = []
        for column in range(values.shape[1]):
            value = float(values[row, column])
            outside = isinstance(real, np.ndarray) and not bool(real[row, column])
            fill = mixed("#f2f2f2", ABOVE_ZERO if value > 0 else BELOW_ZERO, min(abs(value) / (most or 1), 1))
            style = "" if outside else f' style="background:{fill};color:{ink(fill)}"'
            title = "padding" if outside else f"{value:.6g}"
            line.append(f'<td title="{title}"{style}>{"·" if outside else _brief(value)}</td>')
        cells.append(f"<tr>{''.join(line)}</tr>")
    return f"<table>{''.join(cells)}</table>"


def _brief(value: float) -> str:
    """Few letters: a 7x7 window has to fit three times into a line."""
    text = f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"
    return text.replace("-", "−").replace("0.", ".", 1) if abs(value) < 1 else text.replace("-", "−")
