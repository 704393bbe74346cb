"""The family map: every variant by its costs and its published error, with the pins among them."""

from __future__ import annotations

from collections.abc import Sequence

from ...backend.charts.choices import family_scatter
from ...backend.common.pins import Pin
from ...backend.decide.family_map import family_map
from ..chart import show_chart
from ..kit.terms import caption
from .context import all_totals


def show(networks: Sequence[Pin]) -> None:
    """Render the map."""
    totals = all_totals(networks)
    pins = [network for network in totals if network.macs and network.params]  # the axes are logarithmic
    show_chart(family_scatter(family_map(), pins), "family-map", "family")
    caption(
        "Errors are of published weights on ImageNet's validation set, single crop, with their source on hover; hollow"
        " marks have none. Above, a larger mark has more parameters, and no network on the dotted line is beaten by one"
        " that is both cheaper and better. The networks of this page are stars below and lines above: what they would"
        " reach is not known before they are trained."
    )
