"""Why a part is as it is, in sentences with its own numbers, and what can be tried with one click."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from inception_models.arch.refusal import Remedy, only_working
from inception_models.arch.spec import AuxHead, Block, Branch, Conv, Fork, Pool, Repeat, Residual
from inception_models.edits.depth import with_scales
from inception_models.edits.structure import without_op
from inception_models.edits.whatif import swapped_pool

from ..analysis.changes import first_copy
from ..analysis.network import Analysis, StageCost, analyze
from ..common.quantity import exact, percent, short
from .quantities import nodes_at


@dataclass(frozen=True)
class Explanation:
    """A sentence or two about the part at ``path``; ``attempt``: the edit that tries it, where there is one."""

    path: str
    sentence: str
    attempt: Remedy | None = None


def explain(analysis: Analysis, path: str) -> tuple[Explanation, ...]:
    """What can be said about the stage or head that ``path`` lies in, from its numbers in this network.

    Raises:
        KeyError: where there is no such stage.
    """
    stage = analysis.stage(path.partition(".")[0])
    return tuple(_explanations(stage, analysis))


def _explanations(stage: StageCost, analysis: Analysis) -> Iterator[Explanation]:
    part = stage.part
    block = part.block if isinstance(part, Repeat) else part
    if isinstance(block, Block):
        for branch in block.branches:
            yield from _of_branch(branch, block, stage, analysis)
    if isinstance(block, Residual):
        yield _scale(block, stage)
    if isinstance(part, Pool):
        yield _pool(part, stage.name, analysis)
    if isinstance(part, AuxHead):
        yield Explanation(
            stage.name,
            f"This head reads {part.tap} and adds its own loss, times {part.weight:g}, while the network is trained."
            f" At inference it does not run: its {exact(stage.params)} parameters are not in the totals.",
        )
    else:
        yield from _field(stage, analysis)


# --- branches --------------------------------------------------------------------------------------------------------


def _of_branch(branch: Branch, block: Block, stage: StageCost, analysis: Analysis) -> Iterator[Explanation]:
    path = f"{block.name}.{branch.name}"
    for before, op in zip(branch.ops, (*branch.ops[1:], None), strict=True):
        where = f"{path}.{before.name}"
        match before, op:
            case Conv(kernel=(1, 1), stride=1, width=int() as width), Conv() | Fork():
                yield _reduction(where, width, stage, analysis, path)
            case Pool(), _:
                yield _pool(before, where, analysis)
            case _:
                pass
    if window := _window(branch):
        yield Explanation(path, window)


def _reduction(where: str, width: int, stage: StageCost, analysis: Analysis, branch: str) -> Explanation:
    """With and without this 1x1, for the whole network, since what comes after may change too."""
    read = nodes_at(analysis, where)[0].in_shape[0]
    copies = f" in each of {len(stage.copies)} copies" if len(stage.copies) > 1 else ""
    attempt = Remedy(f"Try without {where}", partial(without_op, path=where))
    try:
        other = analyze(attempt.edit(analysis.arch))
    except ValueError:
        return Explanation(
            where, f"The 1×1 makes {width:,} channels of {read:,}{copies}. Nothing works without it here."
        )
    macs, params = other.macs - analysis.macs, other.params - analysis.params
    with_macs, without_macs = (_branch_macs(each, branch) for each in (analysis, other))
    if macs <= 0:
        return Explanation(
            where,
            f"The 1×1 makes {width:,} channels of {read:,}{copies}. It does not save anything here: without it the"
            f" network would cost {short(-macs)} MACs less.",
            attempt,
        )
    return Explanation(
        where,
        f"The 1×1 makes {width:,} channels of {read:,}{copies}. That saves {short(macs)} MACs and {_more(params)}: the"
        f" branch costs {short(with_macs)} MACs, and without it {short(without_macs)},"
        f" {without_macs / with_macs:.1f} times as much.",
        attempt,
    )


def _branch_macs(analysis: Analysis, path: str) -> int:
    return sum(node.macs for node in nodes_at(analysis, path))


def _more(params: int) -> str:
    return f"{short(params)} parameters" if params > 0 else f"costs {short(-params)} parameters"


def _window(branch: Branch) -> str:
    """What a row of filters sees together, where that is not one filter's window."""
    convs = [op for op in branch.ops if isinstance(op, Conv) and op.kernel != (1, 1)]
    if len(convs) < 2:
        return ""
    high, wide = (1 + sum(conv.kernel[axis] - 1 for conv in convs) for axis in (0, 1))
    names = ", then ".join(f"{conv.kernel[0]}×{conv.kernel[1]}" for conv in convs)
    taps = sum(conv.kernel[0] * conv.kernel[1] for conv in convs)
    if taps >= high * wide:
        return f"{names}: in a row these see {high} × {wide} cells."
    return (
        f"{names}: in a row these see {high} × {wide} cells, with {taps} weights for a pair of channels where one"
        f" {high}×{wide} has {high * wide}: {percent(high * wide - taps, high * wide)} fewer, at equal widths."
    )


# --- pools, fields, scales -------------------------------------------------------------------------------------------


def _pool(pool: Pool, where: str, analysis: Analysis) -> Explanation:
    size = f"{pool.size} × {pool.size}"
    takes = "the largest value" if pool.kind == "max" else "the average"
    other = "average" if pool.kind == "max" else "max"
    swaps = only_working(analysis.arch, Remedy(f"Try {other} for {where}", partial(swapped_pool, path=where)))
    swap = swaps[0] if swaps else None
    if pool.stride == 1:
        return Explanation(
            where,
            f"This pool takes {takes} of each {size} window and keeps the grid. It has no weights: a cheap view of the"
            " input that no filter gives.",
            swap,
        )
    nodes = nodes_at(analysis, where)  # two where it pads one side only
    shape, side = nodes[0].in_shape, nodes[-1].out_shape[-1]
    return Explanation(
        where,
        f"This pool takes {takes} of each {size} window, with a stride of {pool.stride}: the side of the grid goes from"
        f" {shape[-1]} to {side}, and the {shape[0]:,} channels stay. All that comes after"
        f" costs about a {_fraction(pool.stride)} of what it would on the larger grid.",
        swap,
    )


def _fraction(stride: int) -> str:
    return {2: "quarter", 3: "ninth"}.get(stride, f"{stride * stride}th")


def _scale(block: Residual, stage: StageCost) -> Explanation:
    channels = first_copy(stage).out_shape[0]
    if block.scale == 1:
        wide = channels > 1000 and block.projection
        return Explanation(
            block.name,
            f"The branches are added to the {channels:,} channels of the input as they are."
            + (" Above 1,000 filters that made training fail (Inception-v4, section 3.3)." if wide else ""),
        )
    return Explanation(
        block.name,
        f"The branches are multiplied by {block.scale:g} and added to the {channels:,} channels of the input. The scale"
        " has no weights and costs nothing; without it wide networks “died” early in training (Inception-v4, section"
        " 3.3).",
        Remedy("Try a scale of 1", lambda arch: with_scales(arch, {block.name: 1.0})),
    )


def _field(stage: StageCost, analysis: Analysis) -> Iterator[Explanation]:
    field, whole = analysis.field(stage.name), analysis.input_size
    if field is None:
        yield Explanation(stage.name, "Each value depends on the whole picture.")
        return
    size, jump = field[0].size, field[0].jump
    beyond = " That is larger than the picture, so the outer part of it is padding." if size > whole else ""
    yield Explanation(
        stage.name,
        f"One value of the output sees {size} × {field[1].size} of the picture's {whole} × {whole} pixels. Its"
        f" neighbour sees a window that lies {jump} {'pixel' if jump == 1 else 'pixels'} further.{beyond}",
    )
