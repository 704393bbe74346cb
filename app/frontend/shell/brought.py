"""Analyses of the networks that are pinned and not of the family: a visit keeps them, the server the libraries'."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from ...backend import ModuleAnalysis
from ...backend.common.brought import BroughtNetwork
from ...backend.common.jobs import Progress
from ...backend.foreign.apart import inspected_apart
from .background import BackgroundTask

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
    new = _ANALYSES.answer(partial(_answers, missing), missing)
    if new is not None:
        brought_answers().update(zip(missing, new, strict=True))
        st.rerun()
    return False


def _answers(networks: Sequence[BroughtNetwork], progress: Progress) -> tuple[BroughtAnswer, ...]:
    return tuple(_answer(network, progress) for network in networks)


def _answer(network: BroughtNetwork, progress: Progress) -> BroughtAnswer:
    try:
        return library_analysis(network, progress)
    except ValueError as problem:
        return str(problem)
