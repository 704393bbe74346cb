"""What a few more filters would cost, in every place at once, downstream included.

More filters in one place change its stage and, where the stage's output becomes wider, the stages after it up to the
first that does not pass the width on. Only these are counted again; all others cancel in the difference. Places that
make a stage's output wider by as much share what follows, since the analysis caches a stage by its input shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import Arch, AuxHead
from inception_models.edits.widths import replaced_widths, widths

from ..analysis.network import Analysis, StageCost, stage_cost

STEP = 8  # filters


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What ``step`` more filters at ``path`` would add. ``params`` and ``macs`` are counted as in Analysis, without
    auxiliary heads; ``aux_params`` is what the heads would gain. They are zero where ``problem`` says why the network
    would not fit together with this width alone.
    """

    path: str
    width: int
    step: int
    params: int = 0
    macs: int = 0
    aux_params: int = 0
    problem: str = ""


def sensitivity(analysis: Analysis, step: int = STEP) -> tuple[Sensitivity, ...]:
    """One entry for every editable width, in the order of the forward pass, heads last.

    Equal to the difference that analysing ``with_widths(arch, {path: width + step})`` makes.
    """
    arch = analysis.arch
    return tuple(
        entry
        for at, part in enumerate((*analysis.stages, *analysis.aux))
        for entry in _stage(analysis, part, _alone(arch, part), at, step)
    )


def _alone(arch: Arch, part: StageCost) -> Arch:
    """One part as a network of its own: a small network is edited fast."""
    spec = part.part
    return replace(arch, stages=(), aux=(spec,)) if isinstance(spec, AuxHead) else replace(arch, stages=(spec,), aux=())


def _stage(analysis: Analysis, part: StageCost, alone: Arch, at: int, step: int) -> Iterator[Sensitivity]:
    for path, width in widths(alone).items():
        try:
            edited = replaced_widths(alone, {path: width + step})
            spec = edited.aux[0] if edited.aux else edited.stages[0]
            now = stage_cost(spec, alone.unit, alone.classes, part.in_shape)
            if isinstance(spec, AuxHead):
                yield Sensitivity(path, width, step, aux_params=now.params - part.params)
            else:
                yield _with_followers(analysis, part, now, at, Sensitivity(path, width, step))
        except ValueError as problem:  # beyond the widest allowed, or what is added no longer has one shape
            yield Sensitivity(path, width, step, problem=str(problem))


def _with_followers(analysis: Analysis, was: StageCost, now: StageCost, at: int, empty: Sensitivity) -> Sensitivity:
    params, macs = now.params - was.params, now.macs - was.macs
    aux_params = _heads(analysis, was, now.out_shape)
    for follower in analysis.stages[at + 1 :]:
        if now.out_shape == was.out_shape:
            break
        was, now = follower, _recount(analysis, follower, now.out_shape)
        params, macs = params + now.params - was.params, macs + now.macs - was.macs
        aux_params += _heads(analysis, was, now.out_shape)
    return replace(empty, params=params, macs=macs, aux_params=aux_params)


def _heads(analysis: Analysis, tap: StageCost, shape: Shape) -> int:
    """What the heads that read ``tap`` gain when it gives ``shape``."""
    if shape == tap.out_shape:
        return 0
    heads = (head for head in analysis.aux if isinstance(head.part, AuxHead) and head.part.tap == tap.name)
    return sum(_recount(analysis, head, shape).params - head.params for head in heads)


def _recount(analysis: Analysis, part: StageCost, shape: Shape) -> StageCost:
    return stage_cost(part.part, analysis.arch.unit, analysis.arch.classes, shape)
