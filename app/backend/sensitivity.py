"""What a few more filters would cost, in every place at once, downstream included.

More filters in one place change its stage and, where the stage's output becomes wider, the stages behind it up to the
first that does not pass the width on. Only these are counted again; everything else cancels in the difference. All
places whose stage becomes wider by as much share what follows: the analysis remembers a stage by what enters it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inception_models import Arch
from inception_models.edit import replaced_widths, widths
from inception_models.shapes import Shape, ShapeError
from inception_models.spec import AuxHead, Stage

from .analysis import Analysis, StageCost, count_stage

STEP = 8  # filters


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What ``step`` more filters at ``path`` would change. ``params`` and ``macs`` as in Analysis, without auxiliary
    heads; ``aux_params``: what the heads would gain. ``possible`` is false, and the rest zero, where the network does
    not fit together with this width alone, as inside of a block whose output is added to its input.
    """

    path: str
    width: int
    step: int
    params: int
    macs: int
    aux_params: int
    possible: bool = True


def sensitivity(analysis: Analysis, step: int = STEP) -> tuple[Sensitivity, ...]:
    """One entry for every editable width, in the order of the forward pass; heads last.

    Equal to the difference that ``analyze(with_widths(arch, {path: width + step}))`` makes.
    """
    return tuple(_of(analysis, path, width, step) for path, width in widths(analysis.arch).items())
