"""The structure of a stage: copies, branches and ops to add, remove, duplicate, factorise or swap."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from inception_models.arch.rules import MAX_REPEATS, MAX_WIDTH
from inception_models.arch.spec import Arch, Block, Branch, Conv, Inception, Op, Pool, Repeat, Residual
from inception_models.edits.depth import with_repeats, with_scales
from inception_models.edits.structure import (
    duplicated_branch,
    free_name,
    with_branch,
    with_op,
    without_branch,
    without_op,
)
from inception_models.edits.whatif import naive, swapped_pool

from ...backend import StageCost
from ..kit.controls import choice_stays_among, control_shows
from ..kit.notice import refusal
from ..kit.terms import meaning
from ..state import State
from .factorise import factorise_edits

PLACE = "structure"  # where it says why something was refused
StructureEdit = Callable[[Arch], Arch]
NEW_OPS: dict[str, tuple[int, int] | str] = {
    "1×1 convolution": (1, 1),
    "3×3 convolution": (3, 3),
    "5×5 convolution": (5, 5),
    "1×7 convolution": (1, 7),
    "7×1 convolution": (7, 1),
    "3×3 max pool": "max",
    "3×3 average pool": "avg",
}


def show(state: State, stage: StageCost) -> None:
    """Render the structure editor for one stage."""
    refusal(state, PLACE)
    part = stage.part
    if isinstance(part, Repeat):
        _copies(state, part)
    block = part.block if isinstance(part, Repeat) else part
    if isinstance(block, Residual):
        _scale(state, block)
    match block:
        case Inception() | Residual():
            _block(state, block)
        case Conv():
            _row(factorise_edits(state.arch, stage.name), state)
        case Pool():
            _row([("Swap max and average", lambda a: swapped_pool(a, stage.name))], state)
        case _:
            st.caption("This stage is a single layer, so it has no structure to edit.")


def _copies(state: State, part: Repeat) -> None:
    key = f"copies:{part.name}"
    control_shows(key, part.times)
    st.number_input(
        "Copies of the block",
        1,
        MAX_REPEATS,
        key=key,
        on_change=lambda: state.attempt(lambda a: with_repeats(a, {part.name: int(st.session_state[key])}), PLACE),
        help="How many copies of this block follow one another",
    )


def _scale(state: State, block: Residual) -> None:
    key = f"scale:{block.name}"
    control_shows(key, block.scale)
    st.number_input(
        "Residual scale",
        0.01,
        1.0,
        step=0.01,
        key=key,
        on_change=lambda: state.attempt(lambda a: with_scales(a, {block.name: float(st.session_state[key])}), PLACE),
        help=meaning("residual scale"),
    )


def _block(state: State, block: Block) -> None:
    parts: dict[str, Branch | Op] = {}
    for branch in block.branches:
        parts[f"{block.name}.{branch.name}"] = branch
        parts.update({f"{block.name}.{branch.name}.{op.name}": op for op in branch.ops})
    around = str(st.session_state.get("part", "")).rpartition(".")[0]  # the branch of a layer that was removed
    choice_stays_among("part", parts, next(p for p in (state.selected, around, *parts) if p in parts))
    path = st.selectbox(
        "Branch or layer",
        list(parts),
        key="part",
        format_func=lambda p: _label(p, parts[p], block.name),
        help="What the buttons below change",
    )
    _row(_actions(state.arch, path, parts[path]), state)
    _insert(state, block, path, parts[path])
    _row([("Remove all 1×1 reductions (naive)", lambda a: naive(a, block.name))], state)


def _label(path: str, part: Branch | Op, block: str) -> str:
    name = path.removeprefix(f"{block}.")
    match part:
        case Branch():
            return name
        case Conv():
            return f"{name}: {part.kernel[0]}×{part.kernel[1]}, {part.width} filters"
        case Pool():
            return f"{name}: {part.kind} {part.size}×{part.size}"
        case _:
            return name


def _actions(arch: Arch, path: str, part: Branch | Op) -> list[tuple[str, StructureEdit]]:
    match part:
        case Branch():
            return [
                ("Duplicate", lambda a: duplicated_branch(a, path)),
                ("Remove", lambda a: without_branch(a, path)),
            ]
        case Conv():
            return [
                *factorise_edits(arch, path),
                ("Remove", lambda a: without_op(a, path)),
            ]
        case Pool():
            return [
                ("Swap max and average", lambda a: swapped_pool(a, path)),
                ("Remove", lambda a: without_op(a, path)),
            ]
        case _:
            return [("Remove", lambda a: without_op(a, path))]


def _row(actions: list[tuple[str, StructureEdit]], state: State) -> None:
    with st.container(horizontal=True):
        for label, edit in actions:
            st.button(label, key=f"do:{label}", on_click=state.attempt, args=(edit, PLACE))


def _insert(state: State, block: Block, path: str, part: Branch | Op) -> None:
    """A new op after the chosen one, at the end of the chosen branch, or in a branch of its own."""
    with st.popover("Add a layer", icon=":material/add:"):
        kind = st.selectbox("Layer", list(NEW_OPS), key="new-op")
        width = st.number_input("Filters", 1, MAX_WIDTH, 64, key="new-width", disabled="pool" in kind)
        names = {b.name for b in block.branches}
        at = path if isinstance(part, Branch) else path.rpartition(".")[0]
        branch = next(b for b in block.branches if f"{block.name}.{b.name}" == at)
        place = len(branch.ops) if isinstance(part, Branch) else branch.ops.index(part) + 1
        op = _new_op(NEW_OPS[kind], int(width), {o.name for o in branch.ops})
        alone = _new_op(NEW_OPS[kind], int(width), set())
        where = f"At the end of {branch.name}" if isinstance(part, Branch) else f"After {branch.name}.{part.name}"
        st.button(where, on_click=state.attempt, args=(lambda a: with_op(a, at, op, place), PLACE))
        name = free_name("branch_new", names)
        st.button(
            "In a new branch",
            on_click=state.attempt,
            args=(lambda a: with_branch(a, block.name, Branch(name, (alone,))), PLACE),
        )


def _new_op(kind: tuple[int, int] | str, width: int, taken: set[str]) -> Op:
    if isinstance(kind, tuple):
        return Conv(free_name("conv", taken), width, kind)
    return Pool(free_name("pool", taken), "max" if kind == "max" else "avg", 3, 1, "same")
