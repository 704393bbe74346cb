"""What the network made of the picture: one tab for each way to look at it. Only the open tab is computed."""

from __future__ import annotations

from functools import partial

from ....backend.picture.forward import Forward
from ...kit.pictures import Picture
from ...kit.tabs import remembered_tabs
from ...state import State
from . import ablation, attribution, channels, maps, network, side_by_side, visualisation
from .context import PictureContext, choose_stage

PICTURE_TABS = {
    "Maps": maps.show,
    "Network": network.show,
    "Channels": channels.show,
    "Attribution": attribution.show,
    "Ablation": ablation.show,
    "Visualise": visualisation.show,
    "Side by side": side_by_side.show,
}


def show(state: State, forward_pass: Forward, picture: Picture) -> None:
    """Render the choice of a stage, and the tabs."""
    context = PictureContext(state, forward_pass, picture, choose_stage(state, forward_pass))
    remembered_tabs("picture", {label: partial(render, context) for label, render in PICTURE_TABS.items()})
