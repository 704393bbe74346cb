"""Train: a small training run on this machine, and what a width is worth to a network that was trained."""

from __future__ import annotations

from functools import partial

from ..shell import frame
from ..shell.tabs import remembered_tabs
from ..training import run, sweep


def page() -> None:
    """Render the page."""
    state, analysis, _ = frame.show()
    remembered_tabs(
        "train", {"Train": partial(run.show, state, analysis), "Accuracy against MACs": partial(sweep.show, state)}
    )
