"""The networks that are pinned and not of the family: a visit keeps their analyses, the server the libraries' analyses
and, for a time, people's files.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from ...backend import ModuleAnalysis
from ...backend.common.brought import BroughtNetwork
from ...backend.common.jobs import Progress
from ...backend.foreign.apart import inspected_apart
from ...backend.foreign.kept_files import kept_file
from ..state import State
from .background import BackgroundTask
from .notice import WayOut
from .presence import person

BroughtAnswer = ModuleAnalysis | str
"""An analysis, or the sentence that says why there is none."""

_ANALYSES: BackgroundTask[tuple[BroughtAnswer, ...]] = BackgroundTask(
    "pinned_networks", "Analysing the pinned networks", "Stop now", steady=False
)


def brought_answers() -> dict[BroughtNetwork, BroughtAnswer]:
    """What is known in this visit."""
    known: dict[BroughtNetwork, BroughtAnswer] = st.session_state.setdefault("brought_networks", {})
    return known


@st.cache_resource(max_entries=32, show_spinner=False)
def library_analysis(network: BroughtNetwork, _progress: Progress) -> ModuleAnalysis:
    """The analysis of a network of torchvision or timm, once for all who ask; raises as :func:`inspected_apart`."""
    return inspected_apart(network.source, network.shape, _progress)


def all_analysed(networks: Sequence[BroughtNetwork]) -> bool:
    """Whether there is an answer for all; until then, the progress is shown, and the page drawn again in the end."""
    missing = tuple(network for network in networks if network not in brought_answers())
    if not missing:
        return True
    new = _ANALYSES.answer(partial(_answers, missing, person()), missing)
    if new is not None:
        brought_answers().update(zip(missing, new, strict=True))
        st.rerun()
    return False


def add_file(state: State) -> WayOut:
    """What helps where a file is not here."""
    return WayOut("Add the file", partial(setattr, state, "wanted_page", "Your own network"))


def file_arrived(digest: str) -> None:
    """Ask again for the networks in a file that was not here."""
    answers = brought_answers()
    for network in [each for each, answer in answers.items() if each.digest == digest and isinstance(answer, str)]:
        del answers[network]


def runnable_source(network: BroughtNetwork, owner: str) -> str:
    """What the backend takes for the network: a name, or where the file of ``owner`` is.

    Raises:
        ValueError: where the file is not here, with what to do.
    """
    if not network.digest:
        return network.source
    if file := kept_file(owner, network.digest):
        return str(file)
    raise ValueError(
        f"Its file {network.source} is not on this server: a link does not contain it. Add the file on the page Your"
        " own network, and the pin is back; if somebody sent you the link, ask them for it."
    )


def _answers(networks: Sequence[BroughtNetwork], owner: str, progress: Progress) -> tuple[BroughtAnswer, ...]:
    return tuple(_answer(network, owner, progress) for network in networks)


def _answer(network: BroughtNetwork, owner: str, progress: Progress) -> BroughtAnswer:
    try:
        if network.digest:
            return inspected_apart(runnable_source(network, owner), network.shape, progress)
        return library_analysis(network, progress)
    except ValueError as problem:
        return str(problem)
