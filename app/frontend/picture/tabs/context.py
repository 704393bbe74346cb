"""What every tab needs: the picture, what the network made of it, and the stage that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TypeVar, cast

import streamlit as st
from torch import Tensor

from inception_models import Arch
from inception_models.arch.spec import Branch
from inception_models.net.builder import Network

from ....backend.common.colours import branch_colour
from ....backend.common.jobs import OnProgress
from ....backend.picture.forward import Forward
from ...kit.background import BackgroundTask
from ...kit.controls import choice_stays_among, control_shows
from ...kit.pictures import Picture
from ...state import State

_Result = TypeVar("_Result")


@dataclass(frozen=True, eq=False)
class PictureContext:
    """A picture and its forward pass. ``stage``: the path of a stage, or of one copy of a repeated block."""

    state: State
    forward_pass: Forward
    picture: Picture
    stage: str

    @property
    def arch(self) -> Arch:
        """The network that ran: without auxiliary heads."""
        return self.forward_pass.arch

    @property
    def network(self) -> Network:
        return self.forward_pass.network

    @property
    def x(self) -> Tensor:
        """What went in, ``[1, 3, S, S]``."""
        return self.forward_pass.x

    @property
    def outputs(self) -> Mapping[str, Tensor]:
        """The output of every stage and branch, by path, ``[channels, height, width]`` or ``[features]``."""
        return self.forward_pass.activations.outputs

    def output(self, path: str) -> Tensor:
        """The output of any part; one that the forward pass did not keep is computed again."""
        kept = self.outputs
        return kept[path] if path in kept else self.remembered("output", path, lambda: self.forward_pass.output(path))

    @property
    def branches(self) -> list[tuple[str, Branch | None]]:
        """What the tabs show of the stage: its branches with their specs, or the stage itself."""
        return self.forward_pass.views(self.stage)

    def class_name(self, index: int) -> str:
        """The name of an output."""
        return f"value {index}" if self.forward_pass.trained_weights.embedding else self.forward_pass.class_name(index)

    @property
    def random_weights(self) -> bool:
        """Whether the network was never trained."""
        return self.forward_pass.trained_weights.id == "random"

    def remembered(self, name: str, question: object, compute: Callable[[], _Result]) -> _Result:
        """The last result called ``name`` if it is of this forward pass and ``question``, else a new one."""
        known = self._known()
        if name not in known or known[name][0] != question:
            known[name] = (question, compute())
        return cast(_Result, known[name][1])

    def awaited(
        self, task: BackgroundTask[_Result], question: object, compute: Callable[[OnProgress], _Result]
    ) -> _Result | None:
        """The same of what takes seconds: None, with its progress rendered, while ``compute`` is at it."""
        known = self._known()
        if task.name not in known or known[task.name][0] != question:
            result = task.answer(
                lambda progress: compute(partial(progress.report, doing="")), self.full_question(question)
            )
            if result is None:
                return None
            known[task.name] = (question, result)
        return cast(_Result, known[task.name][1])

    def full_question(self, question: object) -> tuple[object, ...]:
        """A question about this picture in this network: values, which are the same after a reload, and none that keeps
        the maps or weights in memory.
        """
        weights = self.forward_pass.weights
        return self.arch, self.picture.digest, getattr(weights, "digest", weights), question

    def _known(self) -> dict[str, tuple[object, object]]:
        if st.session_state.get("remembered_of") is not self.forward_pass:
            st.session_state.remembered_of, st.session_state.remembered = self.forward_pass, {}  # frees the old maps
        known: dict[str, tuple[object, object]] = st.session_state.remembered
        return known


def choose_stage(state: State, forward_pass: Forward) -> str:
    """Render the choice of a stage: the selection of the other pages, and of a repeated block one copy."""
    options = _stages(forward_pass)
    stage = str(st.session_state.get("maps_of"))
    if stage not in options or stage.partition(".")[0] != state.selected_stage:
        fitting = (option for option in options if option.partition(".")[0] == state.selected_stage)
        stage = next(fitting, options[0])
    control_shows("maps_of", stage)
    st.selectbox(
        "Stage",
        options,
        key="maps_of",
        on_change=lambda: state.select(str(st.session_state.maps_of).partition(".")[0]),
        help="The stage that all tabs show. It is also selected on the other pages.",
        width=320,
    )
    return stage


def _stages(forward_pass: Forward) -> list[str]:
    """Every stage; of a repeated block its copies instead."""
    blocks = dict.fromkeys(path.rpartition(".")[0] for path in forward_pass.activations.branches)
    stages: list[str] = []
    for stage in forward_pass.activations.stages:
        stages += [block for block in blocks if block.startswith(f"{stage}.")] or [stage]
    return stages


def branch_name(path: str) -> str:
    """The last name of a branch's path; a stage or copy keeps its whole path."""
    last = path.rpartition(".")[2]
    return path if last.isdecimal() else last


def size_text(shape: Sequence[int]) -> str:
    """``64 channels of 28 × 28``, or ``1,000 values``."""
    return f"{shape[0]} channels of {shape[1]} × {shape[2]}" if len(shape) == 3 else f"{shape[0]:,} values"


def branch_heading(path: str, branch: Branch | None, note: str) -> None:
    """Render a branch's name in its colour."""
    st.html(
        f'<h3 class="branch" style="--branch:{branch_colour(branch)}">{escape(branch_name(path))}'
        f"<small>{escape(note)}</small></h3>"
    )


def choose_branch(context: PictureContext, label: str, key: str, *, or_stage: bool = False) -> str:
    """Render the choice of one of the stage's branches; ``or_stage`` offers the stage itself as well."""
    paths = [path for path, _ in context.branches]
    options = list(dict.fromkeys([*paths, context.stage])) if or_stage else paths
    choice_stays_among(key, options, options[0])
    picked = st.selectbox(
        label,
        options,
        key=key,
        format_func=lambda path: f"{path} (whole stage)" if path == context.stage else branch_name(path),
        width=240,
    )
    return str(picked)


def choose_channel(context: PictureContext, path: str, key: str) -> int:
    """Render the choice of a channel of the output at ``path``."""
    count = context.outputs[path].shape[0]
    control_shows(key, min(int(st.session_state.get(key, 0)), count - 1))
    return int(st.number_input(f"Channel (0 to {count - 1})", 0, count - 1, key=key, width=180))
