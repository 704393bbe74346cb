"""Train: a small training run on this machine, what a width is worth to a trained network, and pruning one."""

from __future__ import annotations

from functools import partial

from ..kit.tabs import remembered_tabs
from ..shell import frame
from ..training import pruning, run, sweep


def page() -> None:
    """Render the page."""
    state, analysis, _ = frame.show()
    tabs = {
        "Train": partial(run.show, state, analysis),
        "Accuracy against MACs": partial(sweep.show, state),
        "Prune and heal": partial(pruning.show, state),
    }
    remembered_tabs("train", tabs)
