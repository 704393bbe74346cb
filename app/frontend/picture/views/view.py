"""What every tab needs: the picture, what the network made of it, and the stage that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeVar

import streamlit as st

from inception_models import Arch
from inception_models.arch.spec import Branch

from ....backend.common.colours import branch_colour
from ....backend.picture.forward import Forward, forward
from ...state import State
from .. import picture_input

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class View:
    """``stage``: the path of a stage, or of one copy of a repeated block."""

    state: State
    done: Forward
    picture: picture_input.Picture
    stage: str

    @property
    def branches(self) -> list[tuple[str, Branch | None]]:
        """What there is to look at of the stage: its branches with their specs, or the stage itself."""
        return self.done.views(self.stage)

    def class_name(self, index: int) -> str:
        """The name of an output."""
        return f"value {index}" if self.done.trained_weights.embedding else self.done.class_name(index)

    @property
    def random_weights(self) -> bool:
        """Whether the network has learned nothing."""
        return self.done.trained_weights.id == "random"

    def remembered(self, name: str, asked: object, compute: Callable[[], Result]) -> Result:
        """The last result called ``name`` if it was of this forward pass and of what is ``asked``, else a new one."""
        if st.session_state.get("looked_at") is not self.done:
            st.session_state.looked_at, st.session_state.looked = self.done, {}  # lets go of the maps before
        known: dict[str, tuple[object, Result]] = st.session_state.looked
        if name not in known or known[name][0] != asked:
            known[name] = (asked, compute())
        return known[name][1]


def run_through(view: View, arch: Arch, picture: picture_input.Picture) -> Forward:
    """Another forward pass with the same weights.

    Raises:
        ValueError: where the network cannot be run.
    """
    with st.spinner("Running the network"):
        return forward(arch, picture.image, view.done.weights)


def chosen_stage(state: State, done: Forward) -> str:
    """Render the choice of a stage: the selection of the other pages, and of a repeated block one copy."""
    options = _stages(done)
    stage = str(st.session_state.get("maps_of"))
    if stage not in options or stage.partition(".")[0] != state.selected_stage:
        fitting = (o for o in options if o.partition(".")[0] == state.selected_stage)
        stage = next(fitting, options[0])
    st.session_state.maps_of = stage  # in every run: an interrupted run would otherwise report the first stage
    st.selectbox(
        "Stage",
        options,
        key="maps_of",
        on_change=lambda: state.select(str(st.session_state.maps_of).partition(".")[0]),
        help="What is looked at; the same selection as on the other pages",
        width=320,
    )
    return stage


def _stages(done: Forward) -> list[str]:
    """Every stage; of a repeated block its copies instead."""
    blocks = dict.fromkeys(path.rpartition(".")[0] for path in done.activations.branches)
    found: list[str] = []
    for stage in done.activations.stages:
        found += [block for block in blocks if block.startswith(f"{stage}.")] or [stage]
    return found


def name_of(path: str) -> str:
    """A branch's own name; of a stage or copy all of it."""
    return path.rpartition(".")[2] if path.count(".") and not path.rpartition(".")[2].isdecimal() else path


def size_of(shape: Sequence[int]) -> str:
    """``64 channels of 28 × 28``, or ``1,000 values``."""
    return f"{shape[0]} channels of {shape[1]} × {shape[2]}" if len(shape) == 3 else f"{shape[0]:,} values"


def heading(path: str, branch: Branch | None, note: str) -> None:
    """A branch's name in its colour."""
    st.html(
        f'<h3 class="branch" style="--branch:{branch_colour(branch)}">{escape(name_of(path))}'
        f"<small>{escape(note)}</small></h3>"
    )


def chosen_branch(view: View, label: str, key: str, *, whole: bool = False) -> str:
    """Render the choice of one of the stage's branches; ``whole`` adds the stage itself."""
    paths = [path for path, _ in view.branches]
    options = list(dict.fromkeys([*paths, view.stage])) if whole else paths
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    picked = st.selectbox(
        label, options, key=key, format_func=lambda p: f"{p}, all of it" if p == view.stage else name_of(p), width=240
    )
    return str(picked)


def chosen_channel(view: View, path: str, key: str) -> int:
    """Render the choice of a channel of the output at ``path``."""
    count = view.done.activations.outputs[path].shape[0]
    st.session_state[key] = min(int(st.session_state.get(key, 0)), count - 1)
    return int(st.number_input(f"Channel (0 to {count - 1})", 0, count - 1, key=key, width=180))
