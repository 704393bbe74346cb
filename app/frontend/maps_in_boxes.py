"""Thumbnails of feature maps in the diagram's boxes: the switch, what they show, and the way from one to its values.

They follow every edit: the network runs in the background, and the page is drawn again when it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import streamlit as st

from inception_models import Arch
from inception_models.weights import Source

from ..backend import Analysis
from ..backend.common.jobs import Progress
from ..backend.common.thumbnail import Thumbnail
from ..backend.diagram import Drawing
from ..backend.picture.activations import output_parts
from ..backend.picture.mosaic import Cell
from ..backend.picture.thumbnails import ShownMap, branch_of, thumbnails
from .components.maps_view import Picked
from .kit.background import BackgroundTask
from .kit.controls import remembered
from .kit.notice import WayOut, plain, refused
from .kit.pictures import (
    DEFAULT_SAMPLE,
    SAMPLE_KEY,
    Picture,
    choose_sample,
    picture_in_use,
    shipped,
    take_back,
    use_picture,
)
from .kit.weights_in_use import weights_in_use
from .state import State

MAPS_SWITCH = "Maps in boxes"
MAP_CHOICES = {"strongest": "Strongest channel", "mean": "Mean", "channel": "Channel"}
CHANNEL_LIMITS = {16: "16", 64: "64", 256: "256", 4096: "All"}  # of what the tab Maps shows of a branch
DEFAULT_LIMIT = 64

THUMBNAILS: BackgroundTask[dict[str, Thumbnail]] = BackgroundTask("thumbnails")


@dataclass(frozen=True, eq=False)
class BoxMaps:
    """``on``: whether boxes have room for thumbnails. ``outdated``: these are those of before an edit, if any.

    ``problem``: why there are none of the network as it is, in one sentence.
    """

    on: bool = False
    thumbnails: Mapping[str, Thumbnail] = field(default_factory=dict)
    outdated: bool = False
    problem: str = ""


def for_boxes(state: State, *, always: bool = False) -> BoxMaps:
    """The thumbnails for the picture and the weights in use, where the switch is on or they are ``always`` shown.

    Until they are there, those that were there last, if they are of this variant.
    """
    with st.container():  # always there, or the diagram would begin anew whenever the work begins or ends
        return _for_boxes(state) if always or _is_on() else BoxMaps()


def _for_boxes(state: State) -> BoxMaps:
    picture, weights, arch, show = picture_in_use(), weights_in_use(state), replace(state.arch, aux=()), _shown()
    question = arch, picture.digest, getattr(weights, "digest", weights), show
    of, last = st.session_state.get("last_thumbnails", (None, {}))
    if of == question:
        return BoxMaps(True, last)
    known = THUMBNAILS.followed(partial(_thumbnails, arch, picture, weights, show), question)
    if known is not None:
        st.session_state.last_thumbnails = question, known
        return BoxMaps(True, known)
    return BoxMaps(True, last if of and of[0].key == arch.key else {}, True, THUMBNAILS.problem(question))


def say_problem(maps: BoxMaps) -> None:
    """Render why there are no thumbnails of the network as it is."""
    refused(maps.problem, "thumbnails", WayOut("Try again", THUMBNAILS.again))


def show_popover(state: State) -> None:
    """Render the switch and the choices."""
    popover = st.popover(
        "Maps", icon=":material/image:", help="A picture's feature maps in the boxes", on_change="rerun", key="maps"
    )
    if popover.open:  # hidden choices would still take time at every edit
        with popover:
            _show_choices(state)


def _is_on() -> bool:
    return bool(st.session_state.get(MAPS_SWITCH, remembered(MAPS_SWITCH, (True, False), False)))


def _thumbnails(
    arch: Arch, picture: Picture, weights: Source, show: ShownMap, progress: Progress
) -> dict[str, Thumbnail]:
    return thumbnails(arch, picture.image, weights, show, lambda done: progress.report(done, ""))


def _shown() -> ShownMap:
    match str(st.session_state.get("map_shown") or "strongest"):
        case "channel":
            return int(st.session_state.get("map_channel", 0))
        case "mean":
            return "mean"
        case _:
            return "strongest"


def _show_choices(state: State) -> None:
    on = st.toggle(
        MAPS_SWITCH,
        value=_is_on(),
        key=MAPS_SWITCH,
        help="A picture goes through the network, and every box shows what it makes of it. Click a map for its values.",
        persist_state="session",
    )
    if not on:
        return
    choose_map()
    choose_sample("Picture", DEFAULT_SAMPLE, SAMPLE_KEY, on_change=partial(_take_sample, state))
    st.caption(plain(f"In the boxes: {picture_in_use().title}. The page Picture takes your own."))


def choose_map() -> None:
    """Render the choice of which map of an output is shown."""
    show = st.segmented_control(
        "Map",
        list(MAP_CHOICES),
        default="strongest",
        format_func=MAP_CHOICES.__getitem__,
        key="map_shown",
        required=True,
        persist_state="session",
    )
    if show == "channel":
        st.number_input("Channel", 0, 4095, 0, key="map_channel", help="Or the last one.", persist_state="session")


def _take_sample(state: State) -> None:
    take_back("upload", state.files)
    use_picture(shipped(str(st.session_state[SAMPLE_KEY])))


def open_map(state: State, analysis: Analysis, drawing: Drawing, maps: BoxMaps, box: str) -> None:
    """Show on the page Picture the largest value of the map in ``box``; where that is not one channel, its stage."""
    output = next(item.output for item in drawing.items if item.id == box)
    state.wanted_page = "Picture"
    st.session_state.picture_open = "Maps"
    if output not in maps.thumbnails or output == "input":
        return
    state.select(output.partition(".")[0])
    if (peak := maps.thumbnails[output].peak) and output in output_parts(state.arch):
        path, channel = branch_of(analysis, output, peak[0])
        state.picked = Picked(path, Cell(channel, *peak[1:]))
        st.session_state.maps_of = path if path == state.selected else path.rpartition(".")[0]
        st.session_state.limit = next(limit for limit in CHANNEL_LIMITS if limit >= max(channel + 1, DEFAULT_LIMIT))
