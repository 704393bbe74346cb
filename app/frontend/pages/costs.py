"""Costs: where parameters, MACs, memory and time go. Only the open tab is computed."""

from __future__ import annotations

from functools import partial

from ..costs import layers, memory, overview, sensitivity, timing, torchinfo, tree
from ..costs.context import CostsContext
from ..kit.tabs import remembered_tabs
from ..shell import frame

COSTS_TABS = {
    "Overview": overview.show,
    "Tree": tree.show,
    "Layers": layers.show,
    "Sensitivity": sensitivity.show,
    "Memory": memory.show,
    "Time": timing.show,
    "torchinfo": torchinfo.show,
}


def page() -> None:
    """Render the page."""
    context = CostsContext(*frame.show())
    remembered_tabs("costs", {label: partial(show, context) for label, show in COSTS_TABS.items()})
