"""The ranges that a search chooses from."""

from __future__ import annotations

import streamlit as st

from inception_models import Arch
from inception_models.arch.rules import MAX_REPEATS
from inception_models.edits.depth import repeats

from ...backend.decide.channels import stage_widths
from ...backend.decide.searching.search_space import SearchAxis, SearchSpace
from ..kit.controls import choice_stays_among, remembered

ALL, EACH, SOME, NONE = "All by one factor", "Each stage by its own", "Chosen stages by their own", "As they are"
WIDTH_CHOICES = (ALL, EACH, SOME, NONE)
SIZE_STEP_PX = 32
LARGEST_PX = 608


def choose_space(arch: Arch) -> SearchSpace | None:
    """Render the ranges; None where there is nothing to choose from."""
    axes = (*_widths(arch), *_copies(arch), *_sizes(arch))
    return SearchSpace(arch, axes) if axes else None


def _widths(arch: Arch) -> list[SearchAxis]:
    stages = list(dict.fromkeys(path.partition(".")[0] for path in stage_widths(arch)))
    kind = st.selectbox(
        "Widths",
        WIDTH_CHOICES,
        WIDTH_CHOICES.index(remembered("search_widths", WIDTH_CHOICES, EACH)),
        key="search_widths",
        persist_state="session",
        help="Which widths are multiplied together; results are rounded to multiples of 8",
    )
    if kind == SOME:
        key = f"search_stages:{arch.key}"
        chosen = st.multiselect("Stages", stages, key=key, persist_state="session")
    else:
        chosen = {ALL: ["*"], EACH: stages}.get(kind, [])
    if not chosen:
        return []
    low, high = st.slider(
        "Times the widths above",
        0.125,
        2.0,
        (0.25, 1.0),
        0.125,
        key="search_factors",
        persist_state="session",
    )
    return [SearchAxis("scale", stage, low, high, 0.125) for stage in chosen if low < high]


def _copies(arch: Arch) -> list[SearchAxis]:
    known = repeats(arch)
    if not known:
        return []
    key = f"search_copies:{arch.key}"
    choice_stays_among(key, (False, True), False)
    if not st.checkbox("Copies of repeated blocks", key=key, persist_state="session"):
        return []
    axes = []
    for path, times in known.items():
        most = min(MAX_REPEATS, 2 * times + 2)
        low, high = st.slider(
            f"Copies of {path}", 1, most, (1, min(times + 1, most)), key=f"{key}:{path}:{most}", persist_state="session"
        )
        axes += [SearchAxis("copies", path, low, high, 1)] if low < high else []
    return axes


def _sizes(arch: Arch) -> list[SearchAxis]:
    least = SIZE_STEP_PX + arch.input_size % SIZE_STEP_PX
    most = max(arch.input_size, LARGEST_PX // SIZE_STEP_PX * SIZE_STEP_PX - SIZE_STEP_PX + least % SIZE_STEP_PX)
    low, high = st.slider(
        "Input size, px",
        least,
        most,
        (arch.input_size, arch.input_size),
        SIZE_STEP_PX,
        key=f"search_sizes:{arch.input_size}",
        persist_state="session",
        help=f"In steps of {SIZE_STEP_PX} pixels. One size: it is not searched for.",
    )
    return [SearchAxis("size", "", low, high, SIZE_STEP_PX)] if low < high else []
