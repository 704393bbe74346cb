"""Two predictions side by side: which classes gain, which lose."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
from torch import Tensor

from ..common.text import chart_text
from ..picture.activations import top_classes
from .style import BLUE, ORANGE, styled

LONGEST_CLASS_NAME = 28


def prediction_bars(
    first: Tensor, second: Tensor, names: tuple[str, str], class_name: Callable[[int], str], k: int = 5
) -> go.Figure:
    """The ``k`` likeliest classes of either logits ``[classes]`` with both probabilities; ``names``: whose they are.

    After each pair comes the difference, second minus first, in percentage points.
    """
    shares = [logits.double().softmax(0).tolist() for logits in (first, second)]
    shown = [index for logits in (first, second) for index, _ in top_classes(logits, k)]
    classes = sorted(dict.fromkeys(shown), key=lambda index: -max(share[index] for share in shares))[: k + 2]
    labels = [_short(class_name(index), index) for index in classes]
    most = 100 * max(share[index] for share in shares for index in classes)
    digits = 1 if most >= 10 else 2
    figure = go.Figure()
    for name, colour, share in zip(names, (BLUE, ORANGE), shares, strict=True):
        change = [100 * (shares[1][index] - shares[0][index]) for index in classes]
        figure.add_bar(
            name=chart_text(name),
            y=labels,
            x=[100 * share[index] for index in classes],
            orientation="h",
            marker_color=colour,
            text=[f"{points:+.{digits}f}".replace("-", "−") for points in change] if share is shares[1] else None,
            textposition="outside",
            cliponaxis=False,
            hovertemplate=f"%{{y}}<br>{chart_text(name)}: %{{x:.3g}}%<extra></extra>",
        )
    figure.update_xaxes(title="probability (%); after the bars the change in percentage points", range=[0, 1.18 * most])
    figure.update_yaxes(autorange="reversed", title="")
    figure.update_layout(barmode="group")
    return styled(figure, height_px=110 + 46 * len(classes))


def _short(name: str, index: int) -> str:
    """Two classes of one name (ImageNet has two cranes) keep two bars."""
    return f"{chart_text(name, LONGEST_CLASS_NAME)} · {index}"
